//! What comes in follows what was said of the world.

use crate::bench::layers;
use crate::energy::economy;
use livenet_core::{Network, Signals};
use livenet_growth::{Economy, Ledger, Settings, Supply, Value};

fn ledger(source: Supply) -> Ledger {
    Ledger::new(Economy { source, ..economy(40.0, 0.2) })
}

/// The supply after this was sensed.
fn at(ledger: &mut Ledger, step: u64, loss: f64, accuracy: Option<f64>) -> f64 {
    ledger.sense(step, loss, accuracy);
    ledger.supply()
}

#[test]
fn a_fixed_supply_is_fixed() {
    let mut ledger = ledger(Supply::Fixed);
    assert_eq!(at(&mut ledger, 5, 9.0, Some(0.1)), 40.0);
    ledger.resupply(20.0);
    assert_eq!(at(&mut ledger, 6, 9.0, Some(0.1)), 20.0);
}

#[test]
fn drought_and_plenty_come_by_the_list() {
    let mut ledger = ledger(Supply::Scheduled(vec![(100, 10.0), (200, 70.0)]));
    let supplies = [0, 99, 100, 199, 200, 9999].map(|step| at(&mut ledger, step, f64::NAN, None));
    assert_eq!(supplies, [40.0, 40.0, 10.0, 10.0, 70.0, 70.0]);
    assert_eq!(at(&mut ledger, 150, 0.0, None), 10.0, "a step back is a step back");
}

#[test]
fn what_does_well_earns_more() {
    let mut ledger = ledger(Supply::Earned { kappa: 0.5 });
    assert_eq!(ledger.supply(), 40.0, "nothing was earned yet");
    assert_eq!(at(&mut ledger, 1, 3.0, Some(0.8)), 40.0 * 1.4);
    assert_eq!(at(&mut ledger, 2, 3.0, Some(7.0)), 40.0 * 1.5, "a reward is at most 1");
    assert_eq!(at(&mut ledger, 3, 3.0, None), 40.0 * (1.0 + 0.5 * 0.25));
    assert_eq!(at(&mut ledger, 4, 0.0, None), 60.0);
    assert_eq!(at(&mut ledger, 5, f64::INFINITY, None), 40.0);
    assert_eq!(at(&mut ledger, 6, f64::NAN, Some(f64::NAN)), 40.0);
}

#[test]
fn surprise_is_fed_until_it_is_known() {
    let mut ledger = ledger(Supply::Surprised { kappa: 2.0, memory: 100.0 });
    for step in 1..=300 {
        assert!((at(&mut ledger, step, 1.0, None) - 40.0).abs() < 1e-9, "what is always the same surprises nobody");
    }
    // By hand: means that forget with 100 and 10 steps, corrected for their start.
    let keep = |steps: f64, memory: f64| (-steps / memory).exp();
    let mean = |memory: f64, steps: f64| {
        let past = 1.0 - keep(300.0, memory);
        let kept = keep(steps, memory);
        (kept * past + (1.0 - kept) * 1.5) / (kept * past + 1.0 - kept)
    };
    let mut most = 0.0f64;
    for step in 301..=310 {
        let supply = at(&mut ledger, step, 1.5, None);
        let (fast, slow) = (mean(10.0, (step - 300) as f64), mean(100.0, (step - 300) as f64));
        let by_hand = 40.0 * (1.0 + 2.0 * (fast / slow - 1.0));
        assert!((supply - by_hand).abs() < 1e-9, "{supply}, and {by_hand} by hand");
        most = most.max(supply);
    }
    assert!(most > 50.0, "{most}");
    for step in 311..=1500 {
        at(&mut ledger, step, 1.5, None);
    }
    assert!((ledger.supply() - 40.0).abs() < 1e-3, "what is known feeds nobody: {}", ledger.supply());
    // A jump without bound brings no more than kappa.
    assert_eq!(at(&mut ledger, 1501, 1e30, None), 120.0);
    assert_eq!(at(&mut ledger, 1501, 5.0, None), 120.0, "no time went by");
    at(&mut ledger, 1502, f64::NAN, None);
    assert_eq!(ledger.supply(), 120.0);
    // What goes better than it did is no drought.
    for step in 1503..9000 {
        assert!(at(&mut ledger, step, 0.0, None) >= 40.0);
    }
}

#[test]
fn senses_are_saved() {
    let mut one = ledger(Supply::Surprised { kappa: 2.0, memory: 50.0 });
    for step in 0..20 {
        one.sense(step, step as f64, None);
    }
    let mut two = ledger(Supply::Surprised { kappa: 2.0, memory: 50.0 });
    two.load(postcard::from_bytes(&postcard::to_stdvec(&one.save()).unwrap()).unwrap());
    for step in 20..30 {
        assert_eq!(at(&mut one, step, step as f64, None), at(&mut two, step, step as f64, None));
    }
}

#[test]
fn a_drought_empties_stores_and_plenty_fills_them() {
    let network: Network = layers(&[1, 8, 1]);
    let mut ledger = ledger(Supply::Scheduled(vec![(10, 1.0), (500, 40.0)]));
    let mut store = |step| {
        ledger.sense(step, 0.0, None);
        ledger.advance(&network, &Signals::default(), 10);
        ledger.store()
    };
    let (before, drought, plenty) = (store(0), (1..50).map(|at| store(10 * at)).last().unwrap(), store(500));
    assert!(drought < before && plenty > drought, "{before}, {drought}, {plenty}");
}

#[test]
fn kinds_of_supply_are_settings() {
    let text = |word: &str| Value::Text(word.to_owned());
    let pair = |step: i64, supply: Value| Value::List(vec![Value::Integer(step), supply]);
    let built = |settings: Settings| {
        let mut settings = settings;
        let ledger = Ledger::build(&mut settings).map_err(|error| error.to_string())?;
        settings.finish().map_err(|error| error.to_string())?;
        Ok::<_, String>(ledger.economy().source.clone())
    };
    assert_eq!(built(Settings::none()), Ok(Supply::Fixed));
    let earned = Settings::none().with("supply_kind", text("earned")).with("kappa", Value::Real(0.5));
    assert_eq!(built(earned), Ok(Supply::Earned { kappa: 0.5 }));
    let surprised = Settings::none().with("supply_kind", text("surprised")).with("memory", Value::Integer(20));
    assert_eq!(built(surprised), Ok(Supply::Surprised { kappa: 1.0, memory: 20.0 }));
    let scheduled = |list| Settings::none().with("supply_kind", text("scheduled")).with("schedule", Value::List(list));
    let list = vec![pair(0, Value::Integer(30)), pair(9000, Value::Real(60.5))];
    assert_eq!(built(scheduled(list)), Ok(Supply::Scheduled(vec![(0, 30.0), (9000, 60.5)])));
    for wrong in [
        vec![],
        vec![Value::Integer(3)],
        vec![pair(-1, Value::Integer(3))],
        vec![pair(5, Value::Integer(3)), pair(5, Value::Integer(4))],
        vec![pair(5, Value::Real(f64::NAN))],
        vec![pair(5, text("much"))],
    ] {
        let error = built(scheduled(wrong)).unwrap_err();
        assert!(error.contains("`schedule`") && error.contains("expected a list of [step, supply]"), "{error}");
    }
    assert!(built(Settings::none().with("kappa", Value::Real(0.5))).unwrap_err().contains("kappa"));
}
