//! The rows: what is timed, and how.

use super::{
    BenchError, Inputs, Shape, Workload,
    asking::{Asking, Part},
    beside::{Beside, Guest, ratio},
    memory,
    roofline::{self, Sparse, Standing},
};
use livenet_train::Threads;
use serde::Serialize;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

/// A row in a word and a line.
#[derive(Clone, Copy, Debug)]
pub struct RowInfo {
    /// Its name.
    pub name: &'static str,
    /// What is done.
    pub work: &'static str,
}

const fn row(name: &'static str, work: &'static str) -> RowInfo {
    RowInfo { name, work }
}

/// All of them, in the order in which they run. A step is forward, loss, backward, gradient, optimizer.
pub const ROWS: [RowInfo; 31] = [
    row("A1", "a step of 784-1000-1000-10, 10 % of the connections, batch 64, Adam"),
    row("A2", "a step of the same with 2 %"),
    row("A3", "a step of the same, dense"),
    row("B1", "a step of 2048 recurrent neurons at 5 %, 64 in, 16 out, window 32, batch 32, Adam"),
    row("B2", "a step of 256 recurrent neurons at 20 %, 16 in, 8 out, window 64, batch 32, Adam"),
    row("C1", "a step on one sample of 784-100-100-100-10, dense, SGD, normal inputs"),
    row("C1m", "the same on the pixels of MNIST, four fifths of them zero, or on a stand-in where it is missing"),
    row("C2", "a step on one sample of 784-2000-2000-2000-10, dense, SGD, normal inputs"),
    row("C3", "one cycle of 1000 recurrent neurons with a fan-in of 50, no training"),
    row("D1", "a commit that rewires 1 % of 784-1000-1000-10 at 56 %, with all followers"),
    row("D1s", "a step of that network at batch 64, Adam"),
    row("D2", "the renewal of one neuron of 784-100-100-100-10"),
    row("D2b", "the renewal of one neuron of 784-2000-2000-2000-10"),
    row("F1", "the sparse forward kernel alone, 1000 listeners of 78 among 784, batch 64, one thread"),
    row("F2", "the sparse backward kernel alone, blame and gradient, the same"),
    row("H", "the gradient at absent pairs, the best 1 % of a reach of 1000 x 1000, batch 64"),
    row("E1", "a step of 100 000 recurrent neurons with a fan-in of 100, window 8, batch 16, Adam"),
    row("E2a", "a step of 1000 recurrent neurons with a fan-in of 100, window 8, batch 16, Adam"),
    row("E2b", "a step of 10 000 of them"),
    row("E2c", "a step of 100 000 of them"),
    row("S1", "a step of C1 with continual backprop, asked at every step"),
    row("S2", "a step of C1 with a method that never does anything, asked at every step"),
    row("S3", "a step of A1 with RigL whose time has not come"),
    row("R1", "a step of A1 at which RigL is asked, sweep, dense gradient, choice and commit"),
    row("R1a", "of that the signals: weights, gradients, the gradient at absent pairs"),
    row("R1b", "of that the choice of what goes and comes"),
    row("R1c", "of that the commit with the journal and all followers"),
    row("L1", "a step of A1 with an energy ledger, settled every 50 steps"),
    row("L2", "a step of A1 with an energy ledger, settled at every step"),
    row("L3", "a step of B2 with an energy ledger, settled every 50 steps"),
    row("L4", "a step of B2 with an energy ledger, settled at every step"),
];

/// What came out.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// The row.
    pub row: &'static str,
    /// The median, in milliseconds.
    pub ms_per_step: f64,
    /// The fastest.
    pub min_ms: f64,
    /// Threads that could be used.
    pub threads: usize,
    /// How often it was timed.
    pub samples: usize,
    /// Connections of the network.
    pub connections: usize,
    /// Nanoseconds per connection (and cycle and sample).
    pub ns_per_event: f64,
    /// What the inputs are, where they are pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<&'static str>,
    /// The most memory held by the process while the network came to be, learned, was rewired and learned again, per
    /// connection, where a row is about it. What rows before it left behind is counted too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_bytes_per_connection: Option<f64>,
    /// The part of the binding limit of the roofline that is reached, where a row is about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// That limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<&'static str>,
    /// In units of a step of the same training without the strategy or ledger that a row is about, timed in turn with it:
    /// the median over the turns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
}

/// What a sample of a row does.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Step,
    Cycle,
    Rewire,
    Renew,
    Score(u32),
    /// A step with something that lives in the network.
    Live(Guest),
    /// A part of an asking.
    Ask(Part),
}

