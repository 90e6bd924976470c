//! Activations: the function from a neuron's potential to its output, and its derivative.
//!
//! The f64 versions define; the f32 slice versions are what executors run and agree to a few ulp.

use super::elementary;
use crate::kernel::dispatch::{Kernel, Target, Wide};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The slope of [`Activation::LeakyRelu`] below zero.
pub(crate) const LEAK: f64 = 0.01;

/// An activation that a user brings: its name, value and derivative, all by the potential.
#[derive(Clone, Copy, Debug)]
pub struct UserActivation {
    /// How configs and journals name it; two of one name count as equal.
    pub name: &'static str,
    /// `f(z)`.
    pub value: fn(f64) -> f64,
    /// `f'(z)`.
    pub derivative: fn(f64) -> f64,
}

impl PartialEq for UserActivation {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// The function from a potential to an output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// `z`.
    Linear,
    /// `max(z, 0)`; derivative 0 at 0.
    Relu,
    /// `z`, or `0.01 z` below zero; derivative 0.01 at 0.
    LeakyRelu,
    /// `tanh z`.
    Tanh,
    /// `1 / (1 + e^-z)`.
    Sigmoid,
    /// `z sigmoid(z)` (arXiv 1702.03118).
    Silu,
    /// `z Phi(z)`, exact, with the error function (arXiv 1606.08415).
    Gelu,
    /// `ln(1 + e^z)`.
    Softplus,
    /// `z^2`.
    Square,
    /// A user's own.
    User(UserActivation),
}

/// A name that is neither a built-in activation nor one of the user's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown activation `{name}`, expected one of {expected}; register your own before naming it")]
pub struct UnknownActivation {
    /// What was asked for.
    pub name: String,
    /// The names that would have done, comma-separated.
    pub expected: String,
}

/// What [`UserActivation::register`] was told. A name in a file can only mean a function of the
/// program that reads it, and serde has no other way to hand that function in.
static OWN: std::sync::RwLock<Vec<UserActivation>> = std::sync::RwLock::new(Vec::new());

impl UserActivation {
    /// Lets journals and checkpoints that name this activation be read by this process.
    pub fn register(self) {
        let mut own = OWN.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        own.retain(|known| known.name != self.name);
        own.push(self);
    }
}

fn sigmoid(z: f64) -> f64 {
    if z >= 0.0 {
        1.0 / (1.0 + libm::exp(-z))
    } else {
        let e = libm::exp(z);
        e / (1.0 + e)
    }
}

fn cumulative(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

impl Activation {
    /// All but the user's own, in the order of the enum.
    pub const BUILT_IN: [Self; 9] = [
        Self::Linear,
        Self::Relu,
        Self::LeakyRelu,
        Self::Tanh,
        Self::Sigmoid,
        Self::Silu,
        Self::Gelu,
        Self::Softplus,
        Self::Square,
    ];

    /// The name in configs and journals.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Relu => "relu",
            Self::LeakyRelu => "leaky_relu",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::Silu => "silu",
            Self::Gelu => "gelu",
            Self::Softplus => "softplus",
            Self::Square => "square",
            Self::User(user) => user.name,
        }
    }

    /// The built-in activation of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::BUILT_IN.into_iter().find(|activation| activation.name() == name)
    }

    /// The activation of this name, built-in first, then among `extra`.
    ///
    /// # Errors
    /// [`UnknownActivation`] if neither has it.
    pub fn parse(name: &str, extra: &[UserActivation]) -> Result<Self, UnknownActivation> {
        let user = || extra.iter().find(|user| user.name == name).copied().map(Self::User);
        Self::by_name(name).or_else(user).ok_or_else(|| UnknownActivation {
            name: name.to_owned(),
            expected: (Self::BUILT_IN.iter().map(|activation| activation.name()))
                .chain(extra.iter().map(|user| user.name))
                .collect::<Vec<_>>()
                .join(", "),
        })
    }

    /// `f(z)`: the definition.
    pub fn value(self, z: f64) -> f64 {
        match self {
            Self::Relu if z < 0.0 => 0.0,
            Self::LeakyRelu if z < 0.0 => LEAK * z,
            Self::Linear | Self::Relu | Self::LeakyRelu => z,
            Self::Tanh => libm::tanh(z),
            Self::Sigmoid => sigmoid(z),
            Self::Silu => z * sigmoid(z),
            Self::Gelu => z * cumulative(z),
            Self::Softplus if z > 0.0 => z + libm::log1p(libm::exp(-z)),
            Self::Softplus => libm::log1p(libm::exp(z)),
            Self::Square => z * z,
            Self::User(user) => (user.value)(z),
        }
    }

    /// `f'(z)`: the definition.
    pub fn derivative(self, z: f64) -> f64 {
        match self {
            Self::Linear => 1.0,
            Self::Relu => f64::from(u8::from(z > 0.0)),
            Self::LeakyRelu if z > 0.0 => 1.0,
            Self::LeakyRelu => LEAK,
            Self::Tanh => {
                let y = libm::tanh(z);
                1.0 - y * y
            }
            Self::Sigmoid => sigmoid(z) * sigmoid(-z),
            Self::Silu => sigmoid(z) * (1.0 + z * sigmoid(-z)),
            Self::Gelu => {
                let density = libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * std::f64::consts::PI);
                cumulative(z) + z * density
            }
            Self::Softplus => sigmoid(z),
            Self::Square => 2.0 * z,
            Self::User(user) => (user.derivative)(z),
        }
    }

    /// Writes `f(z)` of each potential to `out`; slices of equal length.
    #[track_caller]
    pub fn apply_f32(self, potentials: &[f32], out: &mut [f32]) {
        self.apply_on(Target::best(), potentials, out);
    }

    /// [`apply_f32`](Self::apply_f32) with chosen instructions.
    #[track_caller]
    pub(crate) fn apply_on(self, target: Target, potentials: &[f32], out: &mut [f32]) {
        assert_eq!(potentials.len(), out.len(), "one output per potential");
        target.run(Apply { activation: self, potentials, out });
    }

    /// Writes `f'(z)` of each potential to `out`, with the outputs `f(z)` at hand: tanh, sigmoid and
    /// `SiLU` need no second exponential for their value. Slices of equal length.
    #[track_caller]
    pub fn derivative_f32(self, potentials: &[f32], outputs: &[f32], out: &mut [f32]) {
        self.derivative_on(Target::best(), potentials, outputs, out);
    }

    /// [`derivative_f32`](Self::derivative_f32) with chosen instructions.
    #[track_caller]
    pub(crate) fn derivative_on(self, target: Target, potentials: &[f32], outputs: &[f32], out: &mut [f32]) {
        assert_eq!(potentials.len(), out.len(), "one derivative per potential");
        assert_eq!(outputs.len(), out.len(), "one derivative per output");
        target.run(Differentiate { activation: self, potentials, outputs, out });
    }
}

