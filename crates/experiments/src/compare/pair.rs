//! Two settings, paired by seed.

use super::{CompareError, question::Question, setting::Setting};
use crate::statistics::{
    self, Better, Equivalence, Estimate, Paired, Scores, Seeds, SignFlipTest, holm, improvement, seeds_to_tell,
};
use serde::Serialize;

/// A setting against another, over the tasks and seeds that both have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// The setting.
    pub setting: String,
    /// What it is held against.
    pub against: String,
    /// Tasks that both have.
    pub tasks: usize,
    /// Pairs of runs with one seed, over all tasks.
    pub pairs: usize,
    /// Runs whose seed the other side lacks; they are in no difference.
    pub unpaired: usize,
    /// Nothing where no seed is common.
    pub paired: Option<Difference>,
    /// The probability that a run of the setting is better than one of the other, seeds apart.
    pub improvement: Option<Estimate>,
}

/// The paired difference of the primary metric, setting minus the other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Its mean over tasks, with the interval of Student's t.
    pub by_t: Estimate,
    /// The same with the interval of the bootstrap.
    pub by_bootstrap: Estimate,
    /// Each difference, by task, ascending.
    pub differences: Vec<Vec<f64>>,
    /// The sign-flip test, the one that is corrected first.
    pub sign_flips: Option<Tested>,
    /// The paired t test.
    pub t: Option<Tested>,
    /// The least p that the sign-flip test can give with so many pairs.
    pub least_p: Option<f64>,
    /// What the margin makes of it, where one is declared.
    pub equivalence: Option<Equivalence>,
    /// How many pairs would tell the two apart, were this the true difference and spread.
    pub seeds_to_tell: Option<Seeds>,
}

/// A p-value, alone and corrected.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tested {
    /// Of this comparison alone.
    pub p: f64,
    /// After Holm's correction over all comparisons of the table.
    pub holm: f64,
}

impl Pair {
    pub(super) fn new(
        setting: &Setting,
        against: &Setting,
        question: &Question,
        better: Better,
        margin: Option<f64>,
    ) -> Result<Self, CompareError> {
        let common: Vec<_> =
            setting.scores.iter().filter_map(|(task, a)| Some((a, against.scores.get(task)?))).collect();
        let by_task: Vec<(Vec<f64>, usize)> = common.iter().map(|(a, b)| statistics::pair(a, b)).collect();
        let unpaired = by_task.iter().map(|(_, alone)| alone).sum();
        let differences: Vec<Vec<f64>> = by_task.into_iter().map(|(d, _)| d).filter(|d| !d.is_empty()).collect();
        let mut pair = Self {
            setting: setting.label.clone(),
            against: against.label.clone(),
            tasks: common.len(),
            pairs: differences.iter().map(Vec::len).sum(),
            unpaired,
            paired: None,
            improvement: None,
        };
        if !common.is_empty() {
            let of = |side: fn(&(&Seeded, &Seeded)) -> Vec<f64>| Scores::new(common.iter().map(side).collect());
            let (a, b) = (of(|(a, _)| a.values().copied().collect())?, of(|(_, b)| b.values().copied().collect())?);
            pair.improvement = Some(match better {
                Better::Higher => improvement(&a, &b, &question.bootstrap),
                Better::Lower => improvement(&b, &a, &question.bootstrap),
            });
        }
        if !differences.is_empty() {
            pair.paired = Some(Difference::of(&Paired::new(differences)?, question, margin));
        }
        Ok(pair)
    }
}

type Seeded = std::collections::BTreeMap<u64, f64>;

impl Difference {
    fn of(paired: &Paired, question: &Question, margin: Option<f64>) -> Self {
        let (value, level) = (paired.mean(), question.bootstrap.level);
        let flips = SignFlipTest::of(paired, question.bootstrap.seed).ok();
        let alone = |p: f64| Tested { p, holm: p };
        Self {
            by_t: Estimate { value, bounds: paired.by_t(level) },
            by_bootstrap: Estimate { value, bounds: paired.by_bootstrap(&question.bootstrap) },
            differences: paired.differences().tasks().to_vec(),
            sign_flips: flips.map(|test| alone(test.p)),
            t: paired.p_by_t().ok().map(alone),
            least_p: flips.map(|test| test.least),
            equivalence: margin.and_then(|margin| Equivalence::of(paired, margin, level).ok()),
            seeds_to_tell: paired.deviation().ok().map(|deviation| seeds_to_tell(value, deviation)),
        }
    }
}

/// Corrects the p-values of all comparisons, each test over its own.
pub(super) fn correct(pairs: &mut [Pair]) {
    let tests: [fn(&mut Difference) -> Option<&mut Tested>; 2] = [|d| d.sign_flips.as_mut(), |d| d.t.as_mut()];
    for test in tests {
        let mut tested: Vec<&mut Tested> =
            pairs.iter_mut().filter_map(|pair| pair.paired.as_mut()).filter_map(test).collect();
        let values: Vec<f64> = tested.iter().map(|tested| tested.p).collect();
        for (tested, adjusted) in tested.iter_mut().zip(holm(&values)) {
            tested.holm = adjusted;
        }
    }
}
