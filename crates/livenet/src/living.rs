//! A living network in twenty lines: create neurons, say whom each may listen to, propagate, train.

use livenet_core::{
    Activation, Draft, EditError, Executor as _, ExecutorSettings, FireGroup, Follower as _, GroupId, Journal, Move,
    Network, NetworkError, NeuronSpec, Norm, Optimizer, Origin, Reach, Role, Schedule, StreamKey, Unit, UnitKind,
    Window,
};
use livenet_growth::{Budget, Registry, SettingError, Settings, Strategy, When, WhenState};
use livenet_train::{
    Loss, Native, Session, Threads,
    session::{Answers, Batch, Continuity, Event, Grower, Learning, SessionError},
};
use std::collections::VecDeque;

/// Why a living network cannot be made or run.
#[derive(Debug, thiserror::Error)]
pub enum LivingError {
    /// The groups do not make a network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// A move was refused.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// Training failed.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Running failed.
    #[error(transparent)]
    Exec(#[from] livenet_core::ExecError),
    /// A strategy's name or setting is wrong.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// No strategy is called so.
    #[error(transparent)]
    Strategy(#[from] livenet_growth::UnknownStrategy),
    /// A group that was not created here.
    #[error("fire group {group:?} was not created by this builder; it has {groups} groups")]
    UnknownGroup {
        /// The group.
        group: GroupId,
        /// How many there are.
        groups: usize,
    },
    /// Samples of the wrong length.
    #[error("{what}: found {found} values, expected a multiple of {width} and at least one row")]
    Rows {
        /// Inputs or answers.
        what: &'static str,
        /// How many values there were.
        found: usize,
        /// Values in a row.
        width: usize,
    },
}

/// A strategy with when it is asked and what it may spend.
pub struct Grow {
    name: String,
    strategy: Box<dyn Strategy>,
    when: When,
    budget: Budget,
}

impl Grow {
    /// A built-in strategy by its name, with its settings.
    ///
    /// # Errors
    /// [`LivingError::Setting`] names what is unknown.
    pub fn with(name: &str, mut settings: Settings) -> Result<Self, LivingError> {
        let registry = Registry::standard();
        let strategy = (registry.find(name)?.build)(&mut settings)?;
        settings.finish()?;
        Ok(Self::of(name, strategy))
    }

    /// A strategy of your own.
    pub fn of(name: &str, strategy: Box<dyn Strategy>) -> Self {
        let when = When::Every { steps: 100, from: 0, until: None };
        Self { name: name.into(), strategy, when, budget: Budget::default() }
    }

    /// The same, asked every so many updates.
    #[must_use]
    pub fn every(mut self, steps: u64) -> Self {
        self.when = When::Every { steps, from: 0, until: None };
        self
    }

    /// The same within a budget.
    #[must_use]
    pub fn within(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }
}

/// A network in the making: groups of neurons and whom they may listen to.
pub struct Living {
    seed: u64,
    schedule: Schedule,
    groups: Vec<(FireGroup, u32)>,
    growers: Vec<Grow>,
    optimizer: Optimizer,
    rate: f32,
    loss: Loss,
}

impl Living {
    /// An empty one; equal seeds give equal lives.
    pub fn seeded(seed: u64) -> Self {
        Self {
            seed,
            schedule: Schedule::Grouped,
            groups: Vec::new(),
            growers: Vec::new(),
            optimizer: Optimizer::ADAM,
            rate: 1e-3,
            loss: Loss::MeanSquared,
        }
    }

    fn group(&mut self, name: &str, role: Role, count: u32, activation: Activation) -> GroupId {
        let unit = Unit { kind: UnitKind::Rate, activation };
        let group = FireGroup { name: name.into(), role, unit, norm: Norm::None, reach: Reach::nobody() };
        self.groups.push((group, count));
        GroupId::new(self.groups.len() as u16 - 1)
    }

    /// Creates the input neurons. They fire first, so create them first.
    pub fn inputs(&mut self, count: u32) -> GroupId {
        self.group("input", Role::Input, count, Activation::Linear)
    }

    /// Creates a fire group of hidden neurons.
    pub fn neurons(&mut self, name: &str, count: u32, activation: Activation) -> GroupId {
        self.group(name, Role::Hidden, count, activation)
    }

    /// Creates the output neurons.
    pub fn outputs(&mut self, count: u32, activation: Activation) -> GroupId {
        self.group("output", Role::Output, count, activation)
    }

    /// Says whom the members of a group may listen to. It connects nobody: that is for strategies.
    ///
    /// # Errors
    /// [`LivingError::UnknownGroup`].
    pub fn may_listen(&mut self, who: GroupId, to: &[GroupId]) -> Result<(), LivingError> {
        let groups = self.groups.len();
        for &group in to.iter().chain([&who]) {
            if group.index() >= groups {
                return Err(LivingError::UnknownGroup { group, groups });
            }
        }
        self.groups[who.index()].0.reach = Reach::groups(to.iter().copied());
        Ok(())
    }

    /// The same with a strategy that changes its structure.
    #[must_use]
    pub fn growing(mut self, grow: Grow) -> Self {
        self.growers.push(grow);
        self
    }
    /// The same with another order of firing.
    #[must_use]
    pub fn firing(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
        self
    }
    /// The same with another optimizer.
    #[must_use]
    pub fn optimizer(mut self, optimizer: Optimizer) -> Self {
        self.optimizer = optimizer;
        self
    }
    /// The same with another learning rate.
    #[must_use]
    pub fn learning_rate(mut self, rate: f32) -> Self {
        self.rate = rate;
        self
    }
    /// The same with another loss.
    #[must_use]
    pub fn loss(mut self, loss: Loss) -> Self {
        self.loss = loss;
        self
    }

    /// Gives birth to the neurons, unconnected.
    ///
    /// # Errors
    /// [`LivingError::Network`] when inputs or outputs are missing.
    pub fn begin(self) -> Result<LivingNetwork, LivingError> {
        let (groups, counts): (Vec<_>, Vec<_>) = self.groups.into_iter().unzip();
        let mut network = Network::new(groups, self.schedule)?;
        let mut executor = Native::new(&network, ExecutorSettings::default(), Threads::All);
        let mut journal = Journal::new(&network, 256);
        let mut draft = Draft::new(&network, 0);
        for (group, count) in network.group_ids().zip(counts) {
            for number in 0..count {
                let neuron = draft.name();
                let mut spec = NeuronSpec::of(group, network.group(group).unit);
                spec.position = [number as f32, 0.0];
                draft.propose(Move::Add { neuron, spec, origin: Origin::Seed })?;
            }
        }
        let born = draft.finish();
        journal.append(&network, &born);
        let commit = network.commit(born)?;
        journal.committed(&network);
        executor.follow(&network, &commit);
        executor.supports(&network)?;
        let learning = Learning::new(self.loss, self.optimizer, self.rate);
        let session =
            Session::new(network, Box::new(executor), journal, learning, StreamKey::new(self.seed, "session"))?;
        let growers = self.growers.into_iter();
        let growers = growers.map(|grow| Grower::new(grow.name, grow.strategy, WhenState::new(grow.when), grow.budget));
        Ok(LivingNetwork { session: session.with_growers(growers.collect()), events: VecDeque::new() })
    }
}

/// A network that lives: it propagates, learns, and changes its structure when its strategies say so.
pub struct LivingNetwork {
    session: Session,
    /// Those that nobody took yet.
    events: VecDeque<Event>,
}

/// Events that are kept for who takes them; a network that trains for ever must not fill the memory with them.
const KEPT: usize = 4096;

fn rows(what: &'static str, values: &[f32], width: usize) -> Result<usize, LivingError> {
    if width > 0 && !values.is_empty() && values.len().is_multiple_of(width) {
        Ok(values.len() / width)
    } else {
        Err(LivingError::Rows { what, found: values.len(), width })
    }
}

impl LivingNetwork {
    /// What comes out for these inputs, `[sample][input]`, from rest: `[sample][output]`.
    ///
    /// # Errors
    /// [`LivingError::Rows`] when they are not whole samples.
    pub fn propagate(&mut self, inputs: &[f32]) -> Result<Vec<f32>, LivingError> {
        let lanes = rows("inputs", inputs, self.session.network().inputs().len())?;
        Ok(self.session.predict(Window { cycles: 1, lanes, values: inputs })?)
    }

    /// One update on these samples, `[sample][input]` and `[sample][output]`, and whatever change of
    /// structure is due after it.
    ///
    /// # Errors
    /// [`LivingError::Rows`] when they are not whole samples; [`LivingError::Session`].
    pub fn train(&mut self, inputs: &[f32], answers: &[f32]) -> Result<(), LivingError> {
        let lanes = rows("inputs", inputs, self.session.network().inputs().len())?;
        let width = self.session.network().outputs().len();
        if rows("answers", answers, width)? != lanes {
            return Err(LivingError::Rows { what: "answers", found: answers.len(), width: lanes * width });
        }
        let answers = Answers::Values(answers.to_vec());
        let batch =
            Batch { cycles: 1, lanes, inputs: inputs.to_vec(), answers, counts: None, continuity: Continuity::Fresh };
        let stepped = self.session.step(&batch);
        self.events.extend(self.session.take_events());
        self.events.drain(..self.events.len().saturating_sub(KEPT));
        Ok(stepped?)
    }

    /// Connections that contribute.
    pub fn connections(&self) -> usize {
        self.session.network().active_count()
    }
    /// What happened since the last call, the last 4096 events of it at most.
    pub fn events(&mut self) -> Vec<Event> {
        self.events.extend(self.session.take_events());
        std::mem::take(&mut self.events).into()
    }
    /// The session beneath, for everything beyond.
    pub fn session(&mut self) -> &mut Session {
        &mut self.session
    }
}
