//! A checked config: every cross-field rule applied, everything built that can be built.
//!
//! Only this runs. Its hash names the run's directory: it takes in the executor and leaves out
//! threads, seeds, claims and where things are written. Where the wiring is that of another run, it takes in what was found
//! there and leaves out where; what the runs of all seeds have in common then has a hash of its own.

use super::{
    document::Document,
    error::{ConfigError, nearest},
    finite::refuse_not_finite,
    found::Found,
    growing::settings_of,
    identity::{common_hash, hash},
    learning, network,
    raw::{Experiment, InitName, Keep, ScheduleName, WiringName},
    size,
};
use crate::{
    Registry,
    data::Places,
    task::{Setup, Task},
};
use livenet_core::{ExecutorSettings, FireGroup, GroupId, Inherit, Schedule};
use livenet_growth::{Scale, Wiring};
use livenet_train::session::Learning;

/// How many neurons a group starts with and what they are born with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Birthright {
    /// Neurons at the start.
    pub neurons: u32,
    /// Bias at birth.
    pub bias: f32,
    /// Decay at birth.
    pub decay: f32,
}

/// An experiment's arm with a seed, ready to run.
pub struct Checked {
    experiment: Experiment,
    table: toml::Table,
    arm: String,
    seed: u64,
    hash: String,
    common: String,
    task: Box<dyn Task>,
    groups: Vec<FireGroup>,
    birthrights: Vec<Birthright>,
    wiring: Wiring,
    found: Option<Found>,
    init: Scale,
    learning: Learning,
    steps: u64,
    evaluate_every: u64,
    executor: String,
}

impl Checked {
    /// Checks one arm of a document for one seed.
    ///
    /// # Errors
    /// [`ConfigError`] names the key, what was found, what was expected and the mend.
    pub fn new(
        document: &Document,
        arm: &str,
        seed: u64,
        registry: &Registry,
        places: &Places,
        executor: Option<&str>,
    ) -> Result<Self, ConfigError> {
        let (mut experiment, table) = document.arm(arm)?;
        let document = &document.as_arm(arm)?;
        refuse_not_finite(document, &experiment, &table)?;
        let executor = executor.map_or_else(|| experiment.executor.clone(), Into::into);
        if experiment.name.is_empty()
            || !experiment.name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
            || experiment.name.starts_with('.')
        {
            let message = format!("`{}` cannot name a folder", experiment.name);
            return Err(document.fault("name", message, "use letters, digits, `-`, `_` and `.`".to_owned()));
        }
        check_train(document, &experiment)?;
        let task = build_task(document, &experiment, seed, registry, places)?;
        let shape = task.shape().clone();
        let groups = network::build_groups(document, &experiment, registry)?;
        let mut birthrights = vec![Birthright { neurons: shape.inputs as u32, bias: 0.0, decay: 0.9 }];
        birthrights.extend(experiment.network.group.iter().map(|group| Birthright {
            neurons: group.neurons,
            bias: group.bias,
            decay: group.decay,
        }));
        birthrights.push(Birthright { neurons: shape.outputs as u32, bias: 0.0, decay: 0.9 });
        let common = common_hash(&experiment, &executor);
        let found = match experiment.network.wiring.clone() {
            WiringName::Run(run) => {
                let found = Found::read(document, &run, seed, &groups, &shape)?;
                settle(&mut experiment, &mut birthrights, &found);
                found.check_reach(document, (&groups, &birthrights), schedule(&experiment))?;
                Some(found)
            }
            _ => None,
        };
        let epoch = shape.epoch;
        let steps = match (experiment.train.steps, experiment.train.epochs, epoch) {
            (Some(steps), None, _) => steps,
            (None, Some(epochs), Some(epoch)) => epochs.checked_mul(epoch).ok_or_else(|| {
                let message = format!("{epochs} epochs of {epoch} updates are more than can be counted");
                document.fault("train.epochs", message, format!("give at most {}", u64::MAX / epoch))
            })?,
            (None, Some(_), None) => {
                return Err(document.fault(
                    "train.epochs",
                    "this task has no end, so there are no epochs in it",
                    "give `steps` instead".to_owned(),
                ));
            }
            (None, None, _) => {
                return Err(document.fault(
                    "train",
                    "it is not said how long to train",
                    "give `steps` or `epochs`".to_owned(),
                ));
            }
            (Some(_), Some(_), _) => {
                return Err(document.fault(
                    "train",
                    "both `steps` and `epochs` are given",
                    "give one of them".to_owned(),
                ));
            }
        };
        let evaluate_every = experiment.train.evaluate_every.unwrap_or(epoch.unwrap_or(100)).max(1);
        let learning = learning::build(document, &experiment, &shape, registry, (seed, steps))?;
        let shares = match experiment.network.wiring {
            WiringName::Uniform(density) | WiringName::ErdosRenyi(density) => vec![density],
            WiringName::ReceptiveField { density, randomness } | WiringName::SmallWorld { density, randomness } => {
                vec![density, randomness]
            }
            _ => Vec::new(),
        };
        if let Some(share) = shares.into_iter().find(|share| !(0.0..=1.0).contains(share)) {
            return Err(document.fault(
                "network.wiring",
                format!("found a share of {share}"),
                "give a share of at least 0 and at most 1".to_owned(),
            ));
        }
        let wiring = match experiment.network.wiring {
            // That of a run is brought by `found`.
            WiringName::None | WiringName::Run(_) => Wiring::None,
            WiringName::Dense => Wiring::Dense,
            WiringName::Uniform(density) => Wiring::Uniform { density },
            WiringName::Count(connections) => Wiring::Count { connections },
            WiringName::ErdosRenyi(density) => Wiring::ErdosRenyi { density },
            WiringName::FanIn(connections) => Wiring::FanIn { connections },
            WiringName::ReceptiveField { density, randomness } => Wiring::ReceptiveField { density, randomness },
            WiringName::SmallWorld { density, randomness } => Wiring::SmallWorld { density, randomness },
        };
        let init = match experiment.network.init.unwrap_or_default() {
            InitName::Normal(width) | InitName::Uniform(width) if !(width.is_finite() && width >= 0.0) => {
                let mend = "give a finite number of at least 0".to_owned();
                return Err(document.fault("network.init", format!("found a width of {width}"), mend));
            }
            InitName::He => Scale::He,
            InitName::Glorot => Scale::Glorot,
            InitName::GlorotUniform => Scale::GlorotUniform,
            InitName::KaimingUniform => Scale::KaimingUniform,
            InitName::Normal(deviation) => Scale::Normal(deviation),
            InitName::Uniform(width) => Scale::Uniform(width),
        };
        network::check_paths(document, &experiment, &groups, &birthrights)?;
        size::check(document, &experiment, (&groups, &birthrights), &wiring, &*task)?;
        let hash = hash(&experiment, &executor);
        let checked = Self {
            experiment,
            table,
            arm: arm.into(),
            seed,
            hash,
            common,
            task,
            groups,
            birthrights,
            wiring,
            found,
            init,
            learning,
            steps,
            evaluate_every,
            executor,
        };
        // Built once to find every fault in the settings before anything is written.
        checked.growers(document, registry)?;
        checked.ledger(document)?;
        Ok(checked)
    }

