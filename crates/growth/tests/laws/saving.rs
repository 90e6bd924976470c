//! A saved state goes on as the first.

use crate::bench::{Bench, layers};
use crate::conformance::{benches, build};
use livenet_core::{Commit, Draft, Follower, Move, Network, Reason, Row, Signal};
use livenet_growth::{BadState, Budget, Strategy, Verdict, View, Wiring, registry};
use proptest::prelude::*;

/// Counts its askings, and what it proposes is the count. `SAVES` says whether it saves it.
#[derive(Clone, Copy, Debug, Default)]
struct Counter<const SAVES: bool> {
    askings: u32,
}

impl<const SAVES: bool> Follower for Counter<SAVES> {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl<const SAVES: bool> Strategy for Counter<SAVES> {
    fn needs(&self) -> Vec<Signal> {
        Vec::new()
    }
    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        self.askings += 1;
        let neuron = view.network.id(Row::new(view.network.outputs().start));
        let what = Move::Rebias { neuron, plus: self.askings as f32 };
        draft.propose_because(what, 0.0, Reason::scored("askings", self.askings as f32)).unwrap();
        Verdict::Proposed
    }
    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }
    fn save(&self) -> Vec<u8> {
        if SAVES { self.askings.to_le_bytes().to_vec() } else { Vec::new() }
    }
    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        let found = BadState { found: state.len() };
        if !SAVES {
            return if state.is_empty() { Ok(()) } else { Err(found) };
        }
        self.askings = u32::from_le_bytes(state.try_into().map_err(|_| found)?);
        Ok(())
    }
}

/// Whether a strategy that is saved after three askings, and read by another one, goes on as the first.
fn goes_on(make: &dyn Fn() -> Box<dyn Strategy>, bench: &mut Bench) -> bool {
    let mut strategy = make();
    for _ in 0..3 {
        bench.train(3);
        bench.ask(&mut *strategy, Budget::unlimited());
    }
    let mut resumed = make();
    resumed.load(&strategy.save()).unwrap();
    bench.train(3);
    (0..2).all(|_| {
        let [one, two] = [&mut strategy, &mut resumed].map(|each| bench.propose(&mut **each, Budget::unlimited()));
        one.proposals == two.proposals && one.later == two.later
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_saved_state_goes_on_as_the_first(mut bench in benches()) {
        for entry in registry::ALL {
            prop_assert!(goes_on(&|| build(entry), &mut bench.clone()), "{}", entry.name);
            prop_assert!(build(entry).load(b"another's").is_err(), "{}", entry.name);
        }
        let remembers = || -> Box<dyn Strategy> { Box::new(Counter::<true>::default()) };
        prop_assert!(goes_on(&remembers, &mut bench));
        prop_assert!(remembers().load(b"another's").is_err());
    }
}

#[test]
fn a_state_that_is_not_saved_is_noticed() {
    let mut bench = Bench::new(layers(&[2, 3, 1]), Wiring::Dense, 1);
    assert!(goes_on(&|| Box::new(Counter::<true>::default()), &mut bench));
    assert!(!goes_on(&|| Box::new(Counter::<false>::default()), &mut bench));
}
