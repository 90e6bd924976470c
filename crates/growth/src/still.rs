//! `still`: changes nothing. The control beside which every method stands.

use crate::{Moment, Strategy, Verdict, View, Why};
use livenet_core::{Commit, Draft, Follower, Network, Signal};

/// The strategy that never changes anything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Still;

impl Follower for Still {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Still {
    fn needs(&self) -> Vec<Signal> {
        Vec::new()
    }
    fn propose(&mut self, _view: &View<'_>, _draft: &mut Draft<'_>) -> Verdict {
        Verdict::Nothing(Why::Still)
    }
    fn stirs(&mut self, _moment: &Moment<'_>) -> bool {
        false
    }
    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }
}
