//! Elementary functions in f32: straight-line code that the compiler turns into vectors of any width.
//!
//! Nothing but `+ - * /`, `mul_add`, comparisons and integer arithmetic on the bits, each exactly
//! rounded by IEEE 754, so every machine computes the same bits whatever its vector width. A NaN stays
//! a NaN. Polynomials are minimax fits (Remez, 40 digits), made for this file.

#![expect(clippy::excessive_precision, reason = "nine digits name every f32, and are what the fit gave")]

use std::f32::consts::LOG2_E;

/// 1.5 * 2^23: adding it rounds to an integer, ties to even, and leaves that integer in the low bits.
const ROUNDER: f32 = 12_582_912.0;
const LN_2_HIGH: f32 = std::f32::consts::LN_2;
/// ln 2 less its f32 value.
const LN_2_LOW: f32 = -1.904_654_3e-9;

/// `e^x` for x in [-87, 88], clamped outside. Relative error below 1.3e-7.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // Comparisons this way round let a NaN through, as `f32::max` would not.
    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    let shifted = x.mul_add(LOG2_E, ROUNDER);
    let n = shifted - ROUNDER;
    let r = n.mul_add(-LN_2_LOW, n.mul_add(-LN_2_HIGH, x));
    let p = 0.001_381_498_08_f32;
    let p = p.mul_add(r, 0.008_368_646_35);
    let p = p.mul_add(r, 0.041_668_374_2);
    let p = p.mul_add(r, 0.166_665_214);
    let p = p.mul_add(r, 0.499_999_935);
    let e = (r * r).mul_add(p, r) + 1.0;
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23));
    e * power
}

/// `1 / (1 + e^-x)`.
#[inline(always)]
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// `1 / (1 + e^-x)` and its complement, which does not cancel as `1 - sigmoid(x)` would.
#[inline(always)]
pub(super) fn sigmoid_pair(x: f32) -> (f32, f32) {
    let e = exp(-x);
    let s = 1.0 / (1.0 + e);
    (s, e * s)
}

/// The hyperbolic tangent: a polynomial near zero, where `1 - 2 / (e^2x + 1)` would cancel.
#[inline(always)]
pub(super) fn tanh(x: f32) -> f32 {
    let u = x * x;
    let p = -0.005_721_626_79_f32;
    let p = p.mul_add(u, 0.020_655_216_1);
    let p = p.mul_add(u, -0.053_745_144_3);
    let p = p.mul_add(u, 0.133_315_152);
    let p = p.mul_add(u, -0.333_332_851);
    let near = (x * u).mul_add(p, x);
    let size = x.abs();
    let far = (1.0 - 2.0 / (exp(2.0 * size) + 1.0)).copysign(x);
    if size < 0.625 { near } else { far }
}

/// `ln(1 + e^x)`, as `max(x, 0) + ln(1 + e^-|x|)`, the logarithm by `2 atanh(u / (2 + u))`.
#[inline(always)]
pub(super) fn softplus(x: f32) -> f32 {
    let u = exp(-x.abs());
    let s = u / (2.0 + u);
    let q = s * s;
    let p = 0.121_287_475_f32;
    let p = p.mul_add(q, 0.107_200_917);
    let p = p.mul_add(q, 0.143_078_063);
    let p = p.mul_add(q, 0.199_994_653);
    let p = p.mul_add(q, 0.333_333_374);
    let logarithm = 2.0 * (s * q).mul_add(p, s);
    // Not `max`: a NaN must come out.
    (if x < 0.0 { 0.0 } else { x }) + logarithm
}

/// The standard normal distribution: its cumulative value and its density at `x`.
#[inline(always)]
pub(super) fn normal(x: f32) -> (f32, f32) {
    let size = x.abs();
    let bell = exp(-0.5 * (x * x));
    // Upper tail = e^(-x^2/2) t P(t), t = 1 / (1 + 0.3 |x|).
    let t = 1.0 / size.mul_add(0.3, 1.0);
    let p = 0.035_674_787_5_f32;
    let p = p.mul_add(t, -0.157_203_088);
    let p = p.mul_add(t, 0.206_353_43);
    let p = p.mul_add(t, -0.053_683_498_6);
    let p = p.mul_add(t, 0.128_561_513);
    let p = p.mul_add(t, 0.099_913_536_6);
    let p = p.mul_add(t, 0.120_753_948);
    let p = p.mul_add(t, 0.119_629_299);
    let tail = bell * (t * p);
    (if x < 0.0 { tail } else { 1.0 - tail }, bell * 0.398_942_28)
}
