//! Small networks of smooth units on the executor that defines, with a loss of their own, for what is foretold.

use livenet_core::testing::Naive;
use livenet_core::{
    Activation, Draft, Executor as _, ExecutorSettings, FireGroup, Follower as _, GroupId, Move, Network, NeuronSpec,
    Neurons, Norm, Origin, Proposal, Reach, Role, Row, Schedule, StreamKey, Unit,
};
use livenet_growth::{Budget, Strategy, View};

pub(crate) const LANES: usize = 6;
pub(crate) const CYCLES: usize = 5;

/// A network with random weights, one window of data and targets; the loss is the mean over lanes of half the squared
/// error, summed over cycles and outputs.
#[derive(Clone)]
pub(crate) struct Smooth {
    pub(crate) network: Network,
    pub(crate) naive: Naive,
    pub(crate) key: StreamKey,
    values: Vec<f64>,
    targets: Vec<f64>,
}

/// Groups of these sizes with this unit among the hidden ones; each listens to these groups with delays up to this.
pub(crate) fn network(sizes: &[u32], unit: Activation, heard: impl Fn(usize) -> Reach) -> Network {
    let last = sizes.len() - 1;
    let group = |at: usize| {
        let (role, unit, reach) = match at {
            0 => (Role::Input, Activation::Linear, Reach::nobody()),
            _ if at == last => (Role::Output, Activation::Linear, heard(at)),
            _ => (Role::Hidden, unit, heard(at)),
        };
        FireGroup { name: format!("{at}"), role, unit: Unit::rate(unit), norm: Norm::None, reach }
    };
    let mut network = Network::new((0..sizes.len()).map(group).collect(), Schedule::Grouped).unwrap();
    let mut draft = Draft::new(&network, 0);
    for (at, &size) in sizes.iter().enumerate() {
        let group = GroupId::new(at as u16);
        for _ in 0..size {
            let neuron = draft.name();
            let spec = NeuronSpec::of(group, network.group(group).unit);
            draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).unwrap();
        }
    }
    let born = draft.finish();
    network.commit(born).unwrap();
    network
}

impl Smooth {
    /// Layers of these sizes, each hearing the one before.
    pub(crate) fn layered(sizes: &[u32], unit: Activation, density: f64, seed: u64) -> Self {
        Self::new(network(sizes, unit, |at| Reach::groups([GroupId::new(at as u16 - 1)])), density, seed)
    }

    /// Inputs, hidden neurons and outputs that hear everybody, themselves too, with delays.
    pub(crate) fn recurrent(sizes: [u32; 3], unit: Activation, density: f64, seed: u64) -> Self {
        let all = |_| Reach::groups([0, 1, 2].map(GroupId::new)).with_max_delay(2);
        Self::new(network(&sizes, unit, all), density, seed)
    }

    fn new(mut network: Network, density: f64, seed: u64) -> Self {
        let key = StreamKey::new(seed, "smooth");
        let mut draft = Draft::new(&network, 0);
        let pairs = pairs_in_reach(&network);
        for (at, (post, pre, delays)) in pairs.into_iter().enumerate() {
            let draw = key.at(9).uniform(at as u64, 0);
            if draw < density {
                let delay = key.at(9).draw(at as u64, 1) as u16 % (delays + 1);
                let at = livenet_core::Synapse::new(network.id(post), network.id(pre));
                draft.propose(Move::Connect { at, birth: livenet_core::Birth::Value(0.0), delay }).unwrap();
            }
        }
        let wired = draft.finish();
        network.commit(wired).unwrap();
        let mut naive = Naive::new(&network, ExecutorSettings::default());
        let parameters = naive.parameters_mut();
        let draw = |at: u64, row: usize| 0.7 * key.at(at).normal(row as u64, 0);
        parameters.weights.iter_mut().enumerate().for_each(|(row, weight)| *weight = draw(1, row));
        parameters.bias.iter_mut().enumerate().for_each(|(row, bias)| *bias = draw(2, row));
        let cells = |of: usize| CYCLES * LANES * of;
        let values = (0..cells(network.inputs().len())).map(|at| key.at(3).normal(at as u64, 0) as f32);
        let values = values.map(f64::from).collect();
        let targets = (0..cells(network.outputs().len())).map(|at| key.at(4).normal(at as u64, 0)).collect();
        Self { network, naive, key, values, targets }
    }

    /// The loss from rest.
    pub(crate) fn loss(&self) -> f64 {
        let outputs = self.naive.predict_f64(&self.network, (CYCLES, LANES), &self.values).unwrap();
        self.loss_of(&outputs)
    }

    fn loss_of(&self, outputs: &[f64]) -> f64 {
        outputs.iter().zip(&self.targets).map(|(y, t)| (y - t) * (y - t)).sum::<f64>() / (2.0 * LANES as f64)
    }

