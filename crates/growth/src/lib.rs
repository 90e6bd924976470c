//! What may change in a living neural network, and why.
//!
//! A network that is born unconnected has nothing to descend: a hidden neuron that nobody hears gets no blame, one that
//! hears nobody has nothing to say. Something other than the gradient must decide who listens to whom, who divides
//! and who dies, and must go on deciding while the network learns. This crate holds those decisions. It never runs a
//! network and never sees a weight but as a signal: whoever trains computes the [signals](livenet_core::Signal) where the
//! data is, asks, commits what is left of the answer, and lets everything follow.
//!
//! ```text
//! When ── due? ──▶ signals ──▶ View ──▶ Strategy::propose ──▶ Draft ──▶ Budget::apply ──▶ commit ──▶ followers
//!                               ▲                                                                       │
//!                               └────────────────────── Ledger (energy of every neuron) ◀───────────────┘
//! ```
//!
//! - A [`Strategy`] reads a [`View`] and writes moves into a draft, each with a priority and a reason, or says
//!   [why](Why) it did not.
//! - [`When`] and [`Budget`] stand beside it, not inside it: the first says when it is asked, the second cuts whole moves,
//!   the least wanted first, and says what it cut.
//! - The [`Ledger`] keeps [`energy`] per neuron: income by usefulness, costs by size and activity. Who is rich may divide, who
//!   stays at nothing starves. What a division costs is charged by the commit, whoever proposed it.
//! - What a method computes by itself is counted in [`effort`].
//! - [`registry`] names every method, with its settings, its citation and its contract.
//!
//! The methods: [`wire`] trains connections from none; [`rewire`] is an engine of which [`SET`](rewire::SET),
//! [`RigL`](rewire::RIGL) and a dozen others are [constants](rewire::methods); [`Mitosis`] divides, [`CellCycle`] by checkpoints, and [`Net2Wider`] copies,
//! [`CascadeCorrelation`], [`Nest`] and [`North`] bear neurons with something to say, [`widen`] where the gradient has no way
//! to go; [`splitting`] divides where and how the loss falls most; [`Gng`], [`Den`] and [`Neat`] grow by blame, by task and
//! blindly; [`SynapticElements`] keeps neurons as active as they want to be, [`UtilityEconomy`] lets connections pay for
//! themselves; [`turnover`] renews in place, [`Apoptosis`] removes, [`Retraction`] draws in what a starving neuron cannot
//! keep, [`Merging`] makes one of two; [`Still`] is the control, and [`RandomTwin`] the one beside each of them: as much of the
//! same, by lot. [`Wiring`] is what a network starts with, and the random control beside every method that claims to *find* a
//! wiring.
//!
//! A running example: four inputs, six hidden neurons, one output, nothing connected; the inputs' residuals say
//! what is wrong, and `wire` lays the first paths.
//!
//! ```
//! use livenet_core::{
//!     Activation, Draft, FireGroup, GroupId, Move, Network, NeuronSpec, Norm, Origin, Reach, Role, Schedule, Signal, Signals, StreamKey, Unit,
//! };
//! use livenet_growth::{Budget, Registry, Settings, Value, Verdict, View};
//!
//! let group = |role, reach| FireGroup { name: format!("{role:?}"), role, unit: Unit::rate(Activation::Relu), norm: Norm::None, reach };
//! let (hear_inputs, hear_hidden) = (Reach::groups([GroupId::new(0)]), Reach::groups([GroupId::new(1)]));
//! let groups = vec![group(Role::Input, Reach::nobody()), group(Role::Hidden, hear_inputs), group(Role::Output, hear_hidden)];
//! let mut network = Network::new(groups, Schedule::Grouped)?;
//! let mut draft = Draft::new(&network, 0);
//! for (group, count) in [4, 6, 1].into_iter().enumerate() {
//!     for _ in 0..count {
//!         let spec = NeuronSpec::of(GroupId::new(group as u16), Unit::rate(Activation::Relu));
//!         let neuron = draft.name();
//!         draft.propose(Move::Add { neuron, spec, origin: Origin::Seed })?;
//!     }
//! }
//! let born = draft.finish();
//! network.commit(born)?;
//!
//! // What a straight connection from each neuron to the output would do: inputs 0 and 2 speak of the error.
//! let mut signals = Signals::default();
//! signals.put(Signal::Residual, vec![0.8, 0.0, -0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
//!
//! let settings = Settings::none().with("connections", Value::Integer(18)).with("dendrites", Value::Integer(2));
//! let mut wire = Registry::standard().find("wire")?.strategy(settings)?;
//! let mut draft = Draft::new(&network, 1);
//! let view = View { network: &network, signals: &signals, step: 1, end: Some(100), budget: Budget::unlimited(), ledger: None, key: StreamKey::new(1, "growth") };
//! assert!(matches!(wire.propose(&view, &mut draft), Verdict::Proposed));
//! let (draft, cut) = Budget { connections: Some(18), ..Budget::unlimited() }.apply(draft);
//! assert!(cut.is_empty());
//! let wired = draft.finish();
//! network.commit(wired)?;
//! // Six recruits, each with two dendrites and an axon.
//! assert_eq!(network.synapse_count(), 18);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod algebra;
mod apoptosis;
mod budget;
mod cascade_correlation;
mod choice;
mod citation;
mod cradle;
mod den;
pub mod effort;
pub mod energy;
mod gng;
pub mod homeostasis;
pub mod laws;
pub mod life;
mod merge;
mod mitosis;
mod nearest;
mod neat;
mod nest;
mod net2wider;
mod north;
mod pairs;
mod place;
mod random_twin;
pub mod registry;
mod retraction;
pub mod rewire;
mod ring;
mod saved;
mod seed;
mod settings;
pub mod splitting;
mod still;
mod strategy;
pub mod surface;
pub mod turnover;
pub mod utility;
mod when;
pub mod widen;
pub mod wire;

pub use apoptosis::{Apoptosis, Cause};
pub use budget::{Budget, BudgetError, Cut, Limit, portions};
pub use cascade_correlation::{CascadeCorrelation, Kin, Objective};
pub use citation::Citation;
pub use den::{Den, Keep};
pub use energy::{AccountView, Books, Costs, Economy, Ledger, LedgerState, Supply, Unit};
pub use gng::{Gng, Removal};
pub use homeostasis::SynapticElements;
pub use life::{Aborted, CellCycle, Cycle, Damage, Demand, Gain, Newborns, Phase};
pub use merge::Merging;
pub use mitosis::{Daughters, Mitosis, Mother};
pub use neat::Neat;
pub use nest::{Nest, Spread};
pub use net2wider::Net2Wider;
pub use north::{Incoming, Measure, North, Yardstick};
pub use random_twin::{Among, RandomTwin};
pub use registry::{Axes, Contract, Entry, Family, Registry, UnknownStrategy};
pub use retraction::Retraction;
pub use rewire::{
    Rewire,
    methods::{Csti, Gives, NeuroplasticExpansion, SoftDeepR, TopKast},
};
pub use seed::{Scale, Wiring};
pub use settings::{Setting, SettingError, Settings, Value};
pub use splitting::{Firefly, Spectrum, Splitting};
pub use still::Still;
pub use strategy::{BadState, Moment, Probe, Strategy, Verdict, View, Why};
pub use turnover::Turnover;
pub use utility::{Utilities, UtilityEconomy};
pub use when::{When, WhenError, WhenState};
pub use wire::Wire;

/// The chapter for the person with a new idea, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/own-strategy.md")]
mod chapter {}
