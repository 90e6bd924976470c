//! How far a run is, on standard error: one line that renews itself on a terminal, else plain lines.

use super::output::note;
use crate::run::Watcher;
use livenet_core::Network;
use livenet_train::session::Event;
use std::{
    collections::BTreeSet,
    io::{IsTerminal as _, Write as _},
    time::{Duration, Instant},
};

/// Where progress goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Display {
    /// Nowhere.
    Quiet,
    /// To a terminal that can renew a line.
    Terminal,
    /// To a file or pipe.
    Plain,
}

impl Display {
    /// What standard error is.
    pub(super) fn detect() -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if std::io::stderr().is_terminal() && !dumb { Self::Terminal } else { Self::Plain }
    }
}

/// Lines about the structure that one run may print.
const MOST_LINES: usize = 24;
/// Plain lines of progress in a run, one about every tenth.
const PLAIN_LINES: u64 = 10;
/// The terminal's line is renewed no more often.
const RENEW: Duration = Duration::from_millis(100);

/// Watches one run.
pub(super) struct Progress {
    display: Display,
    /// Which run, before each plain line.
    name: String,
    begun: Instant,
    shown: Option<Instant>,
    /// First step of this sitting, for the rate.
    first: Option<u64>,
    step: u64,
    of: u64,
    tenths: u64,
    loss: Option<f64>,
    accuracy: Option<f64>,
    neurons: u64,
    connections: u64,
    /// Who has changed the structure so far.
    strategies: BTreeSet<String>,
    lines: usize,
    /// Whether the terminal's line stands there.
    standing: bool,
}

impl Progress {
    pub(super) fn new(display: Display, name: String) -> Self {
        Self {
            display,
            name,
            begun: Instant::now(),
            shown: None,
            first: None,
            step: 0,
            of: 0,
            tenths: 0,
            loss: None,
            accuracy: None,
            neurons: 0,
            connections: 0,
            strategies: BTreeSet::new(),
            lines: 0,
            standing: false,
        }
    }

    /// Tells the size that the run begins or goes on with, and starts the clock.
    pub(super) fn begin(&mut self, network: &Network) {
        (self.neurons, self.connections) = (network.neuron_count() as u64, network.active_count() as u64);
        self.begun = Instant::now();
    }

    /// Removes the terminal's line.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.standing) {
            let mut stderr = std::io::stderr().lock();
            let _nobody_listens = write!(stderr, "\r\x1b[2K");
            let _nobody_listens = stderr.flush();
        }
    }

    fn line(&mut self, text: &str) {
        self.clear();
        note(format_args!("{}: {text}", self.name));
    }

    fn text(&self) -> String {
        use std::fmt::Write as _;
        let mut text = format!("step {}/{}", self.step, self.of);
        // Writing to a string cannot fail.
        let _ = self.loss.map(|loss| write!(text, "  loss {loss:.4}"));
        let _ = self.accuracy.map(|share| write!(text, "  accuracy {:.1} %", 100.0 * share));
        let _ = write!(text, "  neurons {}  connections {}", self.neurons, self.connections);
        let done = self.step.saturating_sub(self.first.unwrap_or(0)) as f64;
        let seconds = self.begun.elapsed().as_secs_f64();
        if done > 0.0 && seconds > 0.0 {
            let rate = done / seconds;
            let left = self.of.saturating_sub(self.step) as f64 / rate;
            let _ = write!(text, "  {rate:.0} steps/s  {} left", duration(left));
        }
        text
    }

    fn renew(&mut self) {
        if self.shown.is_some_and(|at| at.elapsed() < RENEW) {
            return;
        }
        self.shown = Some(Instant::now());
        self.standing = true;
        let mut stderr = std::io::stderr().lock();
        // Without wrapping: only a line that stands in one row can be renewed.
        let _nobody_listens = write!(stderr, "\r\x1b[2K\x1b[?7l{}: {}\x1b[?7h", self.name, self.text());
        let _nobody_listens = stderr.flush();
    }

    /// A structural event that is worth a line: the first of each strategy, and whenever neurons come or go.
    fn structure(&mut self, event: &Event) {
        let Event::Committed { step, strategy, census, neurons, connections, change, .. } = event else { return };
        let first = self.strategies.insert(strategy.clone());
        let lives = census.born + census.died + census.renewed > 0;
        if !(first || lives) || self.lines > MOST_LINES {
            return;
        }
        self.lines += 1;
        if self.lines > MOST_LINES {
            self.line("further changes of structure are in events.jsonl and in the plots");
            return;
        }
        let counts = [
            (census.divided, "divided"),
            (census.born - census.divided.min(census.born), "born"),
            (census.renewed, "renewed"),
            (census.died, "died"),
            (census.connected, "connected"),
            (census.disconnected, "disconnected"),
        ];
        let counts: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")).collect();
        let change = change.map(|change| format!("; outputs changed by {change:.1e}")).unwrap_or_default();
        self.line(&format!(
            "step {step}  {strategy}: {} (now {neurons} neurons, {connections} connections{change})",
            counts.join(", ")
        ));
    }
}

impl Watcher for Progress {
    fn event(&mut self, event: &Event) {
        match event {
            Event::Trained { loss, accuracy, neurons, connections, .. } => {
                (self.neurons, self.connections) = (*neurons, *connections);
                // The validation part says more, once it has been looked at.
                if self.accuracy.is_none() {
                    (self.loss, self.accuracy) = (Some(*loss), *accuracy);
                }
            }
            Event::Evaluated { loss, accuracy, .. } => (self.loss, self.accuracy) = (Some(*loss), *accuracy),
            Event::Started { neurons, connections, .. } | Event::Committed { neurons, connections, .. } => {
                (self.neurons, self.connections) = (*neurons, *connections);
            }
            Event::Unchanged { .. }
            | Event::Aborted { .. }
            | Event::Tried { .. }
            | Event::Foretold { .. }
            | Event::Energy { .. }
            | Event::Accounts { .. } => {}
        }
        if self.display != Display::Quiet {
            self.structure(event);
        }
    }

    fn step(&mut self, step: u64, of: u64) {
        if self.first.is_none() {
            self.first = Some(step.saturating_sub(1));
            self.tenths = PLAIN_LINES * step.saturating_sub(1) / of.max(1);
        }
        (self.step, self.of) = (step, of);
        match self.display {
            Display::Quiet => {}
            Display::Terminal => self.renew(),
            Display::Plain => {
                let tenths = PLAIN_LINES * step / of.max(1);
                if tenths > self.tenths {
                    self.tenths = tenths;
                    self.line(&self.text());
                }
            }
        }
    }

    fn warn(&mut self, text: &str) {
        self.line(&format!("warning: {text}"));
    }
}

pub(super) fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole / 60 % 60),
    }
}
