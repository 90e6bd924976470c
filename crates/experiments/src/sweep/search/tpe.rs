//! Tree-structured Parzen estimators (Bergstra, Bardenet, Bengio and Kégl 2011): each axis is drawn from where the
//! good points lay, and the draw is taken that is most likely among the good and least among the others.
//!
//! Points of a rung run side by side, so that none knows another's score. Each then counts as good as the worst that
//! is known (the constant liar of Ginsbourger et al. 2010), which keeps the rung from trying one place many times.
//!
//! The estimators use the platform's exponential. Another platform might choose another point, so what stands is the
//! decision that is written.

use super::{Point, Scored, by_lot};
use crate::sweep::{axis::Axis, raw::Tpe};
use livenet_core::StreamKey;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use tpe::{
    TpeOptimizer, TpeOptimizerBuilder, density_estimation::DefaultEstimatorBuilder, histogram_estimator,
    parzen_estimator,
};

/// The points of the next rung: by lot at first, then where better ones lay.
pub(super) fn next(search: &Tpe, axes: &[Axis], rungs: &[Vec<Scored>]) -> Option<Vec<Point>> {
    let tried = rungs.iter().map(Vec::len).sum::<usize>() as u32;
    let left = search.trials.saturating_sub(tried);
    if left == 0 {
        return None;
    }
    if rungs.is_empty() {
        return Some(by_lot(axes, search.seed, search.first.min(left)));
    }
    let known: Vec<&Scored> = rungs.iter().flatten().collect();
    let key = StreamKey::new(search.seed, "tpe").at(rungs.len() as u64);
    let mut columns: Vec<Column> =
        axes.iter().zip(0..).map(|(axis, at)| Column::new(axis, search, key.at(at))).collect();
    for scored in &known {
        columns.iter_mut().zip(&scored.point.values).for_each(|(column, value)| column.tell(value, loss(scored)));
    }
    let worst = known.iter().map(|scored| loss(scored)).fold(f64::NEG_INFINITY, f64::max);
    let point = |_| {
        let ask = |column: &mut Column| {
            let value = column.ask();
            column.tell(&value, worst);
            value
        };
        Point { values: columns.iter_mut().map(ask).collect(), steps: None }
    };
    Some((0..search.together.min(left)).map(point).collect())
}

/// Lower is better; a point that failed is worse than any number.
fn loss(scored: &Scored) -> f64 {
    scored.score.map_or(f64::INFINITY, |score| -score)
}

/// The search along one axis.
struct Column<'a> {
    axis: &'a Axis,
    /// Among how many listed values it chooses, or none where it draws from a range.
    listed: Option<f64>,
    optimizer: TpeOptimizer<DefaultEstimatorBuilder>,
    random: ChaCha8Rng,
}

impl<'a> Column<'a> {
    fn new(axis: &'a Axis, search: &Tpe, key: StreamKey) -> Self {
        let listed = axis.values.as_ref().map(|values| values.len() as f64);
        let estimator = if listed.is_some() { histogram_estimator() } else { parzen_estimator() };
        let range = tpe::range(0.0, listed.unwrap_or(1.0)).expect("an axis has at least one value");
        let optimizer = TpeOptimizerBuilder::new().gamma(search.good).build(estimator, range);
        let optimizer = optimizer.expect("the share of the good was checked with the file");
        Self { axis, listed, optimizer, random: ChaCha8Rng::seed_from_u64(key.number()) }
    }

    fn tell(&mut self, value: &toml::Value, loss: f64) {
        let place = self.axis.place(value);
        let told = self.optimizer.tell(self.listed.map_or(place, |count| place * count), loss);
        told.expect("a place lies on its axis, and a loss is a number");
    }

    fn ask(&mut self) -> toml::Value {
        let drawn = match self.optimizer.ask(&mut self.random) {
            Ok(drawn) => drawn,
            Err(never) => match never {},
        };
        self.axis.at(self.listed.map_or(drawn, |count| (drawn + 0.5) / count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEARCH: Tpe = Tpe { trials: 40, first: 8, together: 4, good: 0.25, seed: 0 };

    /// Searches to the end for the best of a score over points.
    fn searched(search: &Tpe, axes: &[Axis], score: impl Fn(&Point) -> Option<f64>) -> Vec<Vec<Scored>> {
        let mut rungs = Vec::new();
        while let Some(points) = next(search, axes, &rungs) {
            rungs.push(points.into_iter().map(|point| Scored { score: score(&point), point }).collect());
        }
        rungs
    }

    fn axes() -> Vec<Axis> {
        let rate = crate::sweep::axis::tests::rate();
        let listed = Axis { values: Some(vec!["a".into(), "b".into(), "c".into()]), range: None, ..rate.clone() };
        vec![rate, listed]
    }

    /// Best at a rate of 0.003 and "b"; points above 0.03 fail.
    fn score(point: &Point) -> Option<f64> {
        let rate = point.values[0].as_float().unwrap();
        let distance = (rate / 0.003).log10().powi(2) + f64::from(u8::from(point.values[1] != "b".into()));
        (rate < 0.03).then_some(-distance)
    }

    #[test]
    fn rungs_have_their_sizes_and_points_lie_on_their_axes() {
        let rungs = searched(&Tpe { trials: 15, ..SEARCH }, &axes(), score);
        assert_eq!(rungs.iter().map(Vec::len).collect::<Vec<_>>(), [8, 4, 3]);
        for scored in rungs.iter().flatten() {
            let rate = scored.point.values[0].as_float().unwrap();
            assert!((1e-4..=1e-1).contains(&rate));
            assert!(axes()[1].values.as_ref().unwrap().contains(&scored.point.values[1]));
        }
    }

    #[test]
    fn later_rungs_lie_nearer_to_the_best_than_the_lot() {
        let mean = |rungs: &[Vec<Scored>]| {
            let losses: Vec<f64> = rungs.iter().flatten().map(|scored| -scored.score.unwrap_or(-4.0)).collect();
            losses.iter().sum::<f64>() / losses.len() as f64
        };
        let better = (0..20).filter(|&seed| {
            let rungs = searched(&Tpe { seed, ..SEARCH }, &axes(), score);
            mean(&rungs[5..]) < 0.5 * mean(&rungs[..1])
        });
        assert!(better.count() >= 18);
    }

    #[test]
    fn a_rung_depends_on_the_scores_alone_and_is_asked_for_again() {
        let rungs = searched(&SEARCH, &axes(), score);
        for at in 0..rungs.len() {
            let points: Vec<Point> = rungs[at].iter().map(|scored| scored.point.clone()).collect();
            assert_eq!(next(&SEARCH, &axes(), &rungs[..at]), Some(points));
        }
        let other = searched(&SEARCH, &axes(), |point| score(point).map(|score| -score));
        assert_eq!(other[0].len(), 8);
        assert_ne!(other[1], rungs[1]);
    }

    #[test]
    fn where_every_point_failed_it_goes_on() {
        let rungs = searched(&SEARCH, &axes(), |_| None);
        assert_eq!(rungs.iter().map(Vec::len).sum::<usize>(), 40);
    }
}
