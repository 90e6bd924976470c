//! Descent on the Rayleigh quotient: the smallest eigenvalue without the matrix.

use crate::algebra::{dot, eigen::Pair};
use crate::effort;

/// Descends from `start` on R(v) = vᵀSv / vᵀv, whose gradient at a unit v is 2 (Sv - R v), for at most so many `steps`,
/// of which each costs one product with S. The result is never below the smallest eigenvalue.
///
/// The paper's steps have a fixed rate, which must fit the size of S; here each step is as long as lowers R most, which
/// is the smaller eigenvalue of S in the plane of v and the gradient. `None` where something is not a finite number.
pub(crate) fn descend(apply: &dyn Fn(&[f64]) -> Vec<f64>, start: Vec<f64>, steps: u32) -> Option<Pair> {
    let mut v = unit(start)?;
    let mut image = apply(&v);
    let mut quotient = dot(&v, &image);
    for _ in 0..steps {
        let gradient: Vec<f64> = image.iter().zip(&v).map(|(y, x)| y - quotient * x).collect();
        let beside = dot(&gradient, &gradient).sqrt();
        let Some(along) = unit(gradient).filter(|_| beside > 1e-14 * quotient.abs()) else { break };
        let turned = apply(&along);
        let across = dot(&along, &turned);
        let (middle, half) = (f64::midpoint(quotient, across), libm::hypot((quotient - across) / 2.0, beside));
        let least = middle - half;
        // The eigenvector of [[R, |g|], [|g|, across]].
        let length = libm::hypot(beside, least - quotient);
        let (c, s) = (beside / length, (least - quotient) / length);
        let combine = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| c * a + s * b).collect::<Vec<f64>>();
        effort::spend(5 * v.len() as u64);
        (v, image) = (combine(&v, &along), combine(&image, &turned));
        quotient = dot(&v, &image) / dot(&v, &v);
    }
    let vector = unit(v)?;
    let value = dot(&vector, &apply(&vector));
    value.is_finite().then_some(Pair { value, vector })
}

/// `None` for nothing, or what is not finite.
fn unit(mut v: Vec<f64>) -> Option<Vec<f64>> {
    let length = dot(&v, &v).sqrt();
    if !(length > 0.0 && length.is_finite()) {
        return None;
    }
    for x in &mut v {
        *x /= length;
    }
    Some(v)
}