fn plan(name: &str) -> Option<(Shape, Deed)> {
    let wide = [784, 1000, 1000, 10];
    let (small, large) = ([784, 100, 100, 100, 10], [784, 2000, 2000, 2000, 10]);
    Some(match name {
        "A1" => (Shape::feed_forward(&wide, 0.1), Deed::Step),
        "A2" => (Shape::feed_forward(&wide, 0.02), Deed::Step),
        "A3" => (Shape::feed_forward(&wide, 1.0), Deed::Step),
        "B1" => (Shape::recurrent([64, 2048, 16], 0.05, (32, 32)), Deed::Step),
        "B2" => (Shape::recurrent([16, 256, 8], 0.2, (64, 32)), Deed::Step),
        "C1" => (Shape::streaming(&small, Inputs::Normal), Deed::Step),
        "C1m" => (Shape::streaming(&small, Inputs::Pixels), Deed::Step),
        "C2" => (Shape::streaming(&large, Inputs::Normal), Deed::Step),
        "C3" => (Shape { lanes: 1, ..Shape::recurrent([1, 1000, 1], 0.05, (1, 1)) }, Deed::Cycle),
        "D1" => (Shape::feed_forward(&wide, 0.56), Deed::Rewire),
        "D1s" => (Shape::feed_forward(&wide, 0.56), Deed::Step),
        "D2" => (Shape::streaming(&small, Inputs::Normal), Deed::Renew),
        "D2b" => (Shape::streaming(&large, Inputs::Normal), Deed::Renew),
        // One connection in a hundred, so that the pairs are absent.
        "H" => (Shape::feed_forward(&[1000, 1000, 10], 0.01), Deed::Score(10_000)),
        "E2a" => (Shape::recurrent([16, 1000, 8], 0.1, (8, 16)), Deed::Step),
        "E2b" => (Shape::recurrent([16, 10_000, 8], 0.01, (8, 16)), Deed::Step),
        "E1" | "E2c" => (Shape::recurrent([16, 100_000, 8], 0.001, (8, 16)), Deed::Step),
        "S1" => (Shape::streaming(&small, Inputs::Normal), Deed::Live(Guest::Renewals)),
        "S2" => (Shape::streaming(&small, Inputs::Normal), Deed::Live(Guest::Still)),
        "S3" => (Shape::feed_forward(&wide, 0.1), Deed::Live(Guest::Waiting)),
        "R1" => (Shape::feed_forward(&wide, 0.1), Deed::Live(Guest::Rewiring)),
        "R1a" => (Shape::feed_forward(&wide, 0.1), Deed::Ask(Part::Signals)),
        "R1b" => (Shape::feed_forward(&wide, 0.1), Deed::Ask(Part::Choice)),
        "R1c" => (Shape::feed_forward(&wide, 0.1), Deed::Ask(Part::Commit)),
        "L1" => (Shape::feed_forward(&wide, 0.1), Deed::Live(Guest::Accounts { every: 50 })),
        "L2" => (Shape::feed_forward(&wide, 0.1), Deed::Live(Guest::Accounts { every: 1 })),
        "L3" => (Shape::recurrent([16, 256, 8], 0.2, (64, 32)), Deed::Live(Guest::Accounts { every: 50 })),
        "L4" => (Shape::recurrent([16, 256, 8], 0.2, (64, 32)), Deed::Live(Guest::Accounts { every: 1 })),
        _ => return None,
    })
}

/// A row made ready: its network stands, warmed up by one step.
#[derive(Debug)]
pub struct Prepared {
    work: Work,
    events: usize,
    connections: usize,
}

#[derive(Debug)]
enum Work {
    Alone(Box<Workload>, Deed),
    Beside(Box<Beside>),
    Asking(Box<Asking>),
}

impl Prepared {
    /// Makes a row ready on so many threads; `None` if there is no such row.
    ///
    /// # Errors
    /// [`BenchError`].
    pub fn new(name: &str, threads: NonZeroUsize) -> Result<Option<Self>, BenchError> {
        let Some((shape, deed)) = plan(name) else { return Ok(None) };
        let events = if let Deed::Step | Deed::Live(_) = deed { shape.cycles * shape.lanes } else { 1 };
        let make = || -> Result<Workload, BenchError> {
            let mut workload = Workload::new(shape.clone(), Threads::Exactly(threads))?;
            workload.step()?;
            Ok(workload)
        };
        let (work, connections) = match deed {
            Deed::Live(guest) => {
                let beside = Beside::new(&make, guest)?;
                let connections = beside.connections;
                (Work::Beside(Box::new(beside)), connections)
            }
            Deed::Ask(part) => {
                let asking = Asking::new(make()?, part)?;
                let connections = asking.connections();
                (Work::Asking(Box::new(asking)), connections)
            }
            deed => {
                let workload = make()?;
                let connections = workload.connections();
                (Work::Alone(Box::new(workload), deed), connections)
            }
        };
        Ok(Some(Self { work, events, connections }))
    }

    /// Does it once, and says how long it took. What a strategy would have to propose first is not counted, where the row
    /// is not about that.
    ///
    /// # Errors
    /// [`BenchError`].
    pub fn sample(&mut self) -> Result<Duration, BenchError> {
        Ok(self.beside()?.0)
    }

