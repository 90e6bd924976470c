//! Signals: reductions of the last sweep and the running statistics.

use super::executor::Native;
use super::parameters::WEIGHTS;
use super::splitting::{bends, splitting};
use livenet_core::kernel::{self, Absent, LANES, Span};
use livenet_core::{Candidate, GroupId, Network, Row, Samples, Signal, Signals, by_groups, recalled};
use rayon::prelude::*;

impl Native {
    pub(super) fn compute(&mut self, network: &Network, wanted: &[Signal]) -> Signals {
        if wanted.iter().any(|signal| signal.is_of_window()) {
            self.make_gradients(network);
            self.settle();
            self.turn_back();
        } else {
            // A stream goes on as it was laid out.
            let Self { plan, record, parameters, .. } = self;
            record.turned.show(plan, &mut parameters[WEIGHTS]);
        }
        if wanted.iter().any(|signal| signal.needs_curvature()) {
            // Whoever observes it first has it of the weights that were swept, others of those there are.
            self.take_long_way(network, true);
        }
        let mut signals = Signals::default();
        for &signal in wanted {
            let synapses = network.synapse_count();
            let values = match signal {
                Signal::Weight => self.parameters[WEIGHTS].clone(),
                Signal::Gradient => self.gradients[WEIGHTS].clone(),
                Signal::UpdateSize => self.update_sizes(synapses),
                Signal::Splitting => self.split_scores(network),
                Signal::Residual => self.residual(network),
                Signal::Outputs { lanes } => {
                    signals.put_samples(signal, recalled(&*self, network, lanes));
                    continue;
                }
                Signal::Blames { lanes } | Signal::Bends { lanes } => {
                    let samples = self.samples(network, signal, lanes as usize);
                    signals.put_samples(signal, samples);
                    continue;
                }
                Signal::AbsentGradient { top } => {
                    let best = self.absent(network, top as usize);
                    signals.put_candidates(signal, best);
                    continue;
                }
                Signal::Utility => self.utility(network),
                Signal::Drive => self.drive(network),
                Signal::AbsentGradientByGroups { top } => {
                    let best = self.absent_by_groups(network, top as usize);
                    signals.put_candidates(signal, best);
                    continue;
                }
                running => self.statistics.values(network, running),
            };
            signals.put(signal, values);
        }
        signals
    }

    /// Blame of what was swept, or what bends in the window, by cycle, neuron and lane.
    fn samples(&self, network: &Network, signal: Signal, lanes: usize) -> Samples {
        let (activity, neurons) = (&self.activity, network.neuron_count());
        let lanes = activity.lanes.min(lanes);
        if activity.swept == 0 {
            return Samples::new(lanes, neurons, Vec::new());
        }
        let window = activity.end - activity.window..activity.end;
        let (cycles, rows) = if matches!(signal, Signal::Blames { .. }) {
            (activity.end - activity.swept..activity.end, None)
        } else {
            (window.clone(), Some(bends(network, &self.plan, activity, &self.scratch)))
        };
        let at = |block: usize, cycle: usize, neuron: usize| match &rows {
            None => activity.blame[activity.layouts.blame.row(block, cycle, neuron)],
            Some(bends) => bends[(block * window.len() + cycle - window.start) * neurons + neuron],
        };
        let rows = cycles.flat_map(|cycle| (0..neurons).map(move |neuron| (cycle, neuron)));
        let values = rows
            .flat_map(|(cycle, neuron)| (0..lanes).map(move |lane| (cycle, neuron, lane)))
            .map(|(cycle, neuron, lane)| at(lane / LANES, cycle, neuron)[lane % LANES]);
        Samples::new(lanes, neurons, values.collect())
    }

    /// |change| in the last update. Kept up from the first time that somebody observes it or asks.
    fn update_sizes(&mut self, synapses: usize) -> Vec<f32> {
        self.keep_sizes = true;
        if self.update_sizes.len() == synapses { self.update_sizes.clone() } else { vec![0.0; synapses] }
    }

    fn split_scores(&self, network: &Network) -> Vec<f32> {
        if self.activity.swept == 0 {
            return vec![0.0; network.neuron_count()];
        }
        self.pool.run(usize::MAX, |_| splitting(network, &self.plan, &self.activity, &self.scratch))
    }

    /// Multiply-adds of looking at so many pairs over all that was swept.
    fn count_scored(&mut self, pairs: u64) -> usize {
        let work = pairs * (self.activity.lanes * self.activity.swept) as u64;
        self.operations += work;
        usize::try_from(work).unwrap_or(usize::MAX)
    }

    fn residual(&mut self, network: &Network) -> Vec<f32> {
        let (outputs, neurons) = (network.outputs(), network.neuron_count());
        let work = self.count_scored((outputs.len() * neurons) as u64);
        if self.activity.swept == 0 {
            return vec![0.0; outputs.len() * neurons];
        }
        let Some(first) = outputs.clone().next() else { return Vec::new() };
        let post_group = network.spec(Row::new(first)).group;
        let mut places = Vec::with_capacity(outputs.len() * neurons);
        for post in outputs {
            for id in network.group_ids() {
                let lag = network.schedule().lag(id, post_group, 0) as u16;
                places.extend(network.members(id).map(|pre| (post, pre, lag)));
            }
        }
        let absent = self.scorer();
        self.pool.run(work, |_| absent.at(&places))
    }

