//! Claims: bounds on medians over seeds, which `run --check` holds an experiment to.

use super::summary::{Made, median};
use crate::config::{ConfigError, Document, nearest, raw::Claim};
use serde::Serialize;

/// A claim against what came out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Verdict {
    pub(super) arm: String,
    pub(super) metric: String,
    pub(super) at_least: Option<f64>,
    pub(super) at_most: Option<f64>,
    /// The median over seeds; `None` when a run has no such number.
    pub(super) found: Option<f64>,
    pub(super) met: bool,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let arm = if self.arm.is_empty() { String::new() } else { format!("{}: ", self.arm) };
        write!(f, "claim {}: {arm}median {} ", if self.met { "met" } else { "NOT met" }, self.metric)?;
        match self.found {
            Some(found) => write!(f, "is {found}")?,
            None => write!(f, "is not in every report")?,
        }
        let bounds = [("at least", self.at_least), ("at most", self.at_most)];
        let bounds: Vec<String> =
            bounds.iter().filter_map(|(words, bound)| bound.map(|bound| format!("{words} {bound}"))).collect();
        write!(f, ", claimed {}", bounds.join(" and "))
    }
}

/// Numbers of the report besides `metrics.*`.
const NUMBERS: [&str; 6] = ["steps", "neurons", "connections", "dense_connections", "operations", "seconds"];

/// The claims about the arms that are run.
///
/// # Errors
/// [`ConfigError`] for a claim that can never be judged.
pub(super) fn of(
    document: &Document,
    claims: &[Claim],
    all: &[String],
    arms: &[String],
) -> Result<Vec<Claim>, ConfigError> {
    for (at, claim) in claims.iter().enumerate() {
        let key = |rest: &str| format!("claim.{at}.{rest}");
        if let Some(arm) = claim.arm.as_ref().filter(|arm| !all.contains(arm)) {
            let help = nearest(arm, all.iter().map(String::as_str)).map(|meant| format!("did you mean `{meant}`?"));
            return Err(document.fault(
                &key("arm"),
                format!("no arm is called `{arm}`; there are {}", all.join(", ")),
                help,
            ));
        }
        if claim.arm.is_none() && all.len() > 1 {
            return Err(document.fault(
                &key("arm"),
                "there are several arms",
                format!("name one of {}", all.join(", ")),
            ));
        }
        if claim.at_least.is_none() && claim.at_most.is_none() {
            return Err(document.fault(
                &key("metric"),
                "the claim has no bound",
                "give `at_least` or `at_most`".to_owned(),
            ));
        }
        if !claim.metric.starts_with("metrics.") && !NUMBERS.contains(&claim.metric.as_str()) {
            let message = format!("no number of the report is called `{}`", claim.metric);
            return Err(document.fault(
                &key("metric"),
                message,
                format!(
                    "it has {} and, as in `livenet show RUN --json`, metrics.test_accuracy and others",
                    NUMBERS.join(", ")
                ),
            ));
        }
    }
    let about = |claim: &&Claim| claim.arm.as_ref().is_none_or(|arm| arms.contains(arm));
    Ok(claims.iter().filter(about).cloned().collect())
}

/// Holds each claim against the runs of its arm.
pub(super) fn judge(claims: &[Claim], made: &[Made]) -> Vec<Verdict> {
    let judge = |claim: &Claim| {
        let of_arm = made.iter().filter(|made| claim.arm.as_ref().is_none_or(|arm| *arm == made.arm));
        let numbers: Option<Vec<f64>> = of_arm.map(|made| made.outcome.number(&claim.metric)).collect();
        let found = numbers.and_then(|numbers| median(&numbers));
        let met = found.is_some_and(|found| {
            claim.at_least.is_none_or(|bound| found >= bound) && claim.at_most.is_none_or(|bound| found <= bound)
        });
        Verdict {
            arm: claim.arm.clone().unwrap_or_default(),
            metric: claim.metric.clone(),
            at_least: claim.at_least,
            at_most: claim.at_most,
            found,
            met,
        }
    };
    claims.iter().map(judge).collect()
}
