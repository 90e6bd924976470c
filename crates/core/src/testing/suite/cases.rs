//! The suite's random networks, for other tests.

use super::{Options, chance::Dice, graph};
use crate::{Draft, ExecutorSettings, Follower as _, Network, testing::Naive};

/// The network of a case with its definition, before any window.
pub(in crate::testing) fn random(case: u32, options: &Options) -> (Network, Naive) {
    let mut dice = Dice::new(case);
    let mut network = graph::empty(&mut dice, options);
    let mut naive = Naive::new(&network, ExecutorSettings::default());
    let mut draft = Draft::new(&network, 0);
    graph::populate(&mut dice, options, &mut draft);
    let finished = draft.finish();
    let commit = network.commit(finished).expect("the draft is of this network");
    naive.follow(&network, &commit);
    (network, naive)
}
