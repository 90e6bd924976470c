//! When a strategy is asked.
//!
//! Of the moments that methods in the literature choose, these are settings here: a step or a period ([`When::Once`],
//! [`When::Every`]; of 1 for those that act at every step), a plateau of the metric ([`When::Plateau`]), a metric that is good
//! enough to prune ([`When::Below`]) or has stayed too bad to do without more neurons ([`When::Above`], as DEN asks per task). What
//! *fades* with time is an [`Amount`](crate::rewire::Amount) of the method: a cosine, a cubic, a ramp, a sigmoid, a rate that adds up fractions
//! from step to step. What asks the network itself, a rank of activations, a ratio of expansion, the statistics of a neuron's own
//! firing, is the method's own, which is asked often and finds nothing due ([`Why`](crate::Why)).
//!
//! [`When`] is the setting, as an experiment file writes it; [`WhenState`] keeps what it needs to
//! remember (the best metric so far, the last time it fired) and goes into checkpoints whole. Both
//! count update steps and never look at a clock.

use serde::{Deserialize, Serialize};

/// A schedule of asking.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum When {
    /// At no time.
    Never,
    /// One time, at the first step from `at` on.
    Once {
        /// The step.
        at: u64,
    },
    /// Again and again: at `from`, `from + steps`, `from + 2 steps`, ... up to and including `until`. Step 0,
    /// before any update, never counts: `from = 1` begins with the first update.
    Every {
        /// The period in steps.
        steps: u64,
        /// The first step.
        #[serde(default)]
        from: u64,
        /// The last step.
        #[serde(default)]
        until: Option<u64>,
    },
    /// When the metric (validation loss) has not fallen by `min_delta` below its best for `patience`
    /// steps. It then begins anew with the metric of the moment as the best.
    Plateau {
        /// Steps without improvement.
        patience: u64,
        /// What counts as improvement.
        #[serde(default)]
        min_delta: f64,
        /// Steps after firing in which it does not fire again.
        #[serde(default)]
        cooldown: u64,
    },
    /// While the metric (validation loss) is below a threshold.
    Below {
        /// The threshold.
        metric: f64,
        /// Steps after firing in which it does not fire again.
        #[serde(default)]
        cooldown: u64,
    },
    /// While the metric (validation loss) has been above a threshold for `patience` steps without a break. It then waits for as many again.
    Above {
        /// The threshold.
        metric: f64,
        /// Steps above it.
        #[serde(default)]
        patience: u64,
        /// Steps after firing in which it does not fire again.
        #[serde(default)]
        cooldown: u64,
    },
}

/// A schedule that can never be meant.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WhenError {
    /// A period of nothing.
    #[error("`every` has steps = 0; give the number of updates between two askings, at least 1")]
    NoPeriod,
    /// It ends before it begins.
    #[error("`every` runs from step {from} until step {until}; let it begin before it ends")]
    Backwards {
        /// The first step.
        from: u64,
        /// The last step.
        until: u64,
    },
    /// A threshold that nothing can be compared with.
    #[error("`{key}` is {value}; it must be a finite number{}", if *.value < 0.0 { ", zero or more" } else { "" })]
    NotANumber {
        /// Which setting.
        key: &'static str,
        /// Its value.
        value: f64,
    },
}

impl When {
    /// Whether the schedule makes sense.
    ///
    /// # Errors
    /// [`WhenError`] says what does not.
    pub fn check(&self) -> Result<(), WhenError> {
        match *self {
            Self::Every { steps: 0, .. } => Err(WhenError::NoPeriod),
            Self::Every { from, until: Some(until), .. } if until < from => Err(WhenError::Backwards { from, until }),
            Self::Plateau { min_delta, .. } if !(min_delta.is_finite() && min_delta >= 0.0) => {
                Err(WhenError::NotANumber { key: "min_delta", value: min_delta })
            }
            Self::Below { metric, .. } | Self::Above { metric, .. } if !metric.is_finite() => {
                Err(WhenError::NotANumber { key: "metric", value: metric })
            }
            _ => Ok(()),
        }
    }
}

/// A schedule with what it remembers.
///
/// ```
/// use livenet_growth::{When, WhenState};
///
/// let mut every = WhenState::new(When::Every { steps: 10, from: 5, until: Some(25) });
/// let due: Vec<u64> = (1..40).filter(|&step| every.due(step, None)).collect();
/// assert_eq!(due, [5, 15, 25]);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WhenState {
    when: When,
    /// The best metric, and the step at which it was first seen; for [`When::Above`] the metric at the step from which on it was above.
    best: Option<(f64, u64)>,
    fired: Option<u64>,
}

impl WhenState {
    /// A schedule at its beginning.
    pub const fn new(when: When) -> Self {
        Self { when, best: None, fired: None }
    }

    /// The setting.
    pub const fn when(&self) -> When {
        self.when
    }

