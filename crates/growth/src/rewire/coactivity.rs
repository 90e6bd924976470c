//! Co-activity: who fires together (Hebb 1949).
//!
//! A pair (listener j, heard i) scores |r|, with r the correlation of what j says in a cycle and what i said `lag` cycles
//! before, over the lanes and cycles of the last window, lag being after how many cycles j would hear i. The first weight leans with r: what fires
//! together is wired together, and what fires against each other is wired against. In a layered network without delays the lag is
//! 0 and this is the correlation of the two activities of a sample.
//!
//! Where the window is not longer than the lag, nothing can be said, and the pair scores 0; nor does who always says the same.

use crate::View;
use crate::effort;
use livenet_core::Row;

/// Mean and centred moments of pairs of samples.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moments {
    pub(crate) means: [f64; 2],
    pub(crate) variances: [f64; 2],
    pub(crate) covariance: f64,
}

impl Moments {
    /// Of samples that are paired.
    pub(crate) fn of(pairs: impl Iterator<Item = (f32, f32)> + Clone) -> Self {
        let pairs = pairs.map(|(a, b)| (f64::from(a), f64::from(b)));
        let count = pairs.clone().count().max(1);
        effort::spend(5 * count as u64);
        let count = count as f64;
        let mean = |of: &dyn Fn((f64, f64)) -> f64| pairs.clone().map(of).sum::<f64>() / count;
        let means = [mean(&|(a, _)| a), mean(&|(_, b)| b)];
        Self {
            means,
            variances: [mean(&|(a, _)| (a - means[0]).powi(2)), mean(&|(_, b)| (b - means[1]).powi(2))],
            covariance: mean(&|(a, b)| (a - means[0]) * (b - means[1])),
        }
    }

    /// 0 where one of them does not vary.
    pub(crate) fn correlation(&self) -> f64 {
        let scale = (self.variances[0] * self.variances[1]).sqrt();
        if scale > 0.0 && scale.is_finite() { (self.covariance / scale).clamp(-1.0, 1.0) } else { 0.0 }
    }
}

/// Score and lean of a pair: see the [module](self).
pub(super) fn score(view: &View<'_>, (post, pre): (u32, u32), delay: u16) -> (f32, f32) {
    let (network, Some(outputs)) = (view.network, view.signals.outputs()) else { return (0.0, 0.0) };
    let (post, pre) = (Row::new(post), Row::new(pre));
    let lag = network.schedule().lag(network.spec(pre).group, network.spec(post).group, delay) as usize;
    let at = |cycle: usize| outputs.of(cycle, post).iter().copied().zip(outputs.of(cycle - lag, pre).iter().copied());
    let r = Moments::of((lag..outputs.cycles()).flat_map(at)).correlation() as f32;
    (r.abs(), r)
}

#[cfg(test)]
mod tests {
    use super::Moments;

    #[test]
    fn correlations_by_hand() {
        let of = |pairs: &[(f32, f32)]| Moments::of(pairs.iter().copied());
        let found = of(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]);
        assert_eq!((found.means, found.correlation()), ([2.0, 4.0], 1.0));
        assert!((found.variances[0] - 2.0 / 3.0).abs() < 1e-12 && (found.covariance - 4.0 / 3.0).abs() < 1e-12);
        assert_eq!(of(&[(1.0, 0.0), (-1.0, 0.0)]).correlation(), 0.0);
        assert!((of(&[(1.0, 0.0), (0.0, 1.0), (0.0, 0.0)]).correlation() + 0.5).abs() < 1e-12);
        assert_eq!(of(&[]).correlation(), 0.0);
    }
}
