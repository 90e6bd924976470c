//! What names in a config stand for: strategies, activations, losses, tasks.
//!
//! The standard registry holds the built-in ones; a user's `main` adds its own with
//! [`Registry::with`], and configs name them like the others.

use crate::losses::SQUARED_AS_IN_SET;
use crate::task::{self, TaskEntry};
use livenet_core::{Activation, UserActivation};
use livenet_growth::Entry;
use livenet_train::{Loss, UserLoss};

/// Something of a user's own.
#[derive(Clone, Copy)]
pub enum Own {
    /// A growth strategy.
    Strategy(Entry),
    /// An activation: value and derivative.
    Activation(UserActivation),
    /// A loss: value and derivative.
    Loss(UserLoss),
    /// A task.
    Task(TaskEntry),
}

/// Everything that a config can name.
#[derive(Clone, Default)]
pub struct Registry {
    strategies: livenet_growth::Registry,
    activations: Vec<UserActivation>,
    losses: Vec<UserLoss>,
    tasks: Vec<TaskEntry>,
}

impl Registry {
    /// The built-in methods and tasks.
    pub fn standard() -> Self {
        Self {
            strategies: livenet_growth::Registry::standard(),
            activations: Vec::new(),
            losses: vec![SQUARED_AS_IN_SET],
            tasks: task::ALL.to_vec(),
        }
    }

    /// The same with something of a user's own; it replaces a built-in one of the same name.
    #[must_use]
    pub fn with(mut self, own: Own) -> Self {
        match own {
            Own::Strategy(entry) => self.strategies = self.strategies.with(&[entry]),
            Own::Activation(activation) => {
                // Checkpoints and journals name it; they are read through serde.
                activation.register();
                self.activations.push(activation);
            }
            Own::Loss(loss) => self.losses.push(loss),
            Own::Task(entry) => {
                self.tasks.retain(|known| known.name != entry.name);
                self.tasks.push(entry);
                self.tasks.sort_by_key(|entry| entry.name);
            }
        }
        self
    }

    /// Growth strategies.
    pub fn strategies(&self) -> &livenet_growth::Registry {
        &self.strategies
    }
    /// Tasks, alphabetically.
    pub fn tasks(&self) -> &[TaskEntry] {
        &self.tasks
    }
    /// A user's own activations.
    pub fn activations(&self) -> &[UserActivation] {
        &self.activations
    }
    /// The names of all activations.
    pub fn activation_names(&self) -> Vec<&'static str> {
        Activation::BUILT_IN
            .iter()
            .map(|activation| activation.name())
            .chain(self.activations.iter().map(|own| own.name))
            .collect()
    }
    /// The names of all losses.
    pub fn loss_names(&self) -> Vec<&'static str> {
        ["mean_squared", "cross_entropy", "binary_cross_entropy", "huber"]
            .into_iter()
            .chain(self.losses.iter().map(|own| own.name))
            .collect()
    }
    /// A loss by name.
    pub fn loss(&self, name: &str) -> Option<Loss> {
        Some(match name {
            "mean_squared" => Loss::MeanSquared,
            "cross_entropy" => Loss::CrossEntropy,
            "binary_cross_entropy" => Loss::BinaryCrossEntropy,
            "huber" => Loss::Huber { delta: 1.0 },
            _ => Loss::User(*self.losses.iter().find(|own| own.name == name)?),
        })
    }
}
