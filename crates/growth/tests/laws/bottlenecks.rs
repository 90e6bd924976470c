//! Newborns by singular values: against dense computations by hand, and the loss that they foretell.

use crate::bench::{layers, recurrent};
use crate::lesson::{LANES, Lesson, axon, length, tangled, with_unit};
use livenet_core::{Activation, Draft, Executor as _, Row, Unit};
use livenet_growth::algebra::Matrix;
use livenet_growth::widen::{
    Amplitude, Bias, Evidence, GradMax, Metric, Residual, Rules, Silent, Tiny, Values, svd_growth,
};
use livenet_growth::{Budget, Registry, Settings, Value, Verdict, View};

/// A fixed size, small enough to be of first order.
fn tiny(rules: Rules, gamma: f64) -> Tiny {
    Tiny { rules: Rules { count: 2, ..rules }, amplitude: Amplitude::Fixed(gamma), group: String::new(), samples: 0 }
}

#[test]
fn the_loss_falls_as_tiny_foretells() {
    let graphs = [(layers(&[3, 5, 4, 2]), 1), (recurrent([2, 5, 2], 2), 6), (tangled(), 6)];
    for (number, (network, cycles)) in graphs.into_iter().enumerate() {
        for unit in [Unit::rate(Activation::Tanh), Unit::rate(Activation::Relu), Unit::leaky(Activation::Gelu)] {
            for rules in [Tiny::RULES, Tiny::FISHER] {
                let mut lesson = Lesson::new(with_unit(&network, unit), 0.7, cycles, 20 + number as u64);
                let before = lesson.loss();
                let (proposals, later) = lesson.grow(&mut tiny(rules, 1e-4));
                let foretold: f64 = proposals.iter().map(|proposal| f64::from(proposal.reason.foretold.unwrap())).sum();
                let change = lesson.loss() - before;
                assert!(later.is_empty() && foretold.abs() > 1e-7);
                assert!((change - foretold).abs() < 0.05 * foretold.abs(), "{number} {unit:?}: {change} {foretold}");
            }
        }
    }
}

#[test]
fn without_the_projection_the_foretold_fall_is_the_sum_of_squared_singular_values() {
    for (network, cycles) in [(layers(&[3, 5, 4, 2]), 1), (tangled(), 6)] {
        for (unit, slope) in [(Activation::Tanh, 1.0), (Activation::Gelu, 0.5)] {
            let mut lesson = Lesson::new(with_unit(&network, Unit::rate(unit)), 0.7, cycles, 8);
            let rules = Rules { residual: Residual::Unasked, ..Tiny::RULES };
            let (proposals, _) = lesson.grow(&mut tiny(rules, 1e-8));
            for proposal in proposals {
                let value = f64::from(proposal.reason.scores[0]);
                let ratio = f64::from(proposal.reason.foretold.unwrap()) / (-1e-8 * value * value * slope);
                assert!((ratio - 1.0).abs() < 0.01, "{unit:?}: {ratio}");
            }
        }
    }
}

#[test]
fn what_existing_connections_can_do_is_left_to_them() {
    for (network, cycles, groups) in [(layers(&[3, 5, 2]), 1, 1..2), (tangled(), 7, 1..3)] {
        for group in groups {
            let mut lesson = Lesson::new(network.clone(), 0.8, cycles, 4);
            let (site, evidence) = lesson.evidence(&GradMax::default(), group);
            let network = &lesson.network;
            let known = evidence.samples() / LANES;
            let mut taken = 0.0f64;
            for (column, &post) in site.listeners.iter().enumerate() {
                let late = network.schedule().lag(site.spec.group, network.spec(post).group, 0) as usize;
                let left = |ago: usize, lane: usize| evidence.residual.at((known - 1 - ago) * LANES + lane, column);
                let sum = |heard: &dyn Fn(usize, usize) -> f64| -> f64 {
                    (late..known)
                        .flat_map(|ago| (0..LANES).map(move |lane| left(ago, lane) * heard(ago - late, lane)))
                        .sum()
                };
                // The residual is orthogonal to all that the listener hears when it hears it, and to a constant.
                assert!(sum(&|_, _| 1.0).abs() < 1e-4);
                for at in network.incoming(post) {
                    let (pre, lag) = (Row::new(network.pres()[at]), network.lag(post, Row::new(at as u32)) as usize);
                    let said = |ago: usize, lane: usize| {
                        lesson.naive.recall(network, ago + lag, pre).map_or(0.0, |said| f64::from(said[lane]))
                    };
                    assert!(sum(&said).abs() < 1e-3, "{group} {column} {at}: {}", sum(&said));
                }
                for row in 0..evidence.samples() {
                    taken = taken.max((evidence.residual.at(row, column) - evidence.wanted.at(row, column)).abs());
                }
            }
            assert!(taken > 0.1);
        }
    }
}

/// Gaussian elimination: X of A X = B.
fn solved(a: &Matrix, b: &Matrix) -> Matrix {
    let (n, m) = (a.rows(), b.columns());
    let mut rows: Vec<Vec<f64>> = (0..n).map(|row| [a.row(row), b.row(row)].concat()).collect();
    for at in 0..n {
        let pivot = (at..n).max_by(|&i, &j| rows[i][at].abs().total_cmp(&rows[j][at].abs())).unwrap();
        rows.swap(at, pivot);
        for row in (0..n).filter(|&row| row != at) {
            let by = rows[row][at] / rows[at][at];
            let pivot = rows[at].clone();
            rows[row].iter_mut().zip(pivot).for_each(|(value, pivot)| *value -= by * pivot);
        }
    }
    Matrix::from_fn(n, m, |row, column| rows[row][n + column] / rows[row][row])
}

