//! What every method of growth must keep, built-in or your own: [`hold`] it to all of it from a test.
//!
//! The laws run on small random networks, layered and recurrent, empty and full, with accounts and without, on a device that
//! answers with pseudo-signals ([`Bench`]); what a method promises about the function is measured on the executor that defines
//! the arithmetic ([`Living`]).
//!
//! ```
//! use livenet_growth::{Settings, laws, registry::Registry};
//!
//! let registry = Registry::standard();
//! laws::hold(registry.find("mitosis")?, &Settings::none())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bench;
mod living;
mod promise;

pub use bench::{Asked, Bench, group, layers, recurrent};
pub use living::Living;
pub use promise::promise;

use crate::{Budget, Entry, Ledger, Limit, Setting, SettingError, Settings, Strategy, Value, Verdict, View, Wiring};
use livenet_core::{Draft, Role, Signals, StreamKey};

/// A law that a method broke.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{method}` breaks the law that {law}: {what}")]
pub struct Broken {
    /// The method.
    pub method: &'static str,
    /// The law.
    pub law: &'static str,
    /// What was seen.
    pub what: String,
}

/// A method with the settings under which it is held to the laws.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The method.
    pub entry: &'a Entry,
    /// Its settings.
    pub settings: &'a Settings,
}

impl Subject<'_> {
    /// The method, made anew.
    ///
    /// # Errors
    /// [`SettingError`].
    pub fn make(&self) -> Result<Box<dyn Strategy>, SettingError> {
        self.entry.strategy(self.settings.clone())
    }
}

/// A law over networks: its words, and what looks for a breach on one of them.
#[derive(Clone, Copy)]
pub struct Law {
    /// "... that": what holds.
    pub that: &'static str,
    /// Says what it saw where it does not hold.
    pub check: fn(&mut dyn Strategy, &mut Bench) -> Result<(), String>,
}

/// The laws over networks.
pub const ALL: &[Law] = &[
    Law { that: "every proposal is legal, has a reason, and leaves inputs and outputs alone", check: legal },
    Law { that: "the same view gives the same moves", check: repeats },
    Law { that: "a budget is kept", check: budgeted },
    Law { that: "signals that nobody computed are no reason to fall over", check: without_signals },
    Law { that: "only what it names is computed for it", check: named },
    Law { that: "a saved state goes on as the first", check: resumes },
];

/// How many networks each law is tried on.
const NETWORKS: u64 = 48;

/// Holds a method to every law, over networks that are the same each time.
///
/// # Errors
/// [`Broken`]: the first law that does not hold, and what was seen.
///
/// # Panics
/// When the network refuses what was drafted on it, which no strategy can bring about.
pub fn hold(entry: &Entry, settings: &Settings) -> Result<(), Broken> {
    let broken = |law, what| Broken { method: entry.name, law, what };
    let subject = Subject { entry, settings };
    documented(entry).map_err(|what| broken("every setting is documented, and no other is taken", what))?;
    for number in 0..NETWORKS {
        for law in ALL {
            let mut method = subject.make().map_err(|error| broken("it can be made", error.to_string()))?;
            let mut bench = bench(number);
            let shown = format!("{bench:?}");
            (law.check)(&mut *method, &mut bench).map_err(|what| broken(law.that, format!("{what} (on {shown})")))?;
        }
    }
    promise(&subject).map_err(|what| broken("it keeps what it promises about the function", what))
}

/// A small network named by a number.
fn bench(number: u64) -> Bench {
    let key = StreamKey::new(number, "laws");
    let mut stream = key.stream();
    let mut size = |least: u64, beyond: u64| (least + stream.below(beyond)) as u32;
    let sizes = [size(1, 4), size(0, 9), size(0, 5), size(1, 3)];
    let delay = size(0, 3) as u16;
    let wiring = match number % 5 {
        0 => Wiring::None,
        1 => Wiring::Dense,
        2 => Wiring::Uniform { density: key.uniform(0, 0) },
        3 => Wiring::Count { connections: key.draw(0, 1) % 60 },
        _ => Wiring::FanIn { connections: key.draw(0, 2) % 9 },
    };
    let [i, h, k, o] = sizes;
    let network = if number.is_multiple_of(2) { layers(&[i, h, k, o]) } else { recurrent([i, h, o], delay) };
    let mut bench = Bench::new(network, wiring, number);
    bench.ledger = number.is_multiple_of(3).then(accounts);
    bench
}

/// Accounts under which young neurons may act at once.
fn accounts() -> Ledger {
    let settings = Settings::none()
        .with("maturity", Value::Integer(5))
        .with("grace", Value::Integer(5))
        .with("generation", Value::Real(20.0))
        .with("supply", Value::Real(30.0));
    Ledger::build(&mut settings.clone()).expect("these are settings of a ledger")
}

