//! The trials of a sweep, as far as they are known: a search knows its next ones when the last are done.
//!
//! Invariant: a plan is a function of the sweep file and of finished files, so that whoever makes it, and however
//! often it was interrupted, finds the same trials in the same order.

use super::{
    axis::label,
    decision::{Decision, Selection},
    directory::{State, SweepDirectory},
    file::{SETTING, Setting, Sweep},
    raw::Search,
    search::{self, Point, Scored},
};
use crate::{
    Failure, Registry,
    config::{Checked, Document},
    data::Places,
    run::Pictures,
    task::Kind,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a trial is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It is tried on the way, in this rung of a search.
    Searched(u32),
    /// It is compared with others at the end.
    Compared,
}

/// One trial: a setting with a seed. It is a run like any other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Its directory's name: the hash of its config, and the seed.
    pub key: String,
    /// The hash of its config.
    pub config: String,
    /// Digest of its data.
    pub data: String,
    /// Its value on each axis.
    pub setting: BTreeMap<String, serde_json::Value>,
    /// The same in words.
    pub label: String,
    /// Its seed.
    pub seed: u64,
    /// What it is for.
    pub stage: Stage,
}

/// The trials that are known so far, in the order in which they are begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Version of this form.
    pub schema_version: u32,
    /// Version of livenet. Another one may compute otherwise, so its trials have other keys.
    pub livenet: String,
    /// Where relative paths in the experiment begin.
    pub folder: String,
    /// All of them. Two may be the same run, where a search chose what was there.
    pub trials: Vec<Trial>,
    /// Whether a search will add more.
    pub open: bool,
    /// Whether each trial draws its plots.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub plots: bool,
    /// The configs of this plan that are not written yet.
    #[serde(skip)]
    pub(super) configs: BTreeMap<String, String>,
    /// What the searches decided, in the order of the settings.
    #[serde(skip)]
    pub(super) decisions: Vec<Decision>,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_true(plots: &bool) -> bool {
    *plots
}

impl Plan {
    /// What a trial does at its end.
    pub fn pictures(&self) -> Pictures {
        if self.plots { Pictures::Drawn } else { Pictures::None }
    }
}

/// What a plan is made from besides the sweep.
pub struct Planner<'a> {
    sweep: &'a Sweep,
    registry: &'a Registry,
    /// The directory, where there is one.
    directory: Option<&'a SweepDirectory>,
    /// Hashes of configs that were checked, with the digest of their data.
    known: BTreeMap<String, String>,
    configs: BTreeMap<String, String>,
}

/// A setting at a point, checked.
struct Configured {
    hash: String,
    data: String,
    label: String,
    setting: BTreeMap<String, serde_json::Value>,
}

impl<'a> Planner<'a> {
    /// A planner for a sweep, whose directory may be there already.
    pub fn new(sweep: &'a Sweep, registry: &'a Registry, directory: Option<&'a SweepDirectory>) -> Self {
        let earlier = directory.and_then(|directory| directory.plan().ok().map(|plan| (directory, plan)));
        let mut known = BTreeMap::new();
        if let Some((directory, plan)) = earlier {
            for trial in plan.trials {
                // Checked when it was written; checking reads the data, which takes its time.
                if directory.file(&config_name(&trial.config)).is_file() {
                    known.insert(trial.config, trial.data);
                }
            }
        }
        Self { sweep, registry, directory, known, configs: BTreeMap::new() }
    }

    /// Every trial that is known now.
    ///
    /// # Errors
    /// [`ConfigError`](crate::config::ConfigError) of the first setting that cannot run.
    pub fn plan(&mut self) -> Result<Plan, Failure> {
        let mut plan = Plan {
            schema_version: 1,
            livenet: env!("CARGO_PKG_VERSION").to_owned(),
            folder: self.sweep.base().folder().to_string_lossy().into_owned(),
            trials: Vec::new(),
            open: false,
            plots: self.sweep.plots(),
            configs: BTreeMap::new(),
            decisions: Vec::new(),
        };
        let mut compared: Vec<Configured> = Vec::new();
        for setting in self.sweep.settings() {
            compared.extend(self.search(setting, &mut plan)?);
        }
        for (at, one) in compared.iter().enumerate() {
            let same = compared[..at].iter().find(|other| other.hash == one.hash && other.label != one.label);
            // A search may well choose what was there; whoever writes the same thing twice did not mean to.
            if let Some(other) = same.filter(|_| self.is_written_out()) {
                let message = format!("`{}` and `{}` are the same run", other.label, one.label);
                let key = if self.sweep.axes().is_empty() { "setting" } else { "axis" };
                let mend = "let each change something of its own, or leave one out";
                return Err(self.sweep.fault(key, message, mend).into());
            }
        }
        for &seed in self.sweep.seeds() {
            plan.trials.extend(compared.iter().map(|one| one.trial(seed, Stage::Compared)));
        }
        plan.configs = std::mem::take(&mut self.configs);
        Ok(plan)
    }

