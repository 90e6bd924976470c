//! Several networks of one structure at once, a network per lane, while each of them takes one sample at a time: what
//! `solo.rs` does, with one look at the indices for all.
//!
//! Invariant: whoever leaves has the bits that it would have by itself. While a chorus sings, it holds what the members'
//! executors hold else; [`Chorus::part`] brings it back, and nobody may look at an executor before.
//!
//! Read who may sing (`Native::sings`, `Native::sings_like`), then `sing.rs`: one step of it. Its test is that of
//! `session/together.rs`.

mod column;
mod sing;

use super::executor::Native;
use super::parameters::{DECAY, GAIN};
use super::short::Standing;
use super::solo::Reads;
use column::{Column, Counts};
use livenet_core::kernel::{LANES, Lanes, solo};
use livenet_core::{ExecError, Network, Optimizer, Pass, UpdateRule};

/// An executor with its network.
pub(crate) struct Voice<'a> {
    pub(crate) native: &'a mut Native,
    pub(crate) network: &'a Network,
}

/// Whether blame and update are one look at the weights, as [`Native::learn`](livenet_core::Executor::learn) does with plain
/// gradient descent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    AtOnce,
    ByGradients,
}

impl Way {
    /// How an update goes; `None` if it has passes that need a network by itself.
    pub(crate) fn of(rule: &UpdateRule) -> Option<Self> {
        if rule.optimizer == Optimizer::Sgd && rule.passes.is_empty() && rule.rate != 0.0 {
            return Some(Self::AtOnce);
        }
        rule.passes.iter().all(|pass| matches!(pass, Pass::Decay { .. })).then_some(Self::ByGradients)
    }
}

impl Native {
    /// Whether one sample at a time goes the short way here, so that others may go along.
    pub(crate) fn sings(&self, network: &Network) -> bool {
        let plan = &self.plan;
        let short = !self.long_way && (Reads { network, plan }).suits() && self.settings.memory.unwrap_or(0) <= 1;
        let learns = plan.frozen.is_none() && plan.silent.is_empty() && !self.keep_sizes && self.statistics.is_empty();
        // Larger groups are summed in pieces.
        let wires = plan.wires(network);
        let whole = plan.groups.iter().all(|group| solo::scratch(wires.edges(&group.rows).len(), 1) == 0);
        short && learns && whole && network.synapse_count() > 0
    }

    /// Whether the next update is one that goes on with the same memory, of nothing but weights and biases.
    pub(crate) fn goes_on(&self, rule: &UpdateRule) -> bool {
        let moments = &self.memory.moments;
        let own = |moment: &super::parameters::Columns<f32>| {
            moment[DECAY].iter().chain(&moment[GAIN]).all(|value| value.to_bits() == 0)
        };
        self.memory.optimizer() == Some(rule.optimizer)
            && moments.len() == rule.optimizer.slots()
            && moments.iter().all(own)
    }

    /// Whether another has the same rows, connections, delays and units.
    pub(crate) fn sings_like(&self, network: &Network, (other, its): (&Self, &Network)) -> bool {
        self.plan.groups == other.plan.groups
            && network.offsets() == its.offsets()
            && self.plan.sources.are_alike(network, (&other.plan.sources, its))
            && self.plan.depth == other.plan.depth
    }

    /// Connections that are not heard in runs: only these cost less in a chorus.
    pub(crate) fn scattered(&self, network: &Network) -> usize {
        let wires = self.plan.wires(network);
        (0..wires.rows()).filter(|&row| !self.plan.runs[row]).map(|row| wires.row(row).len()).sum()
    }
}

/// How a member ends a step.
#[derive(Clone, Debug, PartialEq)]
enum Fate {
    Sings,
    /// It lost its voice, and holds what it takes along.
    Fell(Box<Left>),
}

/// Where in a step a member leaves: while it fires, before it is swept, in the sweep, after the update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    Fire,
    Loss,
    Sweep,
    Update,
}

/// What a member takes along that leaves in the middle of a step.
#[derive(Clone, Debug, PartialEq)]
struct Left {
    columns: Vec<Vec<f32>>,
    recorded: bool,
    swept: bool,
    standing: Standing,
    /// Steps that it took together with the others.
    taken: u32,
    /// Passes over all connections.
    passes: u64,
}

/// Networks that sing together. See the [module](self).
#[derive(Debug)]
pub(crate) struct Chorus {
    way: Way,
    neurons: usize,
    /// Where the present cycle begins in the outputs.
    base: usize,
    fates: Vec<Fate>,
    recorded: bool,
    swept: bool,
    blank: bool,
    taken: u32,
    passes: u64,
    weights: Vec<Lanes>,
    bias: Vec<Lanes>,
    /// Carried cycles, then the last one: `[cycle][neuron]`.
    outputs: Vec<Lanes>,
    potentials: Vec<Lanes>,
    blame: Vec<Lanes>,
    lambda: Vec<Lanes>,
    /// What the loss said, by output.
    given: Vec<Lanes>,
    /// By slot: of weights, of biases.
    moments: Vec<[Vec<Lanes>; 2]>,
    /// Steps of weights and biases, `[row][member]`, where the optimizer asks for them.
    counts: [Counts; 2],
    /// Gradients of a few listeners' connections.
    gradients: Vec<Lanes>,
}

