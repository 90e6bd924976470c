//! `retraction`: who is short of energy gives up the dendrite that is of least use, before it dies.
//!
//! Neurons lose branches and synapses without dying, in development and in disease (Luo and O'Leary 2005): what costs more than it
//! brings is drawn in, and the cell lives on less. Here a hidden neuron whose store is below `low` times what a store holds draws in
//! connections. What a connection brings is what it tells, and what it costs is its upkeep, by the prices of the
//! [`Ledger`](crate::Ledger):
//!
//! ```text
//! tells  = price of drive · |w| · mean |output| of the heard        energy per step, spent on being told something
//! upkeep = price of a connection                                    energy per step, spent on being there
//! ```
//!
//! A connection that has told less than `upkeep` times its upkeep at each of the last `patience` askings is idle. Of each neuron in want the
//! idle one goes that tells least, one per asking; and of all neurons in want no more than `count`, those that tell least first. In
//! a reference neuron (16 connections) that is a connection of less than 0.28 times its even share of the drive. A neuron with enough in store
//! loses nothing, however idle its connections are; and without accounts nobody is in want.
//!
//! This is what the ledger's economy knows of connections that cannot pay, and it is a strategy rather than a setting of the ledger: a store is a
//! neuron's, so it is the neuron that is in want, and which connection it gives up must be proposed, cut by budgets and explained as every
//! change is; a ledger changes no structure. With [`Unit::Mean`](crate::Unit) neurons together cost no less for what they draw in: who draws in
//! more than others becomes cheaper than they. With [`Unit::Reference`](crate::Unit) a drought ends when enough has gone.
//!
//! What is silent or frozen, and what frozen neurons hear, is left alone. The last dendrite may go as well: who hears nobody is then
//! for [`Apoptosis`](crate::Apoptosis).

use crate::{
    Axes, BadState, Citation, Contract, Entry, Family, Setting, SettingError, Settings, Strategy, Verdict, View, Why,
    saved,
};
use livenet_core::{Commit, Draft, Follower, Move, Network, Reason, Role, Row, Signal};

const NAME: &str = "retraction";

/// Who is short of energy gives up the dendrite that is of least use. Of each hidden neuron whose store is below `low` times what a store holds,
/// one connection goes per asking: the one that tells least, |w| · mean |output| of the heard at the [`Ledger`](crate::Ledger)'s price of drive, if
/// that has been less than `upkeep` times the price of a connection for `patience` askings.
#[derive(Clone, Debug)]
pub struct Retraction {
    /// The part of what a store holds below which a neuron is in want.
    pub low: f64,
    /// How many times its upkeep a connection must tell.
    pub upkeep: f64,
    /// At how many askings in a row it must have told less.
    pub patience: u32,
    /// Most that go in one asking.
    pub count: usize,
    /// For how many askings each connection has been idle.
    idle: Vec<u32>,
}

impl Retraction {
    /// Retraction as an experiment sets it: `low`, `upkeep`, `patience`, `count`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        Ok(Self {
            low: settings.real("low", 0.2, 0.0..=1.0)?,
            upkeep: settings.real("upkeep", 1.0, 0.0..=1e9)?,
            patience: settings.integer("patience", 3, 1..=i64::from(u32::MAX))? as u32,
            count: settings.integer("count", 16, 1..=1 << 32)? as usize,
            idle: Vec::new(),
        })
    }
}

/// |w| · mean |output|; 0 where nobody computed it, or it is no number.
fn tells(view: &View<'_>, synapse: usize) -> f64 {
    let weight = view.signals.values(Signal::Weight).get(synapse).copied().unwrap_or(0.0);
    let heard = view.signals.of(Signal::OutputMagnitude, Row::new(view.network.pres()[synapse]));
    let told = f64::from(weight.abs()) * f64::from(heard.abs());
    if told.is_finite() { told } else { 0.0 }
}

impl Follower for Retraction {
    fn follow(&mut self, _after: &Network, commit: &Commit) {
        if !self.idle.is_empty() {
            commit.synapses.carry(&mut self.idle, 0);
        }
    }
}

