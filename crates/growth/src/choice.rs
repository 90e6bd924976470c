//! Drawing by weight.

use livenet_core::Stream;

/// Up to `count` different positions drawn without replacement, each with probability in proportion to its weight among
/// those left (Efraimidis and Spirakis 2006), ascending. Positions of weight 0 come last, all alike.
pub(crate) fn draw(weights: &[f32], count: usize, stream: &mut Stream) -> Vec<usize> {
    let mut keys: Vec<(f64, f64, usize)> = weights
        .iter()
        .enumerate()
        .map(|(at, &weight)| {
            let weight = if weight.is_finite() { f64::from(weight.abs()) } else { 0.0 };
            let draw = -libm::log(1.0 - stream.uniform());
            // An exponential race: who has the largest weight tends to arrive first.
            if weight > 0.0 { (0.0, draw / weight, at) } else { (1.0, draw, at) }
        })
        .collect();
    keys.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut chosen: Vec<usize> = keys.into_iter().take(count).map(|key| key.2).collect();
    chosen.sort_unstable();
    chosen
}

/// The key of one who runs a race for a weight with this logarithm: those with the largest keys are a draw as by [`draw`], for
/// weights that would come to nothing as numbers.
pub(crate) fn race(logarithm: f64, stream: &mut Stream) -> f64 {
    logarithm - libm::log(-libm::log(1.0 - stream.uniform()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use livenet_core::StreamKey;

    #[test]
    fn draws_follow_the_weights() {
        let key = StreamKey::new(1, "draw");
        let mut hits = [0; 4];
        for trial in 0..4000 {
            for at in draw(&[1.0, 3.0, 0.0, f32::NAN], 1, &mut key.at(trial).stream()) {
                hits[at] += 1;
            }
        }
        assert!(hits[2] == 0 && hits[3] == 0 && (2850..3150).contains(&hits[1]), "{hits:?}");
        assert_eq!(draw(&[1.0, 0.0, 2.0], 2, &mut key.stream()), [0, 2]);
        assert_eq!(draw(&[0.0; 3], 9, &mut key.stream()), [0, 1, 2]);
    }
}
