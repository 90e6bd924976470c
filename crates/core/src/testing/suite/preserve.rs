//! Moves that preserve the function: division, newborns that say nothing, connections of weight 0.
//!
//! Two copies of an executor in the same state run one cycle, one before and one after the commit. Every
//! neuron may differ by 8 ε Σ |w x| of what it hears (its bias counts as heard), plus what differs in what it
//! hears within the cycle, plus a few roundings of its own activation.

use super::{Disagreement, Make, Options, chance::Dice, graph};
use crate::{
    Birth, Draft, Executor as _, ExecutorSettings, Move, Network, NeuronId, Neurons, Origin, Role, Row, Synapse,
    Window, testing::Naive,
};

const LANES: usize = 5;

/// Checks the exactness of function-preserving moves in f32, from identical state.
///
/// # Errors
/// The first neuron that differs by more than its bound.
pub fn preserves(make: Make<'_>) -> Result<(), Disagreement> {
    (0..40).try_for_each(|case| one(make, case))
}

fn one(make: Make<'_>, case: u32) -> Result<(), Disagreement> {
    let options = Options { norms: false, ..Options::default() };
    let mut dice = Dice::new(case);
    let mut network = graph::empty(&mut dice, &options);
    let mut subject = make(&network, ExecutorSettings::default());
    let mut draft = Draft::new(&network, 0);
    graph::populate(&mut dice, &options, &mut draft);
    let finished = draft.finish();
    let commit = network.commit(finished).map_err(|error| refused(case, &error))?;
    subject.follow(&network, &commit);
    for round in 0..3 {
        let warm = dice.normals(4 * LANES * network.inputs().len(), 0.7);
        let failed = |error: crate::ExecError| Disagreement {
            case,
            place: format!("round {round}"),
            what: error.to_string(),
            network: graph::describe(&network),
        };
        subject.forward(&network, Window { cycles: 4, lanes: LANES, values: &warm }, None).map_err(failed)?;
        let (before, mut old) = (network.clone(), subject.boxed_clone());
        let mut draft = Draft::new(&network, 0);
        let daughters = propose(&mut dice, &mut draft);
        let finished = draft.finish();
        let commit = network.commit(finished).map_err(|error| refused(case, &error))?;
        subject.follow(&network, &commit);

        let values = dice.normals(LANES * network.inputs().len(), 0.7);
        let window = Window { cycles: 1, lanes: LANES, values: &values };
        let mut naive = Naive::new(&before, ExecutorSettings::default());
        let failed = |error: crate::ExecError| Disagreement {
            case,
            place: format!("round {round}"),
            what: error.to_string(),
            network: graph::describe(&network),
        };
        naive.import(&before, &old.export(&before)).map_err(failed)?;
        naive.forward(&before, window, None).map_err(failed)?;
        old.forward(&before, window, None).map_err(failed)?;
        subject.forward(&network, window, None).map_err(failed)?;
        let bounds = naive.rounding_bounds(&before);
        let same = before.neuron_rows().map(|row| (row, before.id(row)));
        let born = daughters.iter().filter_map(|&(mother, daughter)| Some((before.row(mother)?, daughter)));
        for (row, name) in same.chain(born) {
            let now = network.row(name).expect("nobody dies here");
            let (then, now) = (old.recall(&before, 0, row), subject.recall(&network, 0, now));
            check(case, round, &network, (then, now), (name, &bounds[row.index()]))?;
        }
    }
    Ok(())
}

fn refused(case: u32, error: &crate::EditError) -> Disagreement {
    Disagreement { case, place: "a commit".into(), what: error.to_string(), network: String::new() }
}

fn check(
    case: u32,
    round: usize,
    network: &Network,
    (then, now): (Option<Vec<f32>>, Option<Vec<f32>>),
    (name, bounds): (NeuronId, &[f64]),
) -> Result<(), Disagreement> {
    let (Some(then), Some(now)) = (then, now) else {
        let what = format!("the last output of {name} is not remembered");
        return Err(Disagreement { case, place: format!("round {round}"), what, network: graph::describe(network) });
    };
    for ((then, now), bound) in then.iter().zip(&now).zip(bounds) {
        let moved = (f64::from(*then) - f64::from(*now)).abs();
        if moved > *bound {
            let what =
                format!("the output of {name} moved from {then} to {now}, by {moved:.2e}; {bound:.2e} are allowed");
            return Err(Disagreement {
                case,
                place: format!("round {round}"),
                what,
                network: graph::describe(network),
            });
        }
    }
    Ok(())
}

/// Some moves that change nothing. Returns the daughters with their mothers.
fn propose(dice: &mut Dice, draft: &mut Draft<'_>) -> Vec<(NeuronId, NeuronId)> {
    let network = draft.network();
    let id = |dice: &mut Dice| network.id(Row::new(dice.within(0..=network.neuron_count() - 1) as u32));
    let mut daughters = Vec::new();
    for _ in 0..dice.within(1..=5) {
        let (a, b) = (id(dice), id(dice));
        let row: Row<Neurons> = network.row(a).expect("nobody dies here");
        let spec = network.spec(row).clone();
        match dice.within(0..=3) {
            0 | 1 => {
                let daughter = draft.name();
                if draft.propose(Move::Divide { mother: a, daughter, share: dice.uniform(0.1, 0.9) }).is_ok() {
                    daughters.push((a, daughter));
                }
            }
            2 => {
                // Out of reach, or there already: then not.
                let at = Synapse::new(a, b);
                let refused =
                    draft.propose(Move::Connect { at, birth: Birth::Value(0.0), delay: dice.within(0..=3) as u16 });
                drop(refused);
            }
            _ if network.role(row) == Role::Hidden => {
                let neuron = draft.name();
                draft
                    .propose(Move::Add { neuron, spec, origin: Origin::Fresh })
                    .expect("a new name in a group that is there");
            }
            _ => {}
        }
    }
    daughters
}