    /// The experiment of this arm as it was resolved.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }
    /// The same as TOML, for `config.toml`: with the digest of a wiring that was found, which holds it to that.
    pub fn to_toml(&self) -> String {
        let mut table = self.table.clone();
        if let Some(network) = table.get_mut("network").and_then(toml::Value::as_table_mut)
            && let WiringName::Run(run) = &self.experiment.network.wiring
        {
            let run = toml::Table::try_from(run).expect("names and a digest can be written as TOML");
            let wiring = toml::Table::from_iter([("run".to_owned(), toml::Value::Table(run))]);
            network.insert("wiring".into(), toml::Value::Table(wiring));
            let groups = network.get_mut("group").and_then(toml::Value::as_array_mut).into_iter().flatten();
            for (table, group) in groups.zip(&self.experiment.network.group) {
                if let Some(table) = table.as_table_mut() {
                    table.insert("neurons".into(), toml::Value::Integer(i64::from(group.neurons)));
                }
            }
        }
        self.written(table)
    }
    /// That of any seed, for a sweep: as the file says it, though another seed may find another wiring.
    pub(crate) fn to_common_toml(&self) -> String {
        self.written(self.table.clone())
    }
    fn written(&self, mut table: toml::Table) -> String {
        table.insert("executor".into(), toml::Value::String(self.executor.clone()));
        table.insert("seeds".into(), toml::Value::Array(vec![toml::Value::Integer(self.seed as i64)]));
        toml::to_string(&table).expect("what was parsed from TOML can be written as TOML")
    }
    /// The arm's name; empty where there are none.
    pub fn arm(&self) -> &str {
        &self.arm
    }
    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }
    /// The [common hash](Checked::common_hash) of a document without arms, which need not be fit to run: it is made from the
    /// text alone.
    ///
    /// # Errors
    /// As [`Document::arm`].
    pub(crate) fn hash_of(document: &Document) -> Result<String, ConfigError> {
        let (experiment, _) = document.arm("")?;
        Ok(common_hash(&experiment, &experiment.executor))
    }
    /// The hash of everything that decides the result but the seed.
    pub fn hash(&self) -> &str {
        &self.hash
    }
    /// The hash of what the runs of all seeds have in common: that of the run, but where the wiring is that of a run. It is then
    /// made of where that run is rather than of what was found.
    pub fn common_hash(&self) -> &str {
        &self.common
    }
    /// Whether the hash is another one for each seed: where each begins with a wiring of its own that was found.
    pub fn differs_by_seed(&self) -> bool {
        matches!(&self.experiment.network.wiring, WiringName::Run(run) if run.differs_by_seed())
    }
    /// The task.
    pub fn task(&self) -> &dyn Task {
        &*self.task
    }
    /// Fire groups, inputs first.
    pub fn groups(&self) -> &[FireGroup] {
        &self.groups
    }
    /// What each group starts with.
    pub fn birthrights(&self) -> &[Birthright] {
        &self.birthrights
    }
    /// The connections at the start.
    pub fn wiring(&self) -> &Wiring {
        &self.wiring
    }
    /// The neurons and connections at the start, where they are those of another run.
    pub fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }
    /// The first weights of that wiring.
    pub fn init(&self) -> Scale {
        self.init
    }
    /// What draws them.
    pub fn wiring_seed(&self) -> u64 {
        self.experiment.network.wiring_seed.unwrap_or(self.seed)
    }
    /// The order of firing.
    pub fn schedule(&self) -> Schedule {
        schedule(&self.experiment)
    }
    /// How weights learn.
    pub fn learning(&self) -> &Learning {
        &self.learning
    }
    /// Updates to do.
    pub fn steps(&self) -> u64 {
        self.steps
    }
    /// Updates between two looks at the validation part.
    pub fn evaluate_every(&self) -> u64 {
        self.evaluate_every
    }
    /// Updates between two checkpoints.
    pub fn checkpoint_every(&self) -> u64 {
        self.experiment.train.checkpoint_every
    }
    /// Whether the best state is tested rather than the last.
    pub fn keeps_best(&self) -> bool {
        self.experiment.train.keep == Keep::Best
    }
    /// The executor's name.
    pub fn executor(&self) -> &str {
        &self.executor
    }
    /// The executor's settings.
    pub fn executor_settings(&self) -> ExecutorSettings {
        let inherit = match self.experiment.train.inherit {
            super::raw::InheritName::Nothing => Inherit::Nothing,
            super::raw::InheritName::FromOrigin => Inherit::FromOrigin,
        };
        ExecutorSettings { memory: self.experiment.train.memory.map(|cycles| cycles as usize), inherit }
    }
}