    /// Whether the settings stand in the file as they are compared.
    fn is_written_out(&self) -> bool {
        self.sweep.tune().is_none() && matches!(self.sweep.search(), Search::Grid | Search::List)
    }

    /// Adds what a setting's search tries to the plan, and gives what is compared of it.
    fn search(&mut self, setting: &Setting, plan: &mut Plan) -> Result<Vec<Configured>, Failure> {
        let (sweep, search) = (self.sweep, self.sweep.search());
        let seeds = sweep.tune().map_or(sweep.seeds(), |tune| &tune.seeds);
        let fixed = matches!(search, Search::Grid | Search::List | Search::Random(_));
        let mut compared: Vec<Configured> = Vec::new();
        if sweep.tune().is_some() {
            let mut default = self.configure(setting, &Point { values: Vec::new(), steps: None })?;
            default.label += ", defaults";
            compared.push(default);
        }
        let (mut rungs, mut points): (Vec<Vec<Scored>>, _) = (Vec::new(), search::next(search, sweep.axes(), &[]));
        while let Some(rung) = points.take() {
            let configured: Vec<Configured> =
                rung.iter().map(|point| self.configure(setting, point)).collect::<Result<_, _>>()?;
            let at = rungs.len() as u32;
            // Halving compares those that it trained to the end; others all that they tried.
            let whole = !matches!(search, Search::Halving(halving) if rungs.len() + 1 < halving.rungs.len());
            if sweep.tune().is_none() && fixed {
                return Ok(configured);
            }
            let score = self.scored(&rung, &configured, seeds)?;
            if sweep.tune().is_none() && whole {
                for one in configured {
                    // A search may ask for the same point again.
                    if compared.iter().all(|other| other.label != one.label) {
                        compared.push(one);
                    }
                }
            } else {
                for &seed in seeds {
                    plan.trials.extend(configured.iter().map(|one| one.trial(seed, Stage::Searched(at))));
                }
            }
            let written = self.directory.map(|directory| Decision::read(directory, &setting.name, at)).transpose()?;
            let decision = match (written.flatten(), score) {
                (Some(written), _) => written,
                (None, Some(scored)) => Decision::new(sweep, &setting.name, at, scored, &rungs),
                (None, None) => {
                    let unknown = |point: &Point| Scored { point: point.clone(), score: None };
                    let then = [rungs.clone(), vec![rung.iter().map(unknown).collect()]].concat();
                    plan.open |= sweep.tune().is_some() || search::next(search, sweep.axes(), &then).is_some();
                    return Ok(compared);
                }
            };
            rungs.push(decision.scored.clone());
            points.clone_from(&decision.next);
            plan.decisions.push(decision);
        }
        if sweep.tune().is_some() {
            let best = self.choose(setting, &rungs)?;
            compared.push(Configured { label: label(&setting.name, &[], &[]), ..self.configure(setting, &best)? });
        }
        Ok(compared)
    }

    /// The best point of a search that is over.
    fn choose(&self, setting: &Setting, rungs: &[Vec<Scored>]) -> Result<Point, Failure> {
        let scored: Vec<Scored> = match self.sweep.search() {
            Search::Halving(_) => rungs.last().cloned().unwrap_or_default(),
            _ => rungs.concat(),
        };
        let best = search::ranked(&scored).into_iter().next().map(|at| &scored[at]).filter(|best| best.score.is_some());
        let best = best.ok_or_else(|| {
            Failure::Unmet(format!(
                "`{}` cannot be tuned: none of its trials ended with a {}; `livenet status` says how they ended",
                label(&setting.name, &[], &[]),
                Selection::of(self.sweep).metric
            ))
        })?;
        // Reported as long as the experiment says, whatever the rungs were.
        Ok(Point { steps: None, ..best.point.clone() })
    }