struct Apply<'a> {
    activation: Activation,
    potentials: &'a [f32],
    out: &'a mut [f32],
}

/// The branch on the activation stands outside the loop, which then vectorises.
macro_rules! each {
    ($out:expr, $first:expr, |$z:ident| $value:expr) => {
        for (out, &$z) in $out.iter_mut().zip($first) {
            *out = $value;
        }
    };
    ($out:expr, $first:expr, $second:expr, |$z:ident, $y:ident| $value:expr) => {
        for ((out, &$z), &$y) in $out.iter_mut().zip($first).zip($second) {
            *out = $value;
        }
    };
}

impl Kernel for Apply<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let (potentials, out) = (self.potentials, self.out);
        match self.activation {
            Activation::Linear => out.copy_from_slice(potentials),
            Activation::Relu => each!(out, potentials, |z| if z < 0.0 { 0.0 } else { z }),
            Activation::LeakyRelu => each!(out, potentials, |z| if z < 0.0 { LEAK as f32 * z } else { z }),
            Activation::Tanh => each!(out, potentials, |z| elementary::tanh(z)),
            Activation::Sigmoid => each!(out, potentials, |z| elementary::sigmoid(z)),
            Activation::Silu => each!(out, potentials, |z| z * elementary::sigmoid(z)),
            Activation::Gelu => each!(out, potentials, |z| z * elementary::normal(z).0),
            Activation::Softplus => each!(out, potentials, |z| elementary::softplus(z)),
            Activation::Square => each!(out, potentials, |z| z * z),
            Activation::User(user) => each!(out, potentials, |z| (user.value)(f64::from(z)) as f32),
        }
    }
}

struct Differentiate<'a> {
    activation: Activation,
    potentials: &'a [f32],
    outputs: &'a [f32],
    out: &'a mut [f32],
}

impl Kernel for Differentiate<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let (potentials, outputs, out) = (self.potentials, self.outputs, self.out);
        match self.activation {
            Activation::Linear => out.fill(1.0),
            Activation::Relu => each!(out, potentials, |z| if z > 0.0 { 1.0 } else { 0.0 }),
            Activation::LeakyRelu => each!(out, potentials, |z| if z > 0.0 { 1.0 } else { LEAK as f32 }),
            Activation::Tanh => each!(out, outputs, |y| (-y).mul_add(y, 1.0)),
            Activation::Sigmoid => each!(out, outputs, |y| (-y).mul_add(y, y)),
            Activation::Silu => each!(out, potentials, outputs, |z, y| {
                let (s, rest) = elementary::sigmoid_pair(z);
                y.mul_add(rest, s)
            }),
            Activation::Gelu => each!(out, potentials, |z| {
                let (below, density) = elementary::normal(z);
                z.mul_add(density, below)
            }),
            Activation::Softplus => each!(out, potentials, |z| elementary::sigmoid(z)),
            Activation::Square => each!(out, potentials, |z| 2.0 * z),
            Activation::User(user) => each!(out, potentials, |z| (user.derivative)(f64::from(z)) as f32),
        }
    }
}