impl Chorus {
    /// The executors' numbers, in lanes; the last lanes repeat the first. All members sing, go on and are alike. `None` if
    /// they stand at different points of a step.
    ///
    /// # Panics
    /// If there is no member, or more than [`LANES`].
    pub(crate) fn gather(voices: &mut [Voice<'_>], way: Way) -> Option<Self> {
        assert!((1..=LANES).contains(&voices.len()), "{} members", voices.len());
        for Voice { native, network } in &mut *voices {
            native.prepare();
            native.turn_back();
            native.plan.sources.spell_out(network);
            native.record.lead(&native.activity);
            native.record.given.resize(network.outputs().len(), 0.0);
            if way == Way::ByGradients {
                native.memory.count();
            }
        }
        let Voice { native, network } = &voices[0];
        let (recorded, swept, slots) = (native.record.recorded, native.record.swept, native.memory.moments.len());
        if voices.iter().any(|voice| voice.native.record.recorded != recorded) {
            return None;
        }
        let (neurons, synapses) = (network.neuron_count(), network.synapse_count());
        let rows = |len| vec![Lanes::ZERO; len];
        let mut chorus = Self {
            way,
            neurons,
            base: native.plan.depth * neurons,
            fates: vec![Fate::Sings; voices.len()],
            recorded,
            swept,
            blank: voices.iter().all(|voice| voice.native.record.blank),
            taken: 0,
            passes: 0,
            weights: rows(synapses),
            bias: rows(neurons),
            outputs: rows((native.plan.depth + 1) * neurons),
            potentials: rows(neurons),
            blame: rows(neurons),
            lambda: rows(neurons),
            given: rows(network.outputs().len()),
            moments: (0..slots).map(|_| [rows(synapses), rows(neurons)]).collect(),
            counts: [Counts::Short(Vec::new()), Counts::Short(Vec::new())],
            gradients: Vec::new(),
        };
        for column in Column::all(slots) {
            column.gather(&mut chorus, voices);
        }
        if voices[0].native.memory.optimizer().is_some_and(Optimizer::corrects) {
            chorus.counts = [Counts::gather(voices, 0)?, Counts::gather(voices, 1)?];
        }
        for Voice { native, .. } in voices {
            // Nobody asked for the gradients of the step before.
            if native.standing != Standing::Made {
                native.standing = Standing::Stale;
            }
        }
        Some(chorus)
    }

    /// Brings everything back to the executors.
    pub(crate) fn part(self, voices: &mut [Voice<'_>]) {
        for column in Column::all(self.moments.len()) {
            column.scatter(&self, voices);
        }
        for (at, Voice { native, network }) in voices.iter_mut().enumerate() {
            let (recorded, swept, standing, taken, passes) = match &self.fates[at] {
                Fate::Sings => (self.recorded, self.swept, self.standing(self.taken > 0), self.taken, self.passes),
                Fate::Fell(left) => {
                    for (column, values) in Column::all(self.moments.len()).into_iter().zip(&left.columns) {
                        column.of(native).copy_from_slice(values);
                    }
                    (left.recorded, left.swept, left.standing, left.taken, left.passes)
                }
            };
            (native.record.recorded, native.record.swept, native.record.blank) = (recorded, swept, self.blank);
            native.standing = standing;
            native.weights_change();
            native.operations += passes * network.synapse_count() as u64;
            match self.way {
                Way::AtOnce => native.memory.ahead += taken,
                Way::ByGradients => native.memory.steps.add(taken),
            }
        }
    }

    /// What the gradients are after a step that was swept.
    fn standing(&self, swept: bool) -> Standing {
        match self.way {
            _ if !swept => Standing::Stale,
            Way::AtOnce => Standing::Taken,
            // To be made from the record if anybody asks.
            Way::ByGradients => Standing::Due,
        }
    }

    /// A member leaves as it is now.
    fn lose(&mut self, member: usize, at: Point) {
        let columns = Column::all(self.moments.len()).into_iter().map(|column| column.of_member(self, member));
        let columns = columns.collect();
        let swept = matches!(at, Point::Sweep | Point::Update);
        let left = Left {
            columns,
            recorded: at != Point::Fire,
            swept,
            standing: self.standing(swept),
            taken: self.taken + u32::from(at == Point::Update),
            passes: self.passes
                + match at {
                    Point::Fire => 0,
                    Point::Loss | Point::Sweep => 1,
                    Point::Update => 3,
                },
        };
        self.fates[member] = Fate::Fell(Box::new(left));
    }

    /// A member leaves after it was heard: its loss is not to be learned from.
    pub(crate) fn dismiss(&mut self, member: usize) {
        self.lose(member, Point::Loss);
    }

    /// How its members learn.
    pub(crate) fn way(&self) -> Way {
        self.way
    }

    /// Whether a member is still there.
    pub(crate) fn sings(&self, member: usize) -> bool {
        self.fates[member] == Fate::Sings
    }

    /// The member whose numbers a lane holds.
    fn member_of(&self, lane: usize) -> usize {
        if lane < self.fates.len() { lane } else { 0 }
    }
}

/// What went wrong with a member's step.
pub(crate) type Fault = (usize, ExecError);
