//! Equivalence within a margin.

use super::{Interval, Level, NoInterval, Paired};
use serde::Serialize;

/// What a margin, declared beforehand, makes of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Equivalence {
    /// Smaller than the margin: two one-sided t tests both reject (Schuirmann 1987; Lakens 2017), which at 5 % is the
    /// 90 % interval of the paired difference lying within the margin.
    Equivalent,
    /// Larger than the margin: the 95 % interval lies wholly beyond it on one side.
    Different,
    /// Neither: more seeds would tell.
    Undecided,
}

impl Equivalence {
    /// Of a paired difference, by Student's t at the error of `level`. A margin that is not positive decides nothing.
    ///
    /// # Errors
    /// As for an interval.
    pub fn of(paired: &Paired, margin: f64, level: Level) -> Result<Self, NoInterval> {
        Ok(Self::by_intervals(paired.by_t(level.of_two_one_sided())?, paired.by_t(level)?, margin))
    }

    fn by_intervals(narrow: Interval, wide: Interval, margin: f64) -> Self {
        if narrow.low() > -margin && narrow.high() < margin {
            Self::Equivalent
        } else if wide.low() > margin || wide.high() < -margin {
            Self::Different
        } else {
            Self::Undecided
        }
    }

    /// The word for people.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Different => "different",
            Self::Undecided => "undecided",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(differences: &[f64], margin: f64) -> Equivalence {
        Equivalence::of(&Paired::new(vec![differences.to_vec()]).unwrap(), margin, Level::USUAL).unwrap()
    }

    #[test]
    fn the_margin_decides() {
        // Mean 3, standard error sqrt(0.5): t(0.95, 4) = 2.1318 makes the 90 % interval [1.4926, 4.5074], and the
        // 95 % interval is [1.0368, 4.9632].
        let pairs = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert_eq!(of(&pairs, 4.51), Equivalence::Equivalent);
        assert_eq!(of(&pairs, 4.50), Equivalence::Undecided);
        assert_eq!(of(&pairs, 1.04), Equivalence::Undecided);
        assert_eq!(of(&pairs, 1.03), Equivalence::Different);
        let mirrored = pairs.map(|difference| -difference);
        assert_eq!(of(&mirrored, 1.03), Equivalence::Different);
        assert_eq!(of(&mirrored, 4.51), Equivalence::Equivalent);
    }

    #[test]
    fn two_pairs_decide_nothing() {
        assert!(Equivalence::of(&Paired::new(vec![vec![0.0, 0.0]]).unwrap(), 1.0, Level::USUAL).is_err());
    }
}