    /// The scores of a rung, when all of its trials are done or failed for good.
    fn scored(
        &self,
        points: &[Point],
        configured: &[Configured],
        seeds: &[u64],
    ) -> Result<Option<Vec<Scored>>, Failure> {
        let Some(directory) = self.directory else { return Ok(None) };
        let selection = Selection::of(self.sweep);
        let mut scored = Vec::new();
        for (point, one) in points.iter().zip(configured) {
            let mut values = Vec::new();
            for &seed in seeds {
                let key = one.trial(seed, Stage::Compared).key;
                match directory.outcome(&key)? {
                    Some(outcome) => values.push(outcome.number(&selection.metric)),
                    None => match directory.state(&key)? {
                        State::Failed(record) if record.lasts() => values.push(None),
                        _ => return Ok(None),
                    },
                }
            }
            scored.push(Scored { point: point.clone(), score: selection.score(&values) });
        }
        Ok(Some(scored))
    }

    /// Checks a setting at a point. Its config is kept for writing where it is new.
    fn configure(&mut self, setting: &Setting, point: &Point) -> Result<Configured, Failure> {
        let sweep = self.sweep;
        let mut keys = setting.keys.clone();
        for (at, (axis, value)) in sweep.axes().iter().zip(&point.values).enumerate() {
            keys.push((axis.key.clone(), Some(value.clone()), sweep.place_of_axis(at)));
        }
        if let Some(steps) = point.steps {
            let place = sweep.place_of_search();
            keys.push(("train.epochs".into(), None, place.clone()));
            keys.push(("train.steps".into(), Some(toml::Value::Integer(steps as i64)), place));
        }
        let document = sweep.base().vary(&setting.arm, &keys)?;
        let hash = Checked::hash_of(&document)?;
        let data = match self.known.get(&hash) {
            Some(data) => data.clone(),
            None => self.check(&document, &hash)?,
        };
        let mut values = BTreeMap::new();
        if !setting.name.is_empty() {
            values.insert(SETTING.to_owned(), setting.name.clone().into());
        }
        for (axis, value) in sweep.axes().iter().zip(&point.values) {
            let value = serde_json::to_value(value).expect("what was read from TOML is plain data");
            values.insert(axis.name.clone(), value);
        }
        Ok(Configured { hash, data, label: label(&setting.name, sweep.axes(), &point.values), setting: values })
    }

    fn check(&mut self, document: &Document, hash: &str) -> Result<String, Failure> {
        let seed = self.sweep.seeds()[0];
        let checked = Checked::new(document, "", seed, self.registry, &Places::from_environment(), None)?;
        crate::executors::known(checked.executor())?;
        let metric = &self.sweep.metric().name;
        if metric.ends_with("_accuracy") && checked.task().shape().kind == Kind::Values {
            let mend = format!("compare {}", metric.replace("_accuracy", "_loss"));
            return Err(self
                .sweep
                .fault("metric.name", "this task has no accuracy: its answers are numbers", mend)
                .into());
        }
        let data = checked.task().shape().data.clone();
        self.known.insert(hash.to_owned(), data.clone());
        self.configs.insert(hash.to_owned(), checked.to_common_toml());
        Ok(data)
    }
}

impl Configured {
    fn trial(&self, seed: u64, stage: Stage) -> Trial {
        Trial {
            key: format!("{}-s{seed}", self.hash),
            config: self.hash.clone(),
            data: self.data.clone(),
            setting: self.setting.clone(),
            label: self.label.clone(),
            seed,
            stage,
        }
    }
}

/// Where the experiment file of a config lies in the directory of a sweep.
pub(super) fn config_name(hash: &str) -> String {
    format!("configs/{hash}.toml")
}

impl Plan {
    /// Each run of the plan once, in the order in which they are begun.
    pub fn runs(&self) -> Vec<&Trial> {
        let mut seen = std::collections::BTreeSet::new();
        self.trials.iter().filter(|trial| seen.insert(&trial.key)).collect()
    }
}
