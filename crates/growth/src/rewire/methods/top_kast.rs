//! `top_kast`: always sparse forward, a little less sparse backward.

use crate::effort;
use crate::rewire::{
    Balance,
    pool::{Pool, pools_without},
};
use crate::{
    Axes, BadState, Citation, Contract, Entry, Family, Setting, SettingError, Settings, Strategy, Verdict, View, Why,
    saved,
};
use livenet_core::{Commit, Draft, Follower, Mark, Move, Network, Reason, Row, Scope, Signal};

const NAME: &str = "top_kast";

/// Top-KAST. Between each two groups the largest |w| are heard (the forward set A, a part D of the pairs in reach); the next
/// largest (with A the backward set B) are *silent*: they learn from the gradient that they would have, and are heard as
/// soon as they are among the largest. All others keep their weight, and neither speak nor learn. After the part
/// `until` of the run B is A: exploration ends.
///
/// It changes marks, and no connection: begin with a dense wiring, for only what is connected stands for choice. Marks that
/// somebody else set are left alone, and so is whoever carries them.
///
/// The paper's exploration penalty, |θ|² over A and |θ|² / D over the rest of B, is a term of the loss and acts at every step: who
/// learns in silence is held back 1 / D times as hard as who is heard. Nothing but an update acts at every step, and no pass of it knows who
/// is silent; so what the penalty takes is taken at the askings, for all n steps since the last:
///
/// ```text
/// w <- w · (1 - penalty)ⁿ for A        w <- w · (1 - penalty / D)ⁿ for the rest of B
/// ```
///
/// with `penalty` the learning rate times twice the coefficient of the squares, which is what n steps of descent along that term by itself
/// take. Between two askings the gradient sees weights that are not yet so small. At the askings of each step, and while the rate is what it
/// was taken to be, it is the paper's with plain descent; Adam would divide it away, and does not here. With the default of 0 there
/// is none; the pass `train.passes.decay` is a penalty that is the same for A and the rest of B. Who rests keeps what it is, as in the
/// paper, and D is what `forward` says. A weight that is scaled is an edit.
#[derive(Clone, Debug, PartialEq)]
pub struct TopKast {
    /// The part of the pairs in reach that is heard, D.
    pub forward: f32,
    /// The part that learns, D + M.
    pub backward: f32,
    /// The part of the run after which only what is heard learns.
    pub until: f32,
    /// What the exploration penalty takes off a weight that is heard in one step, as a part of it.
    pub penalty: f32,
    /// The step of the last asking.
    last: u64,
    /// Whether the marks of a connection are this method's, by row.
    mine: Vec<bool>,
    /// Whether there are rows yet.
    asked: bool,
}

/// What a connection is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Heard,
    Silent,
    Idle,
}

impl TopKast {
    /// The parts that are heard and that learn, and the part of the run after which they are the same.
    pub const fn new(forward: f32, backward: f32, until: f32) -> Self {
        Self { forward, backward, until, penalty: 0.0, last: 0, mine: Vec::new(), asked: false }
    }

    /// As an experiment sets it: `forward`, `backward`, `until`, `penalty`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let forward = settings.real("forward", 0.1, 0.0..=1.0)?;
        let backward = settings.real("backward", f64::min(2.0 * forward, 1.0), forward..=1.0)?;
        let until = settings.real("until", 0.75, 0.0..=1.0)? as f32;
        let penalty = settings.real("penalty", 0.0, 0.0..=1.0)? as f32;
        Ok(Self { penalty, ..Self::new(forward as f32, backward as f32, until) })
    }

    /// What is left of a weight after so many steps of the penalty.
    fn shrunk(&self, state: State, steps: u64) -> f32 {
        let taken = match state {
            State::Heard => f64::from(self.penalty),
            State::Silent => (f64::from(self.penalty) / f64::from(self.forward).max(1e-9)).min(1.0),
            State::Idle => 0.0,
        };
        libm::pow(1.0 - taken, steps as f64) as f32
    }

    /// Takes off what the penalty has taken since the last asking, of all that learned in between; returns how many.
    fn penalise(&self, view: &View<'_>, draft: &mut Draft<'_>, pools: &[Pool], steps: u64) -> u64 {
        let network = view.network;
        if self.penalty <= 0.0 || steps == 0 {
            return 0;
        }
        let most = view.budget.edits.map_or(usize::MAX, |edits| usize::try_from(edits).unwrap_or(usize::MAX));
        let rows = pools.iter().flat_map(|pool| pool.present.iter().copied());
        let due = rows.map(|row| (row, self.shrunk(Self::now(network, row), steps))).filter(|(_, by)| *by != 1.0);
        let mut count = 0;
        for (row, by) in due.take(most) {
            let at = network.synapse(Row::new(row as u32));
            let reason = Reason::scored("exploration penalty", by);
            draft.propose_because(Move::Scale { at, by }, 2.0, reason).expect("a weight that is there");
            count += 1;
        }
        effort::spend(count);
        count
    }

    /// What a connection is now.
    fn now(network: &Network, row: usize) -> State {
        match (network.marks()[row].is_silent(), network.marks()[row].is_frozen()) {
            (false, _) => State::Heard,
            (true, false) => State::Silent,
            (true, true) => State::Idle,
        }
    }
}

impl Follower for TopKast {
    fn follow(&mut self, _after: &Network, commit: &Commit) {
        if self.asked {
            commit.synapses.carry(&mut self.mine, false);
        }
    }
}

