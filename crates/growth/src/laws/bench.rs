//! A network on the mock device, a strategy beside it, and the asking: what the loop of training does.

use crate::{Budget, Cut, Ledger, Strategy, Verdict, View, Wiring};
use livenet_core::testing::MockDevice;
use livenet_core::{
    Activation, Draft, Executor as _, ExecutorSettings, FireGroup, Follower as _, GroupId, Move, Network, NeuronSpec,
    Norm, Optimizer, Origin, Proposal, Reach, Role, Schedule, Signals, StreamKey, Unit, UpdateRule,
};

/// A network, a device that answers with pseudo-signals, and energy accounts if there are any.
#[derive(Clone)]
pub struct Bench {
    /// The structure.
    pub network: Network,
    /// What answers instead of an executor.
    pub device: MockDevice,
    /// Energy accounts.
    pub ledger: Option<Ledger>,
    /// Updates so far.
    pub step: u64,
    /// The step at which the run would end.
    pub end: Option<u64>,
    /// The stream of all that is drawn.
    pub key: StreamKey,
}

/// What came of an asking.
pub struct Asked {
    /// What it said.
    pub verdict: Verdict,
    /// The moves that a budget left.
    pub proposals: Vec<Proposal>,
    /// The moves for a second commit.
    pub later: Vec<Proposal>,
    /// What the budget cut.
    pub cuts: Vec<Cut>,
}

/// A fire group of rectifiers, or of linear units where it is not hidden.
pub fn group(role: Role, reach: Reach) -> FireGroup {
    let activation = if role == Role::Hidden { Activation::Relu } else { Activation::Linear };
    FireGroup { name: format!("{role:?}"), role, unit: Unit::rate(activation), norm: Norm::None, reach }
}

/// Groups of these sizes, each listening to the one before.
///
/// # Panics
/// When there are fewer than two sizes.
pub fn layers(sizes: &[u32]) -> Network {
    let last = sizes.len() - 1;
    let groups = (0..sizes.len()).map(|at| match at {
        0 => group(Role::Input, Reach::nobody()),
        _ if at == last => group(Role::Output, Reach::groups([GroupId::new(at as u16 - 1)])),
        _ => group(Role::Hidden, Reach::groups([GroupId::new(at as u16 - 1)])),
    });
    populate(Network::new(groups.collect(), Schedule::Grouped).expect("layers are a network"), sizes)
}

/// Inputs, hidden neurons and outputs, where everybody may listen to everybody, with delays.
///
/// # Panics
/// Never: three groups are a network.
pub fn recurrent(sizes: [u32; 3], max_delay: u16) -> Network {
    let all = || Reach::groups([GroupId::new(0), GroupId::new(1), GroupId::new(2)]).with_max_delay(max_delay);
    let groups = vec![group(Role::Input, Reach::nobody()), group(Role::Hidden, all()), group(Role::Output, all())];
    populate(Network::new(groups, Schedule::Grouped).expect("three groups are a network"), &sizes)
}

fn populate(mut network: Network, sizes: &[u32]) -> Network {
    let mut draft = Draft::new(&network, 0);
    for (at, &size) in sizes.iter().enumerate() {
        let group = GroupId::new(at as u16);
        for _ in 0..size {
            let neuron = draft.name();
            let spec = NeuronSpec::of(group, network.group(group).unit);
            draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).expect("its name is free");
        }
    }
    let born = draft.finish();
    network.commit(born).expect("it was drafted on this network");
    network
}

impl Bench {
    /// A network with this wiring, on a device of its own.
    ///
    /// # Panics
    /// When the wiring does not fit the network.
    pub fn new(mut network: Network, wiring: Wiring, seed: u64) -> Self {
        let mut draft = Draft::new(&network, 0);
        wiring.propose(&mut draft, StreamKey::new(seed, "wiring")).expect("nothing is connected yet");
        let wired = draft.finish();
        let mut device = MockDevice::new(&network, ExecutorSettings::default(), seed);
        let commit = network.commit(wired).expect("it was drafted on this network");
        device.follow(&network, &commit);
        Self { network, device, ledger: None, step: 0, end: Some(1000), key: StreamKey::new(seed, "bench") }
    }

    /// A few updates.
    ///
    /// # Panics
    /// Never: pseudo-updates succeed.
    pub fn train(&mut self, steps: u64) {
        for _ in 0..steps {
            let rule = UpdateRule { optimizer: Optimizer::Sgd, rate: 0.1, passes: Vec::new(), step: self.step };
            self.device.update(&self.network, &rule).expect("pseudo-updates succeed");
            self.step += 1;
        }
        self.settle(steps);
    }

    /// Time goes by without updates: the signals of the device stay what they are, for each neuron for life.
    pub fn rest(&mut self, steps: u64) {
        self.step += steps;
        self.settle(steps);
    }

    fn settle(&mut self, steps: u64) {
        if let Some(ledger) = &mut self.ledger {
            let needs = ledger.needs();
            self.device.observe(&self.network, &needs);
            let signals = self.device.signals(&self.network, &needs);
            ledger.advance(&self.network, &signals, steps);
        }
    }

    /// The signals that a strategy asks for.
    pub fn signals(&mut self, strategy: &dyn Strategy) -> Signals {
        let needs = strategy.needs();
        self.device.observe(&self.network, &needs);
        self.device.signals(&self.network, &needs)
    }

    /// Asks without committing.
    pub fn propose(&mut self, strategy: &mut dyn Strategy, budget: Budget) -> Asked {
        let signals = self.signals(strategy);
        self.propose_on(&signals, strategy, budget).0
    }

    fn propose_on(
        &self,
        signals: &Signals,
        strategy: &mut dyn Strategy,
        budget: Budget,
    ) -> (Asked, livenet_core::Finished) {
        let mut draft = Draft::new(&self.network, self.step);
        let view = View {
            network: &self.network,
            signals,
            step: self.step,
            end: self.end,
            budget,
            ledger: self.ledger.as_ref(),
            key: self.key.at(self.step),
        };
        let verdict = strategy.propose(&view, &mut draft);
        let (draft, cuts) = budget.apply(draft);
        let (proposals, later) = (draft.proposals().to_vec(), draft.later().cloned().collect());
        (Asked { verdict, proposals, later, cuts }, draft.finish())
    }

    /// Asks and commits, then what was noted for later.
    ///
    /// # Panics
    /// When the network refuses what was proposed.
    pub fn ask(&mut self, strategy: &mut dyn Strategy, budget: Budget) -> Asked {
        let signals = self.signals(strategy);
        let (asked, mut finished) = self.propose_on(&signals, strategy, budget);
        let later = finished.take_later();
        self.network.accepts(&finished).expect("what was drafted fits the network");
        self.commit(finished, strategy);
        let mut draft = Draft::new(&self.network, self.step);
        for proposal in later {
            draft.propose(proposal.what).expect("what was noted for later fits the network");
        }
        let finished = draft.finish();
        self.commit(finished, strategy);
        asked
    }

    fn commit(&mut self, finished: livenet_core::Finished, strategy: &mut dyn Strategy) {
        if finished.is_empty() {
            return;
        }
        let commit = self.network.commit(finished).expect("what was drafted fits the network");
        self.device.follow(&self.network, &commit);
        strategy.follow(&self.network, &commit);
        if let Some(ledger) = &mut self.ledger {
            ledger.follow(&self.network, &commit);
        }
    }
}

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = (self.network.neuron_count(), self.network.synapse_count());
        write!(f, "{counts:?} neurons and connections, key {:?}, ledger {}", self.key, self.ledger.is_some())
    }
}