impl Serialize for Activation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Activation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let own = OWN.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        Self::parse(&name, &own).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Vec<f32> {
        let mut z: Vec<f32> = (-40_000..=40_000).map(|i| i as f32 * 7.5e-4).collect();
        z.extend([0.0, -0.0, 1e-30, -1e-30, 1e-8, 0.624_999_9, 0.625, 90.0, -90.0, 200.0, -200.0]);
        z
    }

    fn values(activation: Activation, z: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let (mut y, mut d) = (vec![0.0; z.len()], vec![0.0; z.len()]);
        activation.apply_f32(z, &mut y);
        activation.derivative_f32(z, &y, &mut d);
        (y, d)
    }

    #[test]
    fn f32_agrees_with_the_definition() {
        let z = grid();
        for activation in Activation::BUILT_IN {
            let (y, d) = values(activation, &z);
            for ((&z, &y), &d) in z.iter().zip(&y).zip(&d) {
                let (value, slope) = (activation.value(f64::from(z)), activation.derivative(f64::from(z)));
                let bound = 2.4e-7 * value.abs().max(1.0);
                assert!((f64::from(y) - value).abs() <= bound, "{} at {z}: {y} not {value}", activation.name());
                assert!(
                    (f64::from(d) - slope).abs() <= 4e-7 * slope.abs().max(1.0),
                    "{}' at {z}: {d} not {slope}",
                    activation.name()
                );
            }
        }
    }

    #[test]
    fn tanh_keeps_relative_accuracy_near_zero() {
        let z: Vec<f32> = (1..2000).map(|i| i as f32 * 1e-3).chain([1e-20, 1e-6]).collect();
        for (&z, y) in z.iter().zip(values(Activation::Tanh, &z).0) {
            let exact = libm::tanh(f64::from(z));
            assert!(((f64::from(y) - exact) / exact).abs() < 3e-7, "{z}");
        }
    }

    #[test]
    fn derivative_is_the_limit_of_differences() {
        for activation in Activation::BUILT_IN {
            for i in -60..60 {
                let (z, h) = (f64::from(i) * 0.1 + 0.05, 1e-5);
                let difference = (activation.value(z + h) - activation.value(z - h)) / (2.0 * h);
                assert!((difference - activation.derivative(z)).abs() < 1e-8, "{} at {z}", activation.name());
            }
        }
    }

    #[test]
    fn every_target_gives_the_same_bits() {
        let z = grid();
        for activation in Activation::BUILT_IN {
            let (y, d) = values(activation, &z);
            for target in Target::available() {
                let (mut other_y, mut other_d) = (vec![0.0; z.len()], vec![0.0; z.len()]);
                activation.apply_on(target, &z, &mut other_y);
                activation.derivative_on(target, &z, &other_y, &mut other_d);
                assert!(y.iter().zip(&other_y).all(|(a, b)| a.to_bits() == b.to_bits()), "{activation:?} {target:?}");
                assert!(d.iter().zip(&other_d).all(|(a, b)| a.to_bits() == b.to_bits()), "{activation:?}' {target:?}");
            }
        }
    }

    #[test]
    fn not_a_number_comes_through_and_infinity_saturates() {
        for activation in Activation::BUILT_IN {
            assert!(values(activation, &[f32::NAN; 17]).0.iter().all(|y| y.is_nan()), "{}", activation.name());
        }
        let (y, _) = values(Activation::Tanh, &[f32::INFINITY, f32::NEG_INFINITY]);
        assert_eq!(y, [1.0, -1.0]);
    }

    #[test]
    fn a_users_own_is_resolved_by_name_and_called() {
        fn value(z: f64) -> f64 {
            libm::sin(z)
        }
        fn derivative(z: f64) -> f64 {
            libm::cos(z)
        }
        let sine = UserActivation { name: "sine", value, derivative };
        let parsed = Activation::parse("sine", &[sine]).unwrap();
        assert_eq!(parsed, Activation::User(sine));
        assert_eq!(values(parsed, &[0.0]), (vec![0.0], vec![1.0]));
        let error = Activation::parse("sin", &[sine]).unwrap_err();
        assert!(error.to_string().contains("`sin`") && error.expected.ends_with("square, sine"));
    }

    #[test]
    fn built_ins_survive_serde_by_name() {
        for activation in Activation::BUILT_IN {
            let bytes = postcard::to_stdvec(&activation).unwrap();
            assert_eq!(&bytes[1..], activation.name().as_bytes());
            assert_eq!(postcard::from_bytes::<Activation>(&bytes).unwrap(), activation);
        }
    }
}