    /// The same, and how long a step took without what the row is about, if it is about something in training.
    fn beside(&mut self) -> Result<(Duration, Option<Duration>), BenchError> {
        let pair = match &mut self.work {
            Work::Alone(workload, deed) => return Ok((alone(workload, *deed)?, None)),
            Work::Beside(beside) => beside.sample()?,
            Work::Asking(asking) => asking.sample()?,
        };
        Ok((pair.0, Some(pair.1)))
    }
}

fn alone(workload: &mut Workload, deed: Deed) -> Result<Duration, BenchError> {
    if let Deed::Renew = deed {
        // In the middle of learning, as a stream is.
        workload.step()?;
    }
    let finished = match deed {
        Deed::Rewire => Some(workload.rewire()?),
        Deed::Renew => Some(workload.renew()?),
        _ => None,
    };
    if let Deed::Score(_) = deed {
        workload.step()?;
    }
    let begun = Instant::now();
    match (deed, finished) {
        (_, Some(finished)) => workload.commit(finished)?,
        (Deed::Cycle, None) => drop(workload.go_on()?),
        (Deed::Score(top), None) => drop(workload.score(top)),
        _ => workload.step()?,
    }
    Ok(begun.elapsed())
}

/// Times a row on so many threads: after a warm-up, for about two seconds, five times at least. `None` if there is no
/// such row.
///
/// # Errors
/// [`BenchError`].
pub fn measure(name: &str, threads: NonZeroUsize) -> Result<Option<Figure>, BenchError> {
    let Some(info) = ROWS.iter().find(|row| row.name == name) else { return Ok(None) };
    memory::forget_peak();
    let alone = [("F1", Sparse::Forward), ("F2", Sparse::Backward)];
    if let Some((_, which)) = alone.into_iter().find(|(row, _)| *row == name) {
        return stand_alone(info.name, which).map(Some);
    }
    let Some(mut row) = Prepared::new(name, threads)? else { return Ok(None) };
    for _ in 0..3 {
        row.sample()?;
    }
    let (mut all, mut pairs) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    while all.len() < 5 || begun.elapsed() < Duration::from_secs(2) && all.len() < 10_000 {
        let (took, without) = row.beside()?;
        all.push(took.as_secs_f64() * 1e3);
        pairs.extend(without.map(|without| (took, without)));
    }
    all.sort_by(f64::total_cmp);
    let (median, connections) = (all[all.len() / 2], row.connections);
    let (mut peak, mut input) = (None, None);
    if let Work::Alone(workload, _) = &mut row.work {
        input = workload.pixels();
        if name == "E1" {
            // A commit counts as well, and what it leaves behind in the step after it.
            let finished = workload.rewire()?;
            workload.commit(finished)?;
            workload.step()?;
            peak = memory::peak();
        }
    }
    Ok(Some(Figure {
        row: info.name,
        ms_per_step: median,
        min_ms: all[0],
        threads: threads.get(),
        samples: all.len(),
        connections,
        ns_per_event: median * 1e6 / (connections * row.events).max(1) as f64,
        input,
        peak_bytes_per_connection: peak.map(|bytes| bytes as f64 / connections.max(1) as f64),
        share: None,
        limit: None,
        ratio: (!pairs.is_empty()).then(|| ratio(&pairs)),
    }))
}

/// A kernel alone, in a pool of one thread.
fn stand_alone(row: &'static str, which: Sparse) -> Result<Figure, BenchError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let Standing { milliseconds, connections, samples, share, limit } = pool.install(|| roofline::stand(which));
    Ok(Figure {
        row,
        ms_per_step: milliseconds,
        min_ms: milliseconds,
        threads: 1,
        samples,
        connections,
        ns_per_event: milliseconds * 1e6 / (64 * connections) as f64,
        input: None,
        peak_bytes_per_connection: None,
        share: Some(share),
        limit: Some(limit),
        ratio: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_plan() {
        assert!(ROWS.iter().filter(|row| !row.name.starts_with('F')).all(|row| plan(row.name).is_some()));
        assert!(plan("Z9").is_none());
    }

    #[test]
    fn a_row_is_timed() {
        for name in ["C1", "D2", "C3"] {
            let mut row = Prepared::new(name, NonZeroUsize::MIN).unwrap().unwrap();
            let connections = row.connections;
            assert!(row.sample().unwrap() > Duration::ZERO);
            let Work::Alone(workload, _) = &row.work else { panic!("{name} is no step by itself") };
            assert_eq!(workload.connections(), connections, "{name}");
        }
    }

    #[test]
    fn a_row_of_a_strategy_has_a_step_beside_it() {
        let mut row = Prepared::new("S1", NonZeroUsize::MIN).unwrap().unwrap();
        let (with, without) = row.beside().unwrap();
        assert!(with > Duration::ZERO && without.unwrap() > Duration::ZERO);
    }
}
