//! **Living neural networks**: sparse recurrent networks whose neurons are born, divide, rewire and
//! die while they learn.
//!
//! This crate is the face for library users: [`Living`], in the flow of its founding project
//! (create neurons, say whom each may listen to, propagate, train), and re-exports of
//! [`livenet_core`], [`livenet_growth`] and [`livenet_train`] for everything beyond.
//!
//! A network that starts without a single connection and learns *the first, but not the second*:
//!
//! ```
//! use livenet::{Activation, Grow, Living, growth::{Settings, Value}};
//!
//! # fn main() -> Result<(), livenet::LivingError> {
//! let mut life = Living::seeded(1);
//! let inputs = life.inputs(2);
//! let hidden = life.neurons("hidden", 8, Activation::Tanh);
//! let outputs = life.outputs(1, Activation::Linear);
//! life.may_listen(hidden, &[inputs])?;
//! life.may_listen(outputs, &[hidden])?;
//! let settings = Settings::none().with("connections", Value::Integer(24));
//! let mut network = life.growing(Grow::with("wire", settings)?.every(20)).learning_rate(0.02).begin()?;
//! assert_eq!(network.connections(), 0);
//!
//! let questions = [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]].concat();
//! for _ in 0..1500 {
//!     network.train(&questions, &[-1.0, -1.0, 1.0, -1.0])?;
//! }
//! let answers = network.propagate(&questions)?;
//! assert!(answers[0] < 0.0 && answers[1] < 0.0 && answers[2] > 0.0 && answers[3] < 0.0);
//! assert!(network.connections() <= 24);
//! # Ok(())
//! # }
//! ```

mod living;

pub use livenet_core as core;
pub use livenet_core::{Activation, GroupId, Norm, Schedule, Unit, UnitKind, UserActivation};
pub use livenet_growth as growth;
pub use livenet_train as train;
pub use living::{Grow, Living, LivingError, LivingNetwork};