impl Strategy for TopKast {
    fn needs(&self) -> Vec<Signal> {
        vec![Signal::Weight]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        self.mine.resize(network.synapse_count(), false);
        for (row, mine) in self.mine.iter_mut().enumerate() {
            // Lifted by a budget, or by somebody else.
            *mine &= network.marks()[row].is_silent() || network.marks()[row].is_frozen();
        }
        let aside =
            |row: usize| !self.mine[row] && (network.marks()[row].is_silent() || network.marks()[row].is_frozen());
        let pools = pools_without(network, Balance::GroupPair, &aside);
        let weights = view.signals.values(Signal::Weight);
        let size = |row: usize| weights.get(row).map_or(0.0, |weight| weight.abs());
        let explores = view.end.is_none_or(|end| (view.step as f64) < end as f64 * f64::from(self.until));
        let backward = if explores { self.backward } else { self.forward };
        let mut changes = Vec::new();
        for pool in &pools {
            let part = |share: f32| (pool.pairs.len() as f64 * f64::from(share)).round() as usize;
            let mut rows = pool.present.clone();
            effort::spend(rows.len() as u64);
            rows.sort_by(|&a, &b| size(b).total_cmp(&size(a)).then(a.cmp(&b)));
            let wanted = |rank: usize| match rank {
                _ if rank < part(self.forward) => State::Heard,
                _ if rank < part(backward) => State::Silent,
                _ => State::Idle,
            };
            let threshold = rows.get(part(self.forward)).map(|&row| size(row));
            let all = rows.iter().enumerate().map(|(rank, &row)| (row, wanted(rank)));
            let due = all.filter(|&(row, state)| Self::now(network, row) != state);
            let (come, go): (Vec<_>, Vec<_>) = due.partition(|&(_, state)| state == State::Heard);
            // One that comes, one that goes, so that a budget leaves the count about what it is.
            let longest = come.len().max(go.len());
            changes.extend(
                (0..longest)
                    .flat_map(|at| come.get(at).into_iter().chain(go.get(at)))
                    .map(|&(row, state)| (row, state, threshold, rows.len() as u64)),
            );
        }
        let steps = if self.asked { view.step.saturating_sub(self.last) } else { 0 };
        (self.asked, self.last) = (true, view.step);
        let mut left = view.budget.edits.unwrap_or(u64::MAX);
        left -= self.penalise(view, draft, &pools, steps);
        for (row, state, threshold, considered) in changes {
            let at = Scope::Synapse(network.synapse(Row::new(row as u32)));
            let marks = match state {
                State::Heard => [Mark::Active, Mark::Free],
                State::Silent => [Mark::Silent, Mark::Free],
                State::Idle => [Mark::Silent, Mark::Frozen],
            };
            let is_so = |mark: &Mark| match mark {
                Mark::Active => !network.marks()[row].is_silent(),
                Mark::Silent => network.marks()[row].is_silent(),
                Mark::Frozen => network.marks()[row].is_frozen(),
                Mark::Free => !network.marks()[row].is_frozen(),
            };
            let marks: Vec<Mark> = marks.into_iter().filter(|mark| !is_so(mark)).collect();
            if marks.len() as u64 > left {
                break;
            }
            left -= marks.len() as u64;
            self.mine[row] = state != State::Heard;
            for mark in marks {
                let rule = if state == State::Heard { "largest |w|" } else { "not among the largest |w|" };
                let reason = Reason::scored(rule, size(row)).out_of(considered, threshold);
                draft.propose_because(Move::Mark { at, mark }, 1.0, reason).expect("a connection that is there");
            }
        }
        match () {
            () if !draft.is_empty() => Verdict::Proposed,
            () if pools.iter().all(|pool| pool.present.is_empty()) => Verdict::Nothing(Why::NoCandidates),
            () => Verdict::Nothing(Why::NothingDue { due: 0.0 }),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn save(&self) -> Vec<u8> {
        saved::save(NAME, &(self.asked, self.last, &self.mine))
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        (self.asked, self.last, self.mine) = saved::load(NAME, state)?;
        Ok(())
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: NAME,
    family: Family::Connections,
    axes: Axes {
        goes: "who leaves the top of |w|",
        grows: "who enters the top of |w|",
        born: "the weight it kept",
        amount: "a density forward and one backward",
    },
    summary: "the largest |w| are heard, the next ones learn in silence, the rest rests",
    citation: Citation {
        key: "jayakumar2020topkast",
        authors: "Jayakumar, Siddhant M. and Pascanu, Razvan and Rae, Jack W. and Osindero, Simon and Elsen, Erich",
        title: "Top-KAST: Top-K Always Sparse Training",
        venue: "Advances in Neural Information Processing Systems",
        year: 2020,
        url: "https://arxiv.org/abs/2106.03517",
    },
    settings: &[
        Setting { name: "forward", default: "0.1", about: "part of the pairs in reach that is heard, in [0, 1]" },
        Setting {
            name: "backward",
            default: "0.2",
            about: "part of the pairs in reach that learns, from `forward` to 1; twice `forward` if not given",
        },
        Setting {
            name: "until",
            default: "0.75",
            about: "part of the run after which only what is heard learns; in [0, 1]",
        },
        Setting {
            name: "penalty",
            default: "0.0",
            about: "what the exploration penalty takes off who is heard in one step, learning rate times twice its coefficient; 1 / forward times as much off who learns in silence; in [0, 1]",
        },
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(TopKast::build(settings)?)),
};