    fn scorer(&self) -> Absent<'_> {
        let activity = &self.activity;
        let outputs = activity.layouts.outputs.view(&activity.outputs, activity.start);
        let blame = activity.layouts.blame.view(&activity.blame, activity.start);
        Absent::new(outputs, blame, activity.swept)
    }

    fn absent(&mut self, network: &Network, top: usize) -> Vec<Candidate> {
        let work = self.count_scored(absent_pairs(network));
        if self.activity.swept == 0 {
            // Without a sweep every gradient is 0, and the first pairs are as good as any.
            return first_absent(network, top);
        }
        let reach = |post: u32, spans: &mut Vec<Span>| spans_of(network, post, None, spans);
        let absent = self.scorer();
        let posts = 0..network.neuron_count() as u32;
        let best = self.pool.run(work, |_| absent.top(network.offsets(), network.pres(), posts, top, &reach));
        best.map(|found| candidate(network, found)).collect()
    }

    fn absent_by_groups(&mut self, network: &Network, top: usize) -> Vec<Candidate> {
        let work = self.count_scored(absent_pairs(network));
        if self.activity.swept == 0 {
            return by_groups(network, first_absent(network, usize::MAX), top);
        }
        let absent = self.scorer();
        let best = |&(post, pre): &(GroupId, GroupId)| {
            let reach = |row: u32, spans: &mut Vec<Span>| spans_of(network, row, Some(pre), spans);
            let least = network.schedule().lag(pre, post, 0) as u16;
            let best = absent.top(network.offsets(), network.pres(), network.members(post), top, &reach);
            best.map(move |found| delayed(found, least))
        };
        let pairs = heard(network);
        // One by one, the last of each, which puts them in order, would keep a single thread busy.
        self.pool.run(work, |threads| match threads {
            1 => pairs.iter().fold(Vec::new(), |mut all, pair| {
                all.extend(best(pair));
                all
            }),
            _ => pairs.par_iter().map(|pair| best(pair).collect()).collect::<Vec<Vec<_>>>().concat(),
        })
    }
}

/// The groups of which the members of one may hear members of the other: the listening one, then the heard one.
fn heard(network: &Network) -> Vec<(GroupId, GroupId)> {
    let heard_by = |post: GroupId| {
        let mut heard = vec![false; network.groups().len()];
        for row in network.members(post) {
            network.reach_of(Row::new(row), &mut |pre| {
                if !pre.is_empty() {
                    heard[network.spec(Row::new(pre.start)).group.index()] = true;
                }
            });
        }
        network.group_ids().filter(move |pre| heard[pre.index()]).map(move |pre| (post, pre))
    };
    network.group_ids().flat_map(heard_by).collect()
}

/// The runs of neurons that a listener may hear, all of them or those of one group.
fn spans_of(network: &Network, post: u32, of: Option<GroupId>, spans: &mut Vec<Span>) {
    let own = network.spec(Row::new(post)).group;
    let delays = 0..=network.group(own).reach.max_delay;
    network.reach_of(Row::new(post), &mut |pre| {
        if !pre.is_empty() {
            let heard = network.spec(Row::new(pre.start)).group;
            let lag = |delay| network.schedule().lag(heard, own, delay) as u16;
            if of.is_none_or(|of| of == heard) {
                spans.extend(delays.clone().map(|delay| Span { pre: pre.clone(), lag: lag(delay) }));
            }
        }
    });
}

fn candidate(network: &Network, found: kernel::Candidate) -> Candidate {
    let group = |row| network.spec(Row::new(row)).group;
    delayed(found, network.schedule().lag(group(found.pre), group(found.post), 0) as u16)
}

/// The same by its delay: what its lag is beyond that of a connection without.
fn delayed(found: kernel::Candidate, least: u16) -> Candidate {
    let kernel::Candidate { post, pre, lag, gradient } = found;
    Candidate { post, pre, delay: lag - least, gradient }
}

/// Calls `visit` with each listener, the rows within its reach that it is not connected to, in ascending order
/// within each range, and its largest delay.
fn each_absent(network: &Network, visit: &mut dyn FnMut(u32, u32, u16)) {
    for post in network.neuron_rows() {
        let connected = &network.pres()[network.incoming(post)];
        let most = network.group(network.spec(post).group).reach.max_delay;
        network.reach_of(post, &mut |range| {
            for pre in range.filter(|pre| connected.binary_search(pre).is_err()) {
                visit(post.get(), pre, most);
            }
        });
    }
}

fn first_absent(network: &Network, top: usize) -> Vec<Candidate> {
    let mut found = Vec::new();
    each_absent(network, &mut |post, pre, most| {
        if found.len() < top {
            found.extend((0..=most).map(|delay| Candidate { post, pre, delay, gradient: 0.0 }));
        }
    });
    found.sort_by_key(|candidate| (candidate.post, candidate.pre, candidate.delay));
    found.truncate(top);
    found
}

/// How many candidates there are: pairs within reach that are not connected, times delays.
fn absent_pairs(network: &Network) -> u64 {
    let mut pairs = 0;
    for post in network.neuron_rows() {
        let connected = &network.pres()[network.incoming(post)];
        let delays = u64::from(network.group(network.spec(post).group).reach.max_delay) + 1;
        network.reach_of(post, &mut |range| {
            let before = |row: u32| connected.partition_point(|&pre| pre < row);
            let there = before(range.end).saturating_sub(before(range.start));
            pairs += delays * (u64::from(range.end.saturating_sub(range.start)) - there as u64);
        });
    }
    pairs
}
