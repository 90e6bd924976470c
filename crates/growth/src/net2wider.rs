//! `net2wider`: every hidden group becomes wider at once, and nothing changes.
//!
//! The function-preserving widening of `Net2Net`: to widen a layer of n units to q, each new unit j copies the
//! dendrites of g(j), drawn from the n with replacement, and what a unit with c copies says is shared equally among
//! them all, 1 / (c + 1) each, the counts taken when all copies are known. Here a layer is a fire group, of whose
//! members those stand for choice that hear and are heard; n is their number. Shares are taken to the nearest 1/64, so that
//! they add up exactly.
//!
//! Who is copied ([`Mother`]) may be another choice than the paper's random one: then each in its turn, best first.

use crate::{
    Axes, Citation, Contract, Entry, Family, Mother, Setting, Strategy, Verdict, View, Why,
    mitosis::wired,
    settings::{SettingError, Settings},
};
use livenet_core::{Birth, Commit, Draft, Follower, Law, Move, Network, Neurons, Reason, Row, Signal};
use std::collections::BTreeMap;

/// Widening. Keeps no state between askings; each widens by the factor, so it is to be asked once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Net2Wider {
    /// Members of a hidden group afterwards, over those before.
    pub factor: f32,
    /// Who is copied.
    pub mother: Mother,
    /// Standard deviation of a nudge to the dendrites of each copy, in a commit of its own afterwards. The paper adds
    /// some noise where no dropout breaks the symmetry.
    pub noise: f32,
}

impl Default for Net2Wider {
    fn default() -> Self {
        Self { factor: 1.5, mother: Mother::Random, noise: 0.01 }
    }
}

impl Net2Wider {
    /// Widening as an experiment sets it: `factor`, `who`, `noise`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        Ok(Self {
            factor: settings.real("factor", 1.5, 1.0..=64.0)? as f32,
            mother: settings.word("who", &Mother::WORDS, Mother::Random)?,
            noise: settings.real("noise", 0.01, 0.0..=1e6)? as f32,
        })
    }

    /// How many copies each member of a group gets, by row.
    fn copies(&self, view: &View<'_>, members: &[Row<Neurons>], count: usize) -> BTreeMap<Row<Neurons>, usize> {
        let mut copies = BTreeMap::new();
        if self.mother == Mother::Random {
            let mut stream = view.key.at(u64::from(members[0].get())).stream();
            for _ in 0..count {
                *copies.entry(members[stream.below(members.len() as u64) as usize]).or_default() += 1;
            }
            return copies;
        }
        let mut ranked: Vec<(f32, Row<Neurons>)> =
            members.iter().map(|&row| (self.mother.score(view, row), row)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for &(_, row) in ranked.iter().cycle().take(count) {
            *copies.entry(row).or_default() += 1;
        }
        copies
    }
}

impl Follower for Net2Wider {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Net2Wider {
    fn needs(&self) -> Vec<Signal> {
        self.mother.needs()
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let mut groups = BTreeMap::<_, Vec<Row<Neurons>>>::new();
        wired(network).for_each(|row| groups.entry(network.spec(row).group).or_default().push(row));
        let room = view.budget.neurons.map_or(u64::MAX, |cap| cap.saturating_sub(network.neuron_count() as u64));
        let mut left = view.budget.edits.unwrap_or(u64::MAX).min(room);
        let mut due = 0;
        for members in groups.values() {
            // Truncated, but for rounding: 1.1 times 10 is 11.
            let count = (members.len() as f64 * (f64::from(self.factor) - 1.0) + 1e-4) as u64;
            due += count;
            let count = count.min(left);
            left -= count;
            for (row, copies) in self.copies(view, members, count as usize) {
                for copy in 0..copies {
                    let (mother, daughter) = (network.id(row), draft.name());
                    // Of what is left for the mother and the copies to come.
                    let share = 1.0 / (copies - copy + 1) as f32;
                    let reason = Reason::scored(self.mother.rule(), copies as f32).out_of(members.len() as u64, None);
                    draft
                        .propose_because(Move::Divide { mother, daughter, share }, 0.0, reason)
                        .expect("a hidden neuron that is alive can divide");
                    if self.noise > 0.0 {
                        let key = view.key.at(daughter.number());
                        let by = Birth::Random { key, law: Law::Normal, scale: self.noise };
                        let reason = Reason::scored("copies move apart", self.noise);
                        draft.propose_later(Move::Perturb { neuron: daughter, by }, daughter, reason);
                    }
                }
            }
        }
        match () {
            () if !draft.is_empty() => Verdict::Proposed,
            () if groups.is_empty() => Verdict::Nothing(Why::NoCandidates),
            () => Verdict::Nothing(Why::NothingDue { due: due as f32 }),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: "net2wider",
    family: Family::Neurons,
    axes: Axes {
        goes: "nobody",
        grows: "copies of members",
        born: "shares of the mother",
        amount: "a factor of the width",
    },
    summary: "all hidden groups widen at once by copies that share what the original says",
    citation: Citation {
        key: "chen2016net2net",
        authors: "Chen, Tianqi and Goodfellow, Ian and Shlens, Jonathon",
        title: "Net2Net: Accelerating Learning via Knowledge Transfer",
        venue: "International Conference on Learning Representations",
        year: 2016,
        url: "https://arxiv.org/abs/1511.05641",
    },
    settings: &[
        Setting {
            name: "factor",
            default: "1.5",
            about: "members of a hidden group afterwards over those before, in [1, 64]",
        },
        Setting {
            name: "who",
            default: "\"random\"",
            about: "who is copied: `random`, `utility`, `gradient`, `splitting` or `age`",
        },
        Setting {
            name: "noise",
            default: "0.01",
            about: "standard deviation of a nudge to the dendrites of copies, 0 or more",
        },
    ],
    contract: Contract::Exact,
    build: |settings| Ok(Box::new(Net2Wider::build(settings)?)),
};
