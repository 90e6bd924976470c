//! The comparison: every setting alone, and each against the control.

use super::{
    CompareError,
    gather::Gathered,
    pair::{self, Pair},
    question::{Chosen, Metric, Question},
    setting::{Setting, any_finished},
    trial::{Counts, Trial},
};
use crate::{
    config::nearest,
    statistics::{Bootstrap, Level, Profile},
};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeSet;

/// Version of the form that `--json` and `table.json` have.
const VERSION: u32 = 1;
/// Resamples of a profile's band at most, as in *rliable*: a band is looked at, not quoted.
const PROFILE_RESAMPLES: usize = 2_000;
/// Thresholds of a profile.
const THRESHOLDS: usize = 101;

/// What the runs say. As JSON it is the table for scripts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Version of this form.
    pub schema_version: u32,
    /// What is compared.
    pub name: String,
    /// The primary metric.
    pub metric: Metric,
    /// What the settings are held against; none where there is one setting.
    pub control: Option<Control>,
    /// The margin of equivalence, in the unit of the metric.
    pub margin: Option<f64>,
    /// How much intervals cover.
    pub level: Level,
    /// How often runs were drawn anew.
    pub resamples: usize,
    /// The tasks, which averages are stratified over.
    pub tasks: Vec<String>,
    /// What became of all runs.
    pub runs: Counts,
    /// In the order in which they first appear.
    pub settings: Vec<Setting>,
    /// Every other setting against the control.
    pub pairs: Vec<Pair>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// The setting that the others are held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Control {
    /// Its label.
    pub label: String,
    /// Who chose it; by default it is the best of these very runs.
    pub chosen: Chosen,
}

impl Comparison {
    /// Compares what was gathered.
    ///
    /// # Errors
    /// [`CompareError`] when there is nothing to compare, or the question names what is not there.
    pub fn of(gathered: &Gathered, question: &Question) -> Result<Self, CompareError> {
        let margin = question.margin.or(gathered.margin);
        if let Some(found) = margin.filter(|margin| !(margin.is_finite() && *margin > 0.0)) {
            return Err(CompareError::Margin { found });
        }
        if !any_finished(&gathered.trials) {
            let states = Counts::of(gathered.trials.iter(), "").left_out();
            return Err(CompareError::NoneFinished { runs: gathered.trials.len(), states });
        }
        let metric = Metric::choose(question, gathered)?;
        let labels = in_order(gathered.trials.iter().map(|trial| trial.label.as_str()));
        let settings: Vec<Setting> = labels
            .par_iter()
            .map(|label| {
                let trials: Vec<&Trial> = gathered.trials.iter().filter(|trial| trial.label == *label).collect();
                Setting::new(label, &trials, &metric, &question.bootstrap)
            })
            .collect::<Result<_, _>>()?;
        let control = choose_control(question, gathered, &settings, &metric)?;
        let mut pairs = Vec::new();
        if let Some(control) = &control
            && let Some(against) = settings.iter().find(|setting| setting.label == control.label)
        {
            let others =
                settings.par_iter().filter(|setting| setting.label != against.label && !setting.scores.is_empty());
            pairs = others
                .map(|setting| Pair::new(setting, against, question, metric.better, margin))
                .collect::<Result<_, _>>()?;
        }
        pair::correct(&mut pairs);
        let mut comparison = Self {
            schema_version: VERSION,
            name: gathered.name.clone(),
            runs: Counts::of(gathered.trials.iter(), &metric.name),
            metric,
            control,
            margin,
            level: question.bootstrap.level,
            resamples: question.bootstrap.resamples,
            tasks: gathered.trials.iter().map(|t| t.task.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
            settings,
            pairs,
            notes: Vec::new(),
        };
        comparison.notes = super::notes::of(&comparison, gathered);
        Ok(comparison)
    }

    /// The settings that have scores, the best first; equals by label.
    pub fn ranked(&self) -> Vec<&Setting> {
        ranked(&self.settings, &self.metric)
    }

    /// Thresholds of the profile, from the worst to the best score of all settings.
    pub(super) fn thresholds(&self) -> Vec<f64> {
        let scores = || self.settings.iter().flat_map(Setting::values);
        let (low, high) = (scores().fold(f64::INFINITY, f64::min), scores().fold(f64::NEG_INFINITY, f64::max));
        let parts = (THRESHOLDS - 1) as f64;
        (0..THRESHOLDS).map(|at| low + (high - low) * at as f64 / parts).collect()
    }

    /// The performance profile of every setting that has scores, in the order of the table.
    pub fn profiles(&self) -> Vec<(&Setting, Profile)> {
        let bootstrap = Bootstrap { resamples: self.resamples.min(PROFILE_RESAMPLES), level: self.level, seed: 0 };
        let thresholds = self.thresholds();
        let profile = |setting: &'_ Setting| setting.profile(&thresholds, &self.metric, &bootstrap);
        self.settings.par_iter().filter_map(|setting| Some((setting, profile(setting)?))).collect()
    }
}

fn in_order<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    labels.filter(|label| seen.insert(*label)).collect()
}

fn ranked<'a>(settings: &'a [Setting], metric: &Metric) -> Vec<&'a Setting> {
    let iqm = |setting: &Setting| setting.averages.map(|averages| averages.iqm.value);
    let mut ranked: Vec<(&Setting, f64)> =
        settings.iter().filter_map(|setting| Some((setting, iqm(setting)?))).collect();
    ranked.sort_by(|(a, x), (b, y)| {
        let order = if metric.better.prefers(1.0, 0.0) { y.total_cmp(x) } else { x.total_cmp(y) };
        order.then_with(|| a.label.cmp(&b.label))
    });
    ranked.into_iter().map(|(setting, _)| setting).collect()
}

fn choose_control(
    question: &Question,
    gathered: &Gathered,
    settings: &[Setting],
    metric: &Metric,
) -> Result<Option<Control>, CompareError> {
    if settings.len() < 2 && question.control.is_none() {
        return Ok(None);
    }
    let (label, chosen) = match (&question.control, &gathered.control) {
        (Some(label), Some(declared)) if label == declared => (label.clone(), Chosen::BySweep),
        (Some(label), _) => (label.clone(), Chosen::ByCommand),
        (None, Some(declared)) => (declared.clone(), Chosen::BySweep),
        (None, None) => match ranked(settings, metric).first() {
            Some(best) => return Ok(Some(Control { label: best.label.clone(), chosen: Chosen::ByDefault })),
            None => return Ok(None),
        },
    };
    if !settings.iter().any(|setting| setting.label == label) {
        let known = || settings.iter().map(|setting| setting.label.as_str());
        let nearest = nearest(&label, known()).map(str::to_owned);
        return Err(CompareError::NoControl { label, known: known().collect::<Vec<_>>().join(", "), nearest });
    }
    Ok(Some(Control { label, chosen }))
}