    /// The signals on the window, and what is proposed for them.
    pub(crate) fn propose<'n>(&'n mut self, method: &mut dyn Strategy, budget: Budget) -> Draft<'n> {
        let needs = method.needs();
        self.naive.reset();
        self.naive.observe(&self.network, &needs);
        let outputs = self.naive.forward_f64(&self.network, (CYCLES, LANES), &self.values, None).unwrap();
        let slopes: Vec<f64> = outputs.iter().zip(&self.targets).map(|(y, t)| (y - t) / LANES as f64).collect();
        self.naive.backward_f64(&self.network, &slopes).unwrap();
        let signals = self.naive.signals(&self.network, &needs);
        let mut draft = Draft::new(&self.network, 100);
        let (network, key) = (&self.network, self.key.at(7));
        let view = View { network, signals: &signals, step: 100, end: None, budget, ledger: None, key };
        method.propose(&view, &mut draft);
        budget.apply(draft).0
    }

    /// Asks, commits, and commits what was noted for later; what was proposed for the first.
    pub(crate) fn ask(&mut self, method: &mut dyn Strategy, budget: Budget) -> Vec<Proposal> {
        let mut finished = self.propose(method, budget).finish();
        let (proposals, later) = (finished.proposals().to_vec(), finished.take_later());
        let commit = self.network.commit(finished).unwrap();
        self.naive.follow(&self.network, &commit);
        method.follow(&self.network, &commit);
        let mut draft = Draft::new(&self.network, 100);
        for proposal in &later {
            draft.propose(proposal.what.clone()).unwrap();
        }
        let finished = draft.finish();
        let commit = self.network.commit(finished).unwrap();
        self.naive.follow(&self.network, &commit);
        method.follow(&self.network, &commit);
        proposals
    }

    /// The weight of a connection.
    pub(crate) fn weight(&self, post: livenet_core::NeuronId, pre: livenet_core::NeuronId) -> f64 {
        let row = self.network.synapse_row(livenet_core::Synapse::new(post, pre)).unwrap();
        self.naive.parameters().weights[row.index()]
    }

    /// Everything said when it is written out as loops: potentials and outputs, `[cycle][neuron][lane]`. In one cycle
    /// something is added to what one neuron says on one lane.
    fn by_hand(&self, added: Option<(usize, usize, usize, f64)>) -> [Vec<Vec<Vec<f64>>>; 2] {
        let network = &self.network;
        let parameters = self.naive.parameters();
        let silence = vec![vec![0.0; LANES]; network.neuron_count()];
        let (mut potentials, mut outputs) = (vec![silence.clone(); CYCLES], vec![silence; CYCLES]);
        for t in 0..CYCLES {
            // Rows are in the order of firing.
            for row in network.neuron_rows() {
                for lane in 0..LANES {
                    let mut z = parameters.bias[row.index()];
                    for synapse in network.incoming(row) {
                        let lag = network.lag(row, Row::new(synapse as u32)) as usize;
                        let pre = network.pres()[synapse] as usize;
                        z += if t >= lag { parameters.weights[synapse] * outputs[t - lag][pre][lane] } else { 0.0 };
                    }
                    potentials[t][row.index()][lane] = z;
                    let inputs = network.inputs().len();
                    outputs[t][row.index()][lane] = match network.role(row) {
                        Role::Input => self.values[(t * LANES + lane) * inputs + row.index()],
                        _ => network.spec(row).unit.activation.value(z),
                    };
                    if let Some((cycle, who, on, much)) = added {
                        let here = (cycle, who, on) == (t, row.index(), lane);
                        outputs[t][row.index()][lane] += if here { much } else { 0.0 };
                    }
                }
            }
        }
        [potentials, outputs]
    }

    fn loss_by_hand(&self, added: (usize, usize, usize, f64)) -> f64 {
        let [_, outputs] = self.by_hand(Some(added));
        let said: Vec<f64> = (0..CYCLES)
            .flat_map(|t| (0..LANES).map(move |lane| (t, lane)))
            .flat_map(|(t, lane)| self.network.outputs().map(move |row| (t, row as usize, lane)))
            .map(|(t, row, lane)| outputs[t][row][lane])
            .collect();
        self.loss_of(&said)
    }

    /// The splitting matrix of a neuron with tanh, from differences of the loss: Σ dL/da · tanh''(z) x xᵀ.
    pub(crate) fn splitting_matrix(&self, row: Row<Neurons>) -> Vec<Vec<f64>> {
        let network = &self.network;
        let [potentials, outputs] = self.by_hand(None);
        let dendrites: Vec<usize> = network.incoming(row).collect();
        let mut matrix = vec![vec![0.0; dendrites.len()]; dendrites.len()];
        for t in 0..CYCLES {
            for lane in 0..LANES {
                let differ = |by: f64| self.loss_by_hand((t, row.index(), lane, by));
                let blame = (differ(1e-4) - differ(-1e-4)) / 2e-4;
                let tanh = potentials[t][row.index()][lane].tanh();
                let bend = blame * -2.0 * tanh * (1.0 - tanh * tanh);
                let x: Vec<f64> = dendrites
                    .iter()
                    .map(|&synapse| {
                        let lag = network.lag(row, Row::new(synapse as u32)) as usize;
                        if t >= lag { outputs[t - lag][network.pres()[synapse] as usize][lane] } else { 0.0 }
                    })
                    .collect();
                for (line, a) in matrix.iter_mut().zip(&x) {
                    line.iter_mut().zip(&x).for_each(|(entry, b)| *entry += bend * a * b);
                }
            }
        }
        matrix
    }
}

/// All pairs in reach with the largest delay.
fn pairs_in_reach(network: &Network) -> Vec<(Row<Neurons>, Row<Neurons>, u16)> {
    let mut pairs = Vec::new();
    for post in network.neuron_rows() {
        let delays = network.group(network.spec(post).group).reach.max_delay;
        network.reach_of(post, &mut |range| pairs.extend(range.map(|pre| (post, Row::new(pre), delays))));
    }
    pairs
}
