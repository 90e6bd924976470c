//! `mitosis`: neurons divide, and at first nothing changes.
//!
//! A division copies the dendrites and shares the axon, so the network computes what it did before
//! (self-connections and recurrent pairs included; not in groups that normalise). Who divides and how
//! the daughters come to differ is a choice each. With a [`Ledger`](crate::Ledger) a division must
//! be paid for; without one, only the count per asking bounds it.

use crate::{
    Citation, Ledger, Strategy, Verdict, View, Why,
    settings::{SettingError, Settings},
};
use livenet_core::{
    Birth, Commit, Draft, Follower, Law, Mark, Move, Network, Neurons, Reason, Role, Row, Scope, Signal,
};

/// Who divides first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mother {
    /// Who contributes most: [`Signal::Utility`].
    Utility,
    /// Who is blamed most: [`Signal::Blame`], the share in the error of the moment.
    Gradient,
    /// Whose split lowers the loss most: the most negative [`Signal::Splitting`] (Liu et al. 2019). Nobody
    /// with a positive one divides.
    Splitting,
    /// Who was born first.
    Age,
    /// Anybody.
    Random,
}

/// How daughters come to differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Daughters {
    /// Not at all: only noise in training will tell them apart.
    Symmetric,
    /// Opposite random nudges to the dendrites, with this standard deviation, in a commit of their
    /// own after the division was measured.
    Noise(f32),
    /// Unequal shares of the axon: the daughter gets this part.
    Share(f32),
    /// The mother is frozen, in a commit of its own after the division was measured: she keeps what she knows, and the daughter
    /// learns.
    Asymmetric,
}

/// Function-preserving division. Keeps no state between askings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mitosis {
    /// Who divides first.
    pub mother: Mother,
    /// How daughters come to differ.
    pub daughters: Daughters,
    /// Most divisions in one asking.
    pub count: usize,
}

/// Where splitting and its exactness come from.
pub(crate) const CITATION: Citation = Citation {
    key: "liu2019splitting",
    authors: "Liu, Qiang and Wu, Lemeng and Wang, Dilin",
    title: "Splitting Steepest Descent for Growing Neural Architectures",
    venue: "Advances in Neural Information Processing Systems",
    year: 2019,
    url: "https://arxiv.org/abs/1910.02366",
};

impl Default for Mitosis {
    fn default() -> Self {
        Self { mother: Mother::Utility, daughters: Daughters::Noise(0.05), count: 4 }
    }
}

impl Mitosis {
    /// Division as an experiment sets it: `who`, `daughters` with `noise` or `share`, `count`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let mother = settings.choice("who", &Mother::WORDS)?;
        let kinds = [
            ("noise", Daughters::Noise(0.05)),
            ("symmetric", Daughters::Symmetric),
            ("share", Daughters::Share(0.3)),
            ("asymmetric", Daughters::Asymmetric),
        ];
        let daughters = match settings.choice("daughters", &kinds)? {
            Daughters::Noise(scale) => Daughters::Noise(settings.real("noise", f64::from(scale), 0.0..=1e6)? as f32),
            Daughters::Share(part) => Daughters::Share(settings.real("share", f64::from(part), 1e-3..=0.999)? as f32),
            other => other,
        };
        let count = settings.integer("count", 4, 1..=i64::from(u32::MAX))? as usize;
        Ok(Self { mother, daughters, count })
    }
}

impl Mother {
    /// By name in configs.
    pub(crate) const WORDS: [(&'static str, Self); 5] = [
        ("utility", Self::Utility),
        ("gradient", Self::Gradient),
        ("splitting", Self::Splitting),
        ("age", Self::Age),
        ("random", Self::Random),
    ];

    /// What decides; the largest divides first.
    pub(crate) fn score(self, view: &View<'_>, row: Row<Neurons>) -> f32 {
        match self {
            Self::Utility => view.signals.of(Signal::Utility, row),
            Self::Gradient => view.signals.of(Signal::Blame, row),
            Self::Splitting => -view.signals.of(Signal::Splitting, row),
            Self::Age => view.step.saturating_sub(view.network.born(row)) as f32,
            Self::Random => view.key.uniform(view.network.id(row).number(), 2) as f32,
        }
    }

    /// The rule in a few words.
    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::Utility => "largest utility",
            Self::Gradient => "largest blame",
            Self::Splitting => "splitting lowers the loss most",
            Self::Age => "oldest",
            Self::Random => "anybody",
        }
    }

    /// What it needs.
    pub(crate) fn needs(self) -> Vec<Signal> {
        match self {
            Self::Utility => vec![Signal::Utility],
            Self::Gradient => vec![Signal::Blame],
            Self::Splitting => vec![Signal::Splitting],
            Self::Age | Self::Random => Vec::new(),
        }
    }
}

