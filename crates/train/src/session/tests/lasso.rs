//! The group lasso of a session: whose dendrites shrink, and what a strategy makes of those who came to nothing.

use super::{Continuity, Grower, Learning, data, learning, on_cpu};
use crate::session::GroupLasso;
use livenet_core::{NeuronId, Row};
use livenet_growth::{Budget, Den, When, WhenState};

fn every(steps: u64) -> Grower {
    let mut den = Den::default();
    (den.expand, den.drift) = (2, 1e9);
    let when = WhenState::new(When::Every { steps, from: 0, until: None });
    Grower::new("den", Box::new(den), when, Budget::unlimited())
}

/// How many neurons there are after three askings and twenty updates, and the largest weight of the first hidden neuron.
fn after(group_lasso: Option<GroupLasso>) -> (usize, f32) {
    let learning = Learning { group_lasso, ..learning(0.05, None) };
    let mut session = on_cpu(learning, vec![every(20)]);
    for _ in 0..79 {
        session.step(&data(Continuity::Fresh)).unwrap();
    }
    let row = session.network().row(NeuronId::new(2)).unwrap();
    let weights = session.executor().export(session.network()).weights;
    let heard = session.network().incoming(Row::new(row.get()));
    (session.network().neuron_count(), heard.map(|at| weights[at].abs()).fold(0.0, f32::max))
}

#[test]
fn newborns_that_are_not_needed_shrink_to_nothing_and_go() {
    // Two born at each of three askings; each shrinks by a fifth at every update, and is looked at twenty later.
    let (all, seed) = after(None);
    assert_eq!(all, 6 + 3 * 2);
    let (left, spared) = after(Some(GroupLasso { by: 4.0, newborns: Some(19) }));
    assert_eq!(left, 6 + 2, "only the last are not yet looked at");
    assert!(spared > 0.1, "who was there from the beginning learns as before: {spared} beside {seed}");
    // A life too short to come to nothing in.
    assert_eq!(after(Some(GroupLasso { by: 4.0, newborns: Some(2) })).0, 6 + 3 * 2);
    // Everybody, without an end.
    assert_eq!(after(Some(GroupLasso { by: 9.0, newborns: None })).1, 0.0);
}
