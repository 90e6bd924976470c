//! The scores of one setting: a number for each run, by task.

/// Why scores are none.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ScoresError {
    /// There is no task at all.
    #[error("there are no scores; at least one run of one task is needed")]
    NoTask,
    /// A task without runs: it would weigh nothing in one average and everything in another.
    #[error("task {task} (counted from 0) has no run; leave the task out, or give it one")]
    NoRun {
        /// Its position.
        task: usize,
    },
    /// A score is infinite or no number.
    #[error(
        "task {task} (counted from 0) has the score {found}; expected a finite number: leave that run out and count it"
    )]
    NotFinite {
        /// Its position.
        task: usize,
        /// The score.
        found: f64,
    },
}

/// Finite scores `[task][run]`, ascending within each task, at least one run a task.
///
/// Sorting forgets the order of the runs, so that no statistic can depend on it, not even in its last bit.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    tasks: Vec<Vec<f64>>,
}

impl Scores {
    /// Checks and sorts.
    ///
    /// # Errors
    /// [`ScoresError`] names the first task that cannot be used.
    pub fn new(mut tasks: Vec<Vec<f64>>) -> Result<Self, ScoresError> {
        if tasks.is_empty() {
            return Err(ScoresError::NoTask);
        }
        for (task, runs) in tasks.iter_mut().enumerate() {
            if runs.is_empty() {
                return Err(ScoresError::NoRun { task });
            }
            if let Some(&found) = runs.iter().find(|score| !score.is_finite()) {
                return Err(ScoresError::NotFinite { task, found });
            }
            // Zeros of both signs are one number.
            for score in runs.iter_mut() {
                *score += 0.0;
            }
            runs.sort_unstable_by(f64::total_cmp);
        }
        Ok(Self { tasks })
    }

    /// The scores of a single task.
    ///
    /// # Errors
    /// As [`Scores::new`].
    pub fn of_one_task(runs: Vec<f64>) -> Result<Self, ScoresError> {
        Self::new(vec![runs])
    }

    /// Scores by task, ascending within each.
    pub fn tasks(&self) -> &[Vec<f64>] {
        &self.tasks
    }

    /// Runs over all tasks.
    pub fn runs(&self) -> usize {
        self.tasks.iter().map(Vec::len).sum()
    }

    /// Runs of the task that has fewest: what an interval can stand on.
    pub fn seeds(&self) -> usize {
        self.tasks.iter().map(Vec::len).min().unwrap_or(0)
    }
}