impl Daughters {
    /// Proposes a division with this priority, and what makes the daughters differ.
    pub(crate) fn divide(
        self,
        view: &View<'_>,
        draft: &mut Draft<'_>,
        (row, priority): (Row<Neurons>, f32),
        reason: Reason,
    ) {
        let (mother, daughter) = (view.network.id(row), draft.name());
        let share = if let Self::Share(part) = self { part } else { 0.5 };
        draft
            .propose_because(Move::Divide { mother, daughter, share }, priority, reason)
            .expect("a hidden neuron that is alive can divide");
        match self {
            Self::Noise(scale) => {
                // The same draws with opposite signs: the mean of the two stays where the mother was.
                let key = view.key.at(mother.number());
                for (neuron, scale) in [(mother, scale), (daughter, -scale)] {
                    let by = Birth::Random { key, law: Law::Normal, scale };
                    draft.propose_later(
                        Move::Perturb { neuron, by },
                        daughter,
                        Reason::scored("daughters move apart", scale),
                    );
                }
            }
            Self::Asymmetric => {
                let what = Move::Mark { at: Scope::Neuron(mother), mark: Mark::Frozen };
                draft.propose_later(what, daughter, Reason::scored("the mother keeps what she knows", priority));
            }
            Self::Symmetric | Self::Share(_) => {}
        }
    }
}

/// Hidden neurons that hear and are heard by others: nobody else would be worth two. What is silent counts for
/// nothing, and what is frozen was put aside by somebody else.
pub(crate) fn wired(network: &Network) -> impl Iterator<Item = Row<Neurons>> + '_ {
    let speaks = |synapse: usize| !network.marks()[synapse].is_silent();
    network.neuron_rows().filter(move |&row| {
        network.role(row) == Role::Hidden
            && !network.is_frozen(row)
            && network.incoming(row).any(|synapse| network.pres()[synapse] != row.get() && speaks(synapse))
            && network.listeners(row).any(|(post, synapse)| post != row && speaks(synapse.index()))
    })
}

/// Why a neuron may not divide that the ledger does not let, while the supply carries so much more: what it lacks in store,
/// else the room for it, else its age.
pub(crate) fn unready(ledger: &Ledger, row: Row<Neurons>, room: f64) -> Why {
    let need = ledger.economy().threshold.max(ledger.division_cost());
    let have = ledger.energy(row);
    if have < need {
        Why::NoEnergy { have: have as f32, need: need as f32 }
    } else if ledger.cost_of(row) > room {
        Why::Full { count: ledger.neurons() as u64, cap: ledger.plateau() as u64 }
    } else {
        let age = ledger.account_of(row).map_or(0, |account| account.age);
        Why::BelowThreshold { best: age as f32, threshold: ledger.economy().maturity as f32 }
    }
}

impl Follower for Mitosis {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Mitosis {
    fn needs(&self) -> Vec<Signal> {
        self.mother.needs()
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let mut mothers: Vec<(f32, Row<Neurons>)> =
            wired(view.network).map(|row| (self.mother.score(view, row), row)).collect();
        if mothers.is_empty() {
            return Verdict::Nothing(Why::NoCandidates);
        }
        if let Some(ledger) = view.ledger {
            let richest = mothers.iter().map(|&(_, row)| row);
            let richest = richest.max_by(|&a, &b| ledger.energy(a).total_cmp(&ledger.energy(b)).then(b.cmp(&a)));
            let cheapest = mothers.iter().map(|&(_, row)| ledger.cost_of(row)).fold(f64::INFINITY, f64::min);
            mothers.retain(|&(_, row)| ledger.ready(row));
            if let (true, Some(richest)) = (mothers.is_empty(), richest) {
                let room = ledger.room();
                return Verdict::Nothing(if cheapest > room {
                    Why::Full { count: ledger.neurons() as u64, cap: ledger.plateau() as u64 }
                } else {
                    unready(ledger, richest, room)
                });
            }
        }
        mothers.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let considered = mothers.len() as u64;
        let best = mothers[0].0;
        if self.mother == Mother::Splitting {
            mothers.retain(|&(score, _)| score > 0.0);
            if mothers.is_empty() {
                return Verdict::Nothing(Why::BelowThreshold { best, threshold: 0.0 });
            }
        }
        let quota = view.ledger.map_or(usize::MAX, crate::Ledger::quota).min(self.count);
        let next = mothers.get(quota).map(|&(score, _)| score);
        let mut room = view.ledger.map_or(f64::INFINITY, crate::Ledger::room);
        for &(score, row) in mothers.iter().take(quota) {
            // Each division counts before the next is judged: together they must not pass the plateau.
            let cost = view.ledger.map_or(0.0, |ledger| ledger.cost_of(row));
            if cost <= room {
                room -= cost;
                self.daughters.divide(
                    view,
                    draft,
                    (row, score),
                    Reason::scored(self.mother.rule(), score).out_of(considered, next),
                );
            }
        }
        if draft.is_empty() { Verdict::Nothing(Why::NoCandidates) } else { Verdict::Proposed }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }
}
