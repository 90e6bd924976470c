//! The method: asks another, and draws.

use super::{
    lots::{Among, Lots},
    redraw::Redraw,
};
use crate::{
    Aborted, Axes, BadState, Citation, Contract, Entry, Family, Moment, Probe, Setting, SettingError, Settings,
    Strategy, Verdict, View, Why, registry, saved,
};
use livenet_core::{Commit, Draft, Finished, Follower, Network, Proposal, Signal, StreamKey};

const NAME: &str = "random_twin";

/// The random control of another method. It asks the method with its own view, and proposes as much of each kind with all that was chosen
/// drawn at random: connections that go and places where they come, between the same two groups while there is room; who divides,
/// dies, is renewed or merges; the ends of newborns, their weights in any order and of any sign. What was for a neuron goes with
/// whoever was drawn in its place.
pub struct RandomTwin {
    inner: Box<dyn Strategy>,
    among: Among,
}

impl RandomTwin {
    /// The control of a method that is there, of the registry or one's own.
    ///
    /// ```
    /// use livenet_growth::{Among, RandomTwin, Still, Strategy};
    ///
    /// let twin = RandomTwin::of(Box::new(Still), Among::Pair);
    /// assert!(twin.needs().is_empty());
    /// ```
    pub fn of(inner: Box<dyn Strategy>, among: Among) -> Self {
        Self { inner, among }
    }

    /// What an experiment sets: a method that [`ALL`](registry::ALL) lists, with its settings.
    ///
    /// # Errors
    /// [`SettingError`] for a method that there is not, or a setting that does not fit it.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let words: Vec<(&'static str, usize)> =
            registry::ALL.iter().enumerate().map(|(at, entry)| (entry.name, at)).collect();
        let default = words.iter().find(|(name, _)| *name == "rigl").map_or(0, |(_, at)| *at);
        let of = settings.word("of", &words, default)?;
        let inside = settings.table("settings")?;
        let among = settings.choice("among", &[("pair", Among::Pair), ("whole", Among::Whole)])?;
        Ok(Self::of(registry::ALL[of].strategy(inside)?, among))
    }

    fn draw(&self, view: &View<'_>, draft: &mut Draft<'_>, number: u64, proposals: &[Proposal], later: &[Proposal]) {
        let stream = StreamKey::new(view.key.number(), NAME).at(number).stream();
        Redraw::new(view, Lots::new(view.network, self.among, stream)).all(draft, proposals, later);
    }
}

impl Follower for RandomTwin {
    fn follow(&mut self, after: &Network, commit: &Commit) {
        self.inner.follow(after, commit);
    }
}

impl Strategy for RandomTwin {
    fn needs(&self) -> Vec<Signal> {
        self.inner.needs()
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let mut chosen = Draft::new(view.network, view.step);
        match self.inner.propose(view, &mut chosen) {
            Verdict::Proposed => {
                let later: Vec<Proposal> = chosen.later().cloned().collect();
                self.draw(view, draft, 0, chosen.proposals(), &later);
                let none = draft.proposals().is_empty();
                if none { Verdict::Nothing(Why::NoCandidates) } else { Verdict::Proposed }
            }
            Verdict::Trial { drafts, steps } => {
                let again = drafts.into_iter().enumerate().map(|(number, mut chosen): (usize, Finished)| {
                    let later = chosen.take_later();
                    let mut own = Draft::new(view.network, view.step);
                    self.draw(view, &mut own, number as u64, chosen.proposals(), &later);
                    own.finish()
                });
                let drafts: Vec<Finished> = again.filter(|draft| !draft.is_empty()).collect();
                let none = drafts.is_empty();
                if none { Verdict::Nothing(Why::NoCandidates) } else { Verdict::Trial { drafts, steps } }
            }
            nothing => nothing,
        }
    }

    fn aborted(&mut self) -> Vec<Aborted> {
        self.inner.aborted()
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(Self { inner: self.inner.boxed_clone(), among: self.among })
    }

    fn probe(&self) -> Probe {
        self.inner.probe()
    }

    fn instead_of_update(&self, step: u64, end: Option<u64>) -> bool {
        self.inner.instead_of_update(step, end)
    }

    fn stirs(&mut self, moment: &Moment<'_>) -> bool {
        self.inner.stirs(moment)
    }

    fn save(&self) -> Vec<u8> {
        saved::save(NAME, &self.inner.save())
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        self.inner.load(&saved::load::<Vec<u8>>(NAME, state)?)
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: NAME,
    family: Family::Control,
    axes: Axes {
        goes: "as much as another, by lot",
        grows: "as much as another, anywhere",
        born: "as another's",
        amount: "as another",
    },
    summary: "the control of another method: the same changes at the same time, of what a lot falls on",
    citation: Citation {
        key: "frankle2021missing",
        authors: "Frankle, Jonathan and Dziugaite, Gintare Karolina and Roy, Daniel M. and Carbin, Michael",
        title: "Pruning Neural Networks at Initialization: Why Are We Missing the Mark?",
        venue: "International Conference on Learning Representations",
        year: 2021,
        url: "https://arxiv.org/abs/2009.08576",
    },
    settings: &[
        Setting { name: "of", default: "\"rigl\"", about: "the method that says how much and when: any of this list" },
        Setting { name: "settings", default: "{}", about: "a table of its settings" },
        Setting {
            name: "among",
            default: "\"pair\"",
            about: "what is drawn: of the same `pair` of groups while there is room, or of the `whole` network",
        },
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(RandomTwin::build(settings)?)),
};
