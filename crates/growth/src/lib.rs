//! What may change in a living neural network, and why.
//!
//! (essay follows)

mod apoptosis;
mod budget;
mod choice;
mod citation;
mod energy;
mod mitosis;
mod nearest;
mod pairs;
pub mod registry;
pub mod rewire;
mod seed;
mod settings;
mod still;
mod strategy;
mod when;
mod wire;

pub use apoptosis::{Apoptosis, Cause};
pub use budget::{Budget, BudgetError, Cut, Limit, portions};
pub use citation::Citation;
pub use energy::{Books, Costs, Economy, Ledger, LedgerState};
pub use mitosis::{Daughters, Mitosis, Mother};
pub use registry::{Contract, Entry, Registry, UnknownStrategy};
pub use rewire::Rewire;
pub use seed::{Scale, Wiring};
pub use settings::{Setting, SettingError, Settings, Value};
pub use still::Still;
pub use strategy::{BadState, Probe, Strategy, Verdict, View, Why};
pub use when::{When, WhenError, WhenState};
pub use wire::Wire;