/// Σ incoming outgoingᵀ of all directions, the bias among what is incoming.
fn together(evidence: &Evidence, rules: Rules) -> Matrix {
    let mut sum = Matrix::zeros(evidence.heard.columns(), evidence.wanted.columns());
    for found in svd_growth(evidence, &Rules { count: 99, least: 0.0, flat: 1e-12, ..rules }) {
        let incoming = found.newborn.incoming.iter().chain([&found.newborn.bias]);
        for (row, incoming) in incoming.enumerate() {
            for (sum, outgoing) in sum.row_mut(row).iter_mut().zip(&found.newborn.outgoing) {
                *sum += incoming * outgoing;
            }
        }
    }
    sum
}

fn close(a: &Matrix, b: &Matrix) -> bool {
    let wrong = a.clone().minus(b);
    (0..wrong.rows()).all(|row| wrong.row(row).iter().all(|value| value.abs() < 1e-8))
}

#[test]
fn all_directions_together_are_the_least_squares_of_a_bypass_and_flags_reduce_to_each_other() {
    let mut lesson = Lesson::new(layers(&[3, 5, 4, 2]), 1.0, 1, 6);
    let (_, evidence) = lesson.evidence(&GradMax::default(), 1);
    let mean = |a: &Matrix, b: &Matrix| a.outer(b).scaled(1.0 / LANES as f64);
    let (s, f) = (mean(&evidence.heard, &evidence.heard), mean(&evidence.wanted, &evidence.wanted));
    let n = mean(&evidence.heard, &evidence.residual);
    let tiny = solved(&s, &n);
    assert!(close(&together(&evidence, Tiny::RULES), &tiny));
    // F has an inverse here: four listeners, two outputs, but each listener is silent for other samples.
    assert!(close(&together(&evidence, Tiny::FISHER), &solved(&f, &tiny.transposed()).transposed()));
    let plain = Rules { input: Metric::Plain, ..Tiny::RULES };
    assert!(close(&together(&evidence, plain), &n));

    let top = |evidence: &Evidence, rules: Rules| svd_growth(evidence, &rules).swap_remove(0);
    // GradMax: no metric, no projection, no incoming weights, values discarded.
    let gradmax = Rules {
        input: Metric::Plain,
        residual: Residual::Unasked,
        silent: Silent::Incoming,
        values: Values::Discarded,
        bias: Bias::Zero,
        ..Tiny::RULES
    };
    let found = top(&evidence, gradmax);
    assert!(found.newborn.incoming.iter().all(|&weight| weight == 0.0) && found.newborn.bias == 0.0);
    assert!((length(&found.newborn.outgoing) - 1.0).abs() < 1e-12);
    // With values used it points the same way, and is as long as their root; so does its incoming side.
    let used = top(&evidence, Rules { silent: Silent::Nobody, values: Values::Used, ..gradmax });
    for (a, b) in found.newborn.outgoing.iter().zip(&used.newborn.outgoing) {
        assert!((a * used.value.sqrt() - b).abs() < 1e-10);
    }
    assert!((length(&used.newborn.incoming) - used.value.sqrt()).abs() < 1e-10);
    let silent = top(&evidence, Rules { silent: Silent::Outgoing, ..Tiny::RULES });
    assert!(silent.newborn.outgoing.iter().all(|&weight| weight == 0.0) && length(&silent.newborn.incoming) > 0.0);
    assert_eq!(silent.newborn.incoming, top(&evidence, Tiny::RULES).newborn.incoming);
    // Where inputs are white, their covariance makes no difference.
    let root = livenet_growth::algebra::Eigen::of(&s).inverse_root(1e-12);
    let white = Evidence { heard: evidence.heard.times(&root), ..evidence };
    let (one, two) = (top(&white, Tiny::RULES), top(&white, plain));
    assert!((one.value - two.value).abs() < 1e-9);
    for (a, b) in one.newborn.outgoing.iter().zip(&two.newborn.outgoing) {
        assert!((a - b).abs() < 1e-8);
    }
}

#[test]
fn a_search_tries_sizes_on_clones() {
    let mut lesson = Lesson::new(layers(&[3, 5, 2]), 1.0, 1, 4);
    let settings = Settings::none().with("steps", Value::Integer(2)).with("count", Value::Integer(2));
    let mut tiny = Registry::standard().find("tiny").unwrap().strategy(settings).unwrap();
    let signals = lesson.signals(&*tiny);
    let mut draft = Draft::new(&lesson.network, 9);
    let view = View {
        network: &lesson.network,
        signals: &signals,
        step: 9,
        end: None,
        budget: Budget::unlimited(),
        ledger: None,
        key: lesson.key,
    };
    let Verdict::Trial { drafts, steps: 2 } = tiny.propose(&view, &mut draft) else { panic!() };
    assert!(draft.is_empty());
    let products: Vec<f64> = drafts
        .iter()
        .map(|draft| {
            let (_, dendrites, axon) = axon(&draft.proposals()[0].what);
            length(&dendrites) * length(&axon)
        })
        .collect();
    assert_eq!(drafts.len(), 3);
    assert!((products[1] / products[2] - 0.5).abs() < 1e-5 && (products[0] / products[2] - 0.1).abs() < 1e-5);
}