impl Strategy for Retraction {
    fn needs(&self) -> Vec<Signal> {
        vec![Signal::Weight, Signal::OutputMagnitude]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let Some(ledger) = view.ledger.filter(|ledger| ledger.neurons() > 0) else {
            return Verdict::Nothing(Why::NoAccounts);
        };
        let (network, economy) = (view.network, ledger.economy());
        if self.idle.len() != network.synapse_count() {
            self.idle = vec![0; network.synapse_count()];
        }
        let signals = [Signal::Weight, Signal::OutputMagnitude].map(|of| view.signals.values(of).is_empty());
        if signals.contains(&true) && network.synapse_count() > 0 {
            return Verdict::Nothing(Why::NoCandidates);
        }
        let least = self.upkeep * economy.costs.connection;
        let worth = |synapse: usize| economy.costs.drive * tells(view, synapse);
        let mut in_want = Vec::new();
        let (mut considered, mut longest) = (0, 0);
        for row in network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden) {
            let free = |synapse: &usize| {
                let marks = network.marks()[*synapse];
                !marks.is_silent() && !marks.is_frozen() && !network.is_frozen(row)
            };
            for synapse in network.incoming(row) {
                let idles = free(&synapse) && worth(synapse) < least;
                self.idle[synapse] = if idles { self.idle[synapse].saturating_add(1) } else { 0 };
            }
            if ledger.energy(row) >= self.low * economy.capacity {
                continue;
            }
            considered += network.incoming(row).filter(free).count() as u64;
            longest = network.incoming(row).map(|synapse| self.idle[synapse]).fold(longest, u32::max);
            let idle = network.incoming(row).filter(|&synapse| self.idle[synapse] >= self.patience);
            let weakest = idle.map(|synapse| (worth(synapse), synapse)).min_by(|a, b| a.0.total_cmp(&b.0));
            in_want.extend(weakest);
        }
        crate::effort::spend(2 * network.synapse_count() as u64);
        in_want.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let most = view.budget.edits.map_or(self.count, |edits| self.count.min(edits as usize));
        in_want.truncate(most);
        for &(worth, synapse) in &in_want {
            let at = network.synapse(Row::new(synapse as u32));
            let reason =
                Reason::scored("tells less than its upkeep, and its listener is short of energy", worth as f32)
                    .out_of(considered, Some(least as f32));
            // Whoever tells more is spared first.
            draft
                .propose_because(Move::Disconnect { at }, -(worth as f32), reason)
                .expect("a connection that is there can go");
        }
        match () {
            () if !in_want.is_empty() => Verdict::Proposed,
            () if considered == 0 => Verdict::Nothing(Why::NoCandidates),
            () => Verdict::Nothing(Why::BelowThreshold { best: longest as f32, threshold: self.patience as f32 }),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn save(&self) -> Vec<u8> {
        saved::save(NAME, &self.idle)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        self.idle = saved::load(NAME, state)?;
        Ok(())
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: NAME,
    family: Family::Connections,
    axes: Axes {
        goes: "what tells less than its upkeep, of who is short of energy",
        grows: "nowhere",
        born: "-",
        amount: "one per neuron in want, up to a count",
    },
    summary: "neurons short of energy draw in the dendrite that tells them least",
    citation: Citation {
        key: "luo2005axon",
        authors: "Luo, Liqun and O'Leary, Dennis D. M.",
        title: "Axon retraction and degeneration in development and disease",
        venue: "Annual Review of Neuroscience",
        year: 2005,
        url: "https://doi.org/10.1146/annurev.neuro.28.061604.135632",
    },
    settings: &[
        Setting {
            name: "low",
            default: "0.2",
            about: "part of what a store holds below which a neuron is in want; in [0, 1]",
        },
        Setting {
            name: "upkeep",
            default: "1.0",
            about: "how many times its upkeep a connection must tell not to be idle; in [0, 1e9]",
        },
        Setting {
            name: "patience",
            default: "3",
            about: "askings in a row at which it must have been idle, 1 or more",
        },
        Setting { name: "count", default: "16", about: "most connections that go in one asking, 1 or more" },
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Retraction::build(settings)?)),
};