fn documented(entry: &Entry) -> Result<(), String> {
    for &Setting { name, default, about } in entry.settings {
        if name.is_empty() || default.is_empty() || about.is_empty() {
            return Err(format!("`{name}` = `{default}` says `{about}`"));
        }
    }
    match entry.strategy(Settings::none().with("no such setting", Value::Integer(1))) {
        Err(_) => Ok(()),
        Ok(_) => Err("it takes `no such setting`".to_owned()),
    }
}

/// The names of inputs and outputs.
fn of_the_task(bench: &Bench) -> Vec<u64> {
    let network = &bench.network;
    network.neuron_rows().filter(|&row| network.role(row) != Role::Hidden).map(|row| network.id(row).number()).collect()
}

fn legal(method: &mut dyn Strategy, bench: &mut Bench) -> Result<(), String> {
    let mine = of_the_task(bench);
    for _ in 0..4 {
        bench.train(7);
        // `ask` commits, and panics where the network refuses.
        let asked = bench.ask(method, Budget::unlimited());
        let proposed = matches!(asked.verdict, Verdict::Proposed);
        if proposed == asked.proposals.is_empty() {
            return Err(format!("{:?} with {} moves", asked.verdict, asked.proposals.len()));
        }
        if let Some(mute) = asked.proposals.iter().find(|move_| move_.reason.rule.is_empty() || move_.priority.is_nan())
        {
            return Err(format!("{mute:?}"));
        }
        if of_the_task(bench) != mine {
            return Err("inputs or outputs are others than before".to_owned());
        }
    }
    Ok(())
}

fn repeats(method: &mut dyn Strategy, bench: &mut Bench) -> Result<(), String> {
    for _ in 0..2 {
        bench.train(3);
        let mut twin = method.boxed_clone();
        let one = bench.propose(&mut *method.boxed_clone(), Budget::unlimited());
        let two = bench.propose(&mut *twin, Budget::unlimited());
        if one.proposals != two.proposals || one.later != two.later {
            return Err(format!("{:?} and then {:?}", one.proposals, two.proposals));
        }
        bench.ask(method, Budget::unlimited());
    }
    Ok(())
}

fn budgeted(method: &mut dyn Strategy, bench: &mut Bench) -> Result<(), String> {
    for round in 0..3u64 {
        let counts = |bench: &Bench| (bench.network.neuron_count() as u64, bench.network.synapse_count() as u64);
        let more = (bench.key.draw(round, 0) % 3, bench.key.draw(round, 1) % 9, 1 + bench.key.draw(round, 2) % 19);
        let caps = (counts(bench).0 + more.0, counts(bench).1 + more.1);
        let budget = Budget { neurons: Some(caps.0), connections: Some(caps.1), edits: Some(more.2), cooldown: 0 };
        bench.train(3);
        let asked = bench.ask(method, budget);
        let needless = |cut: &&crate::Cut| matches!(cut.limit, Limit::Edits { wanted, cap } if wanted <= cap);
        if let Some(cut) = asked.cuts.iter().find(needless) {
            return Err(format!("{cut} was cut needlessly"));
        }
        let (neurons, connections) = counts(bench);
        if neurons > caps.0 || connections > caps.1 {
            return Err(format!("{neurons} neurons and {connections} connections of {caps:?}"));
        }
    }
    Ok(())
}

fn without_signals(method: &mut dyn Strategy, bench: &mut Bench) -> Result<(), String> {
    let mut draft = Draft::new(&bench.network, 1);
    let (network, signals, budget) = (&bench.network, &Signals::default(), Budget::unlimited());
    let view = View { network, signals, step: 1, end: None, budget, ledger: None, key: bench.key };
    method.propose(&view, &mut draft);
    bench.network.accepts(&draft.finish()).map_err(|error| error.to_string())
}

fn named(method: &mut dyn Strategy, bench: &mut Bench) -> Result<(), String> {
    let needs = method.needs();
    bench.propose(method, Budget::unlimited());
    let calls = bench.device.calls();
    let all = calls.signals.ends_with(&needs) && calls.unobserved.is_empty();
    if all { Ok(()) } else { Err(format!("it names {needs:?}, and what was asked for is {:?}", calls.signals)) }
}

fn resumes(method: &mut dyn Strategy, bench: &mut Bench) -> Result<(), String> {
    let mut resumed = method.boxed_clone();
    for _ in 0..3 {
        bench.train(3);
        bench.ask(method, Budget::unlimited());
    }
    if resumed.load(b"another's").is_ok() {
        return Err("it takes the state of another".to_owned());
    }
    resumed.load(&method.save()).map_err(|error| error.to_string())?;
    bench.train(3);
    for _ in 0..2 {
        let (one, two) =
            (bench.propose(method, Budget::unlimited()), bench.propose(&mut *resumed, Budget::unlimited()));
        if one.proposals != two.proposals || one.later != two.later {
            return Err(format!("{:?}, and after it was loaded {:?}", one.proposals, two.proposals));
        }
    }
    Ok(())
}
