//! Energy: a store per neuron, income by usefulness, costs by size and activity.
//!
//! The [`Ledger`] keeps accounts of the hidden neurons; inputs and outputs belong to the task and
//! neither earn nor pay. Each step the supply is handed out: first everybody's own costs as far as
//! it reaches, then a part by utility. Who saves enough may divide, who stays at nothing starves.
//! The ledger changes no structure: it says who is [`ready`](Ledger::ready) and who is
//! [`starved`](Ledger::starved), strategies act on it, and the commit charges what they did.
//!
//! Sources: the shares of the costs are those of signalling in cortex (Howarth, Gleeson and Attwell 2012; Harris, Jolivet and
//! Attwell 2012); income by usefulness is the competition for trophic factors.

mod account;
mod books;
mod costs;
mod economy;
mod ledger;
mod supply;

use account::Account;
pub use account::AccountView;
pub use books::Books;
pub use costs::{Costs, Unit};
pub use economy::Economy;
pub use ledger::{Ledger, LedgerState};
pub use supply::Supply;