fn schedule(experiment: &Experiment) -> Schedule {
    match experiment.network.schedule {
        ScheduleName::Grouped => Schedule::Grouped,
        ScheduleName::Synchronous => Schedule::Synchronous,
        ScheduleName::InputsFirst => Schedule::InputsFirst,
    }
}

/// Puts what was found in the place of what the file says: the neurons of each group, and what the wiring is.
fn settle(experiment: &mut Experiment, birthrights: &mut [Birthright], found: &Found) {
    for (at, birthright) in birthrights.iter_mut().enumerate() {
        birthright.neurons = found.neurons_of(GroupId::new(at as u16));
    }
    // The first are the inputs.
    for (group, birthright) in experiment.network.group.iter_mut().zip(&birthrights[1..]) {
        group.neurons = birthright.neurons;
    }
    if let WiringName::Run(run) = &mut experiment.network.wiring {
        run.digest = Some(found.digest().to_string());
    }
}

fn check_train(document: &Document, experiment: &Experiment) -> Result<(), ConfigError> {
    let train = &experiment.train;
    let positive = |key: &str, value: u64| {
        if value == 0 { Err(document.fault(key, "found 0", "give a number of at least 1".to_owned())) } else { Ok(()) }
    };
    positive("train.batch", u64::from(train.batch))?;
    positive("train.checkpoint_every", train.checkpoint_every)?;
    positive("train.steps", train.steps.unwrap_or(1))?;
    positive("train.epochs", train.epochs.unwrap_or(1))?;
    positive("train.evaluate_every", train.evaluate_every.unwrap_or(1))?;
    positive("train.memory", u64::from(train.memory.unwrap_or(1)))?;
    positive("seeds", experiment.seeds.len() as u64)?;
    if !(0.0..1.0).contains(&train.dropout) {
        return Err(document.fault(
            "train.dropout",
            format!("found {}", train.dropout),
            "give a share of at least 0 and below 1".to_owned(),
        ));
    }
    Ok(())
}

fn build_task(
    document: &Document,
    experiment: &Experiment,
    seed: u64,
    registry: &Registry,
    places: &Places,
) -> Result<Box<dyn Task>, ConfigError> {
    let names: Vec<&str> = registry.tasks().iter().map(|entry| entry.name).collect();
    let mut tasks = experiment.task.iter();
    let (Some((name, table)), None) = (tasks.next(), tasks.next()) else {
        let message = format!("found {} tasks, expected exactly one", experiment.task.len());
        return Err(document.fault(
            "task",
            message,
            format!("write one table [task.NAME]; NAME is one of {}", names.join(", ")),
        ));
    };
    let key = format!("task.{name}");
    let Some(entry) = registry.tasks().iter().find(|entry| entry.name == name) else {
        let help = nearest(name, names.iter().copied()).map(|meant| format!("did you mean `{meant}`?"));
        return Err(document.fault(&key, format!("no task is called `{name}`; known are {}", names.join(", ")), help));
    };
    let mut settings = settings_of(table).map_err(|message| document.fault(&key, message, None))?;
    let (places, folder) = (places.clone(), document.folder().to_owned());
    let setup = Setup { places, folder, seed, batch: experiment.train.batch as usize };
    let task = (entry.build)(&mut settings, &setup).map_err(|error| document.fault(&key, error.to_string(), None))?;
    settings.finish().map_err(|error| document.fault(&key, error.to_string(), None))?;
    Ok(task)
}
