//! Activations and normalisations as tensor operations, with the derivatives that the core defines.
//!
//! burn's own `gelu` differentiates its tanh approximation, its `softplus` overflows at 88, and its
//! `leaky_relu` has slope 1 at zero; those are composed here from operations that are exact.

use burn::tensor::{Tensor, TensorData, activation, backend::Backend};
use livenet_core::{Activation, Norm, UserActivation};

/// The slope of the leaky ReLU at and below zero, as the core has it.
const LEAK: f64 = 0.01;

/// `f(z)`, differentiable.
pub(super) fn apply<B: Backend>(activation: Activation, z: Tensor<B, 2>) -> Tensor<B, 2> {
    match activation {
        Activation::Linear => z,
        Activation::Relu => activation::relu(z),
        Activation::LeakyRelu => z.clone().mask_where(z.clone().lower_equal_elem(0.0), z.mul_scalar(LEAK)),
        Activation::Tanh => z.tanh(),
        Activation::Sigmoid => activation::sigmoid(z),
        Activation::Silu => z.clone() * activation::sigmoid(z),
        Activation::Gelu => {
            let twice = z.clone().mul_scalar(std::f64::consts::FRAC_1_SQRT_2).erf().add_scalar(1.0);
            z.mul_scalar(0.5) * twice
        }
        Activation::Softplus => activation::log_sigmoid(z.neg()).neg(),
        Activation::Square => z.clone() * z,
        Activation::User(user) => apply_user(user, z),
    }
}

/// A user's own activation is a pair of functions on the host: potentials are read back, and the
/// value enters with its tangent, `f(z0) + f'(z0) (z - z0)`, of which autodiff sees the slope.
fn apply_user<B: Backend>(user: UserActivation, z: Tensor<B, 2>) -> Tensor<B, 2> {
    let (shape, device) = (z.dims(), z.device());
    let at = z.clone().detach();
    let potentials = to_host(at.clone());
    let through = |f: fn(f64) -> f64| {
        let values: Vec<f32> = potentials.iter().map(|&z| f(f64::from(z)) as f32).collect();
        Tensor::<B, 2>::from_data(TensorData::new(values, shape), &device)
    };
    through(user.value) + through(user.derivative) * (z - at)
}

/// The normalised potentials of a group, `[lane][member]`, before the gain.
pub(super) fn normalise<B: Backend>(norm: Norm, raw: Tensor<B, 2>) -> Tensor<B, 2> {
    let raw = match norm {
        Norm::None => return raw,
        Norm::Layer => raw.clone() - raw.mean_dim(1),
        Norm::Rms => raw,
    };
    let square = (raw.clone() * raw.clone()).mean_dim(1);
    raw / square.add_scalar(Norm::EPSILON).sqrt()
}

/// All values of a tensor, read back.
pub(super) fn to_host<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Vec<f32> {
    tensor.into_data().convert::<f32>().to_vec().expect("converted to f32 just before")
}
