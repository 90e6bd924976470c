//! The flow of utility, from outputs back along connections.
//!
//! With u the utility of a neuron, U that of a connection e into it, and κ the upkeep that a connection keeps:
//!
//! ```text
//! U_e = u_post · trace_e / Σ trace of what the neuron hears
//! u_i = Σ max(U_e - κ, 0) over the connections by which i is heard;   u = 1 for outputs
//! ```
//!
//! so what outputs are worth is kept on the way or arrives at the inputs. Without loops that is solved neuron by neuron. With
//! loops the utilities are the limit of letting it flow hop by hop from nothing but the outputs, which never falls; what goes
//! round counts each time it passes. It stops when nothing changes, or after a number of hops: a loop that hears nobody but
//! itself and pays no upkeep would grow for ever. An output that is heard is worth 1 nevertheless, so what flows back to it ends there.

use livenet_core::{Network, Role, Row};

/// The utility of everybody.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Utilities {
    /// Of neurons, by row.
    pub neurons: Vec<f64>,
    /// Of connections, by row, before they keep any of it.
    pub connections: Vec<f64>,
    /// Hops that it took.
    pub hops: u32,
    /// By how much the last hop changed any neuron: 0 where all of it arrived.
    pub change: f64,
    /// What a connection keeps, κ.
    keep: f64,
}

/// Where the utility of the outputs went. When all of it arrived, `outputs` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Balance {
    /// What the outputs are worth.
    pub outputs: f64,
    /// What connections kept.
    pub kept: f64,
    /// What arrived at inputs.
    pub inputs: f64,
    /// What ended in neurons that hear nothing that matters.
    pub stranded: f64,
    /// What came back to outputs.
    pub returned: f64,
}

/// A change that does not matter.
const SETTLED: f64 = 1e-15;

impl Utilities {
    /// The flow for these traces, one per connection (whatever is no positive number counts as 0), with upkeep `keep` and at most
    /// `hops`.
    pub fn of(network: &Network, traces: &[f64], keep: f64, hops: u32) -> Self {
        let trace = |synapse: usize| traces.get(synapse).copied().filter(|trace| *trace > 0.0 && trace.is_finite());
        let mut shares = vec![0.0; network.synapse_count()];
        for post in network.neuron_rows() {
            let sum: f64 = network.incoming(post).filter_map(trace).sum();
            for synapse in network.incoming(post) {
                shares[synapse] = trace(synapse).map_or(0.0, |trace| trace / sum);
            }
        }
        let worth: Vec<f64> =
            network.neuron_rows().map(|row| f64::from(u8::from(network.role(row) == Role::Output))).collect();
        let mut flow = Self { neurons: worth.clone(), connections: shares.clone(), hops: 0, change: 0.0, keep };
        loop {
            let mut next = worth.clone();
            for post in network.neuron_rows() {
                for synapse in network.incoming(post) {
                    let utility = flow.neurons[post.index()] * shares[synapse];
                    flow.connections[synapse] = utility;
                    let pre = network.pres()[synapse];
                    if network.role(Row::new(pre)) != Role::Output {
                        next[pre as usize] += (utility - keep).max(0.0);
                    }
                }
            }
            let changes = next.iter().zip(&flow.neurons).map(|(next, now)| (next - now).abs());
            flow.change = changes.fold(0.0, f64::max);
            if flow.change <= SETTLED || flow.hops >= hops {
                return flow;
            }
            (flow.neurons, flow.hops) = (next, flow.hops + 1);
        }
    }

    /// What a connection keeps.
    pub fn kept(&self, synapse: usize) -> f64 {
        self.connections[synapse].min(self.keep)
    }

    /// Where it all went.
    pub fn balance(&self, network: &Network) -> Balance {
        let mut balance = Balance::default();
        for row in network.neuron_rows() {
            let utility = self.neurons[row.index()];
            match network.role(row) {
                Role::Input => balance.inputs += utility,
                Role::Output => balance.outputs += utility,
                Role::Hidden => {}
            }
            let heard: f64 = network.incoming(row).map(|synapse| self.connections[synapse]).sum();
            if network.role(row) != Role::Input && heard == 0.0 {
                balance.stranded += utility;
            }
            for synapse in network.incoming(row) {
                balance.kept += self.kept(synapse);
                if network.role(Row::new(network.pres()[synapse])) == Role::Output {
                    balance.returned += self.connections[synapse] - self.kept(synapse);
                }
            }
        }
        balance
    }
}
