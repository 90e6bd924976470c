//! From logits to probabilities.

/// The logistic function.
pub fn sigmoid(y: f64) -> f64 {
    if y >= 0.0 {
        1.0 / (1.0 + libm::exp(-y))
    } else {
        let e = libm::exp(y);
        e / (1.0 + e)
    }
}

/// Turns the logits of one row into probabilities, in place.
pub fn softmax(row: &mut [f32]) {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let shifted = |y: f32| libm::exp(f64::from(y) - f64::from(largest));
    let sum: f64 = row.iter().map(|&y| shifted(y)).sum();
    for y in row {
        *y = (shifted(*y) / sum) as f32;
    }
}