    /// Whether the strategy is to be asked after update number `step`, given the latest metric.
    /// Called once per step, in order.
    pub fn due(&mut self, step: u64, metric: Option<f64>) -> bool {
        let due = match self.when {
            When::Never => false,
            When::Once { at } => self.fired.is_none() && step >= at,
            // A period of 0 is refused by `check`; here it must only not divide.
            When::Every { steps, from, until } => {
                step > 0
                    && step >= from
                    && (step - from).checked_rem(steps) == Some(0)
                    && until.is_none_or(|until| step <= until)
            }
            When::Plateau { patience, min_delta, cooldown } => {
                metric.is_some_and(|metric| self.stalled(step, metric, min_delta, patience))
                    && self.rested(step, cooldown)
            }
            When::Below { metric: threshold, cooldown } => {
                metric.is_some_and(|metric| metric < threshold) && self.rested(step, cooldown)
            }
            When::Above { metric: threshold, patience, cooldown } => {
                metric.is_some_and(|metric| self.exceeded(step, metric, threshold, patience))
                    && self.rested(step, cooldown)
            }
        };
        if due {
            self.fired = Some(step);
            self.best = metric.map(|metric| (metric, step));
        }
        due
    }

    fn stalled(&mut self, step: u64, metric: f64, min_delta: f64, patience: u64) -> bool {
        match self.best {
            // An infinite best is beaten by any number; what is not a number beats nothing.
            Some((best, _)) if metric < best - min_delta => {
                self.best = Some((metric, step));
                false
            }
            Some((_, since)) => step - since >= patience,
            None => {
                self.best = Some((metric, step));
                false
            }
        }
    }

    /// Here the best is the metric with which the time above began. What is not a number is not above.
    fn exceeded(&mut self, step: u64, metric: f64, threshold: f64, patience: u64) -> bool {
        if metric > threshold {
            let (_, since) = *self.best.get_or_insert((metric, step));
            return step - since >= patience;
        }
        self.best = None;
        false
    }

    fn rested(&self, step: u64, cooldown: u64) -> bool {
        self.fired.is_none_or(|fired| step - fired > cooldown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fired(when: When, metrics: &[f64]) -> Vec<u64> {
        let mut state = WhenState::new(when);
        (1..).zip(metrics).filter(|&(step, &metric)| state.due(step, Some(metric))).map(|(step, _)| step).collect()
    }

    #[test]
    fn once_fires_at_the_first_chance_and_never_again() {
        assert_eq!(fired(When::Once { at: 0 }, &[1.0; 5]), [1]);
        assert_eq!(fired(When::Once { at: 3 }, &[1.0; 5]), [3]);
        assert!(fired(When::Never, &[1.0; 5]).is_empty());
    }

    #[test]
    fn a_plateau_counts_from_the_last_improvement() {
        let falling_then_flat = [5.0, 4.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0];
        let plateau = |min_delta, cooldown| When::Plateau { patience: 3, min_delta, cooldown };
        assert_eq!(fired(plateau(0.0, 0), &falling_then_flat), [6, 9]);
        assert_eq!(fired(plateau(0.0, 3), &falling_then_flat), [6, 10]);
        // Falling by less than `min_delta` is no improvement.
        assert_eq!(fired(plateau(10.0, 0), &falling_then_flat), [4, 7, 10]);
    }

    #[test]
    fn a_plateau_waits_for_a_metric() {
        let mut state = WhenState::new(When::Plateau { patience: 0, min_delta: 0.0, cooldown: 0 });
        assert!(!state.due(1, None) && !state.due(2, Some(1.0)) && state.due(3, Some(1.0)));
    }

    #[test]
    fn below_fires_while_it_holds() {
        assert_eq!(fired(When::Below { metric: 1.0, cooldown: 1 }, &[2.0, 0.5, 0.5, 0.5, 2.0, 0.5]), [2, 4, 6]);
    }

    #[test]
    fn above_fires_when_it_has_stayed_so() {
        let metrics = [2.0, 2.0, 0.5, 2.0, f64::NAN, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0];
        let above = |patience, cooldown| When::Above { metric: 1.0, patience, cooldown };
        assert_eq!(fired(above(0, 0), &metrics[..4]), [1, 2, 4]);
        // A break counts anew, and so does firing.
        assert_eq!(fired(above(2, 0), &metrics), [8, 10]);
        assert_eq!(fired(above(2, 2), &metrics), [8, 11]);
        assert!(fired(above(0, 0), &[1.0, 0.5]).is_empty());
        assert!(above(0, 0).check().is_ok());
        assert!(When::Above { metric: f64::INFINITY, patience: 0, cooldown: 0 }.check().is_err());
    }

    #[test]
    fn impossible_schedules_are_refused() {
        assert_eq!(When::Every { steps: 0, from: 0, until: None }.check(), Err(WhenError::NoPeriod));
        assert_eq!(
            When::Every { steps: 1, from: 9, until: Some(3) }.check(),
            Err(WhenError::Backwards { from: 9, until: 3 })
        );
        assert!(When::Below { metric: f64::NAN, cooldown: 0 }.check().is_err());
        assert!(When::Plateau { patience: 1, min_delta: -1.0, cooldown: 0 }.check().is_err());
        assert!(When::Never.check().is_ok());
    }
}
