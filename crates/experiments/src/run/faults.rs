//! The disk fails at any one operation, or from any one on: the fault is told, nothing that was finished is harmed, and
//! the same command completes the run, byte for byte as if nothing had been.

use super::{Checkpoint, Driver, Interrupt, Outcome, Pictures, RunDirectory, RunError, Watcher, disk::Fault};
use crate::{
    Failure, Registry,
    config::{Checked, Document},
    data::Places,
};
use livenet_train::session::Event;
use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
};

/// Which operations fail.
#[derive(Clone, Copy, Debug)]
enum Plan {
    /// None.
    Sound,
    /// The one after so many, in this way.
    Once(u32, Fault),
    /// All after so many: the disk is full, or gone.
    FromThenOn(u32),
}

thread_local! {
    static PLAN: Cell<Plan> = const { Cell::new(Plan::Sound) };
    /// Operations that failed.
    static FAILED: Cell<u32> = const { Cell::new(0) };
}

/// What becomes of the next operation of this thread.
pub(super) fn next() -> Option<Fault> {
    let (plan, fault) = match PLAN.get() {
        Plan::Sound => (Plan::Sound, None),
        Plan::Once(0, fault) => (Plan::Sound, Some(fault)),
        Plan::Once(left, fault) => (Plan::Once(left - 1, fault), None),
        Plan::FromThenOn(0) => (Plan::FromThenOn(0), Some(Fault::Refused)),
        Plan::FromThenOn(left) => (Plan::FromThenOn(left - 1), None),
    };
    PLAN.set(plan);
    FAILED.set(FAILED.get() + u32::from(fault.is_some()));
    fault
}

/// Runs `body` by a plan, and says how many operations failed.
fn by<R>(plan: Plan, body: impl FnOnce() -> R) -> (R, u32) {
    PLAN.set(plan);
    FAILED.set(0);
    let result = body();
    PLAN.set(Plan::Sound);
    (result, FAILED.get())
}

/// Small, with everything that a run keeps: growth, energy, the best state.
const CONFIG: &str = include_str!("../../tests/small.toml");

/// What a user is told.
#[derive(Default)]
struct Told(Vec<String>);

impl Watcher for Told {
    fn event(&mut self, _: &Event) {}
    fn step(&mut self, _: u64, _: u64) {}
    fn warn(&mut self, text: &str) {
        self.0.push(text.to_owned());
    }
}

/// An experiment, a finished run of another seed, and what an undisturbed run leaves.
struct Bench {
    folder: tempfile::TempDir,
    document: Document,
    checked: Checked,
    registry: Registry,
    neighbour: Vec<(PathBuf, Vec<u8>)>,
    whole: Left,
}

/// What a run leaves that must be the same.
#[derive(PartialEq)]
struct Left {
    events: Vec<u8>,
    journal: Vec<u8>,
    state: Vec<u8>,
    outcome: Outcome,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry::standard();
        let document = Document::parse(&folder.path().join("small.toml"), CONFIG.to_owned(), &[]).unwrap();
        let check = |seed| Checked::new(&document, "", seed, &registry, &Places::default(), None).unwrap();
        let place = folder.path().join("neighbour");
        let other = check(2);
        Driver::begin(&other, &document, &registry, &place)
            .unwrap()
            .run(&Interrupt::new(false), &mut Told::default())
            .unwrap();
        let checked = check(1);
        let whole = folder.path().join("whole");
        Driver::begin(&checked, &document, &registry, &whole)
            .unwrap()
            .run(&Interrupt::new(false), &mut Told::default())
            .unwrap();
        let neighbour = contents(&place);
        assert!(neighbour.len() > 10);
        Self { whole: left(&whole), neighbour, folder, document, checked, registry }
    }

    /// What `livenet run --resume` does.
    fn run(&self, path: &Path, pictures: Pictures, told: &mut Told) -> Result<Outcome, Failure> {
        if path.exists() {
            let directory = RunDirectory::open(path)?;
            if let Some(outcome) = directory.outcome()? {
                return Ok(outcome);
            }
        }
        let driver = if path.exists() {
            Driver::resume(&self.checked, &self.document, &self.registry, path, told)?
        } else {
            Driver::begin(&self.checked, &self.document, &self.registry, path)?
        };
        let outcome = driver.with(pictures).run(&Interrupt::new(false), told)?;
        Ok(outcome.expect("nobody interrupts it"))
    }

    /// A run by this plan, then the same command on a sound disk. Whether the plan was met at all.
    #[track_caller]
    fn disturb(&self, name: &str, plan: Plan, pictures: Pictures) -> bool {
        let path = self.folder.path().join(name);
        let mut told = Told::default();
        let (result, failed) = by(plan, || self.run(&path, pictures, &mut told));
        match &result {
            _ if failed == 0 => assert!(result.is_ok(), "{plan:?}: {:?}", result.err()),
            // Only pictures may be missing from a run that ends well, and that is told.
            Ok(_) => assert!(told.0.iter().any(|text| text.contains("could not be drawn")), "{plan:?}: {:?}", told.0),
            Err(Failure::Run(RunError::Io { path, .. })) => assert!(path.starts_with(self.folder.path())),
            Err(other) => panic!("{plan:?}: {other}"),
        }
        let done = path.join("report.json").exists();
        assert!(done || result.is_err(), "{plan:?}: it ended well without a report");
        if done {
            assert!(left(&path) == self.whole, "{plan:?}: a report over an unfinished run");
        }
        self.run(&path, Pictures::None, &mut told).unwrap_or_else(|error| panic!("{plan:?}: {error}"));
        assert!(left(&path) == self.whole, "{plan:?}: another result");
        assert!(
            contents(&self.folder.path().join("neighbour")) == self.neighbour,
            "{plan:?}: a finished run was changed"
        );
        let beside = fs::read_dir(self.folder.path()).unwrap().count();
        assert_eq!(beside, 3, "{plan:?}: something was left beside the runs");
        fs::remove_dir_all(&path).unwrap();
        failed > 0
    }
}

/// Every file below, with its contents.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(contents(&path)) } else { all.push((path.clone(), fs::read(&path).unwrap())) }
    }
    all.sort();
    all
}

fn left(path: &Path) -> Left {
    let directory = RunDirectory::open(path).unwrap();
    let checkpoint = Checkpoint::read(&directory, Checkpoint::FINAL).unwrap();
    let outcome = directory.outcome().unwrap().expect("it is done");
    assert!(outcome.seconds >= checkpoint.seconds && checkpoint.seconds >= 0.0);
    Left {
        events: directory.read("events.jsonl").unwrap(),
        journal: directory.read("journal.bin").unwrap(),
        state: Checkpoint { seconds: 0.0, ..checkpoint }.encode(path).unwrap(),
        outcome: Outcome { seconds: 0.0, ..outcome },
    }
}

/// Disturbs at the first operation, at the second, ... until none is disturbed; how many there were.
#[track_caller]
fn at_every_operation(pictures: Pictures, plan: impl Fn(u32) -> Plan) -> u32 {
    let bench = Bench::new();
    (0..u32::MAX).find(|&at| !bench.disturb("disturbed", plan(at), pictures)).expect("a run ends")
}

#[test]
fn one_refused_operation_loses_nothing() {
    assert!(at_every_operation(Pictures::None, |at| Plan::Once(at, Fault::Refused)) > 50);
}

#[test]
fn one_short_write_loses_nothing() {
    assert!(at_every_operation(Pictures::None, |at| Plan::Once(at, Fault::Short)) > 50);
}

#[test]
fn a_disk_that_stays_full_loses_nothing() {
    assert!(at_every_operation(Pictures::None, Plan::FromThenOn) > 50);
}

#[test]
fn pictures_that_cannot_be_written_are_told_and_the_report_is_there() {
    let bench = Bench::new();
    let without = at_every_operation(Pictures::None, Plan::FromThenOn);
    // The page is written before the report, each in four operations: made, written, synchronised, named.
    for at in without - 4..without {
        assert!(bench.disturb("disturbed", Plan::Once(at, Fault::Refused), Pictures::Drawn));
    }
}

/// A run that was stopped, and whose going on fails as well, at any operation.
#[test]
fn a_resume_that_fails_can_be_resumed() {
    let bench = Bench::new();
    let path = bench.folder.path().join("disturbed");
    let mut at = 0;
    loop {
        let (cut, failed) = by(Plan::FromThenOn(30), || bench.run(&path, Pictures::None, &mut Told::default()));
        assert!(cut.is_err() && failed > 0);
        if !bench.disturb("disturbed", Plan::Once(at, Fault::Short), Pictures::None) {
            break;
        }
        at += 1;
    }
    assert!(at > 20, "{at}");
}

/// Durations come from a clock that only goes forward; dates of files, which the wall clock makes, mean nothing.
#[test]
fn a_wall_clock_that_jumps_changes_nothing() {
    use std::time::{Duration, SystemTime};
    let bench = Bench::new();
    let path = bench.folder.path().join("jumped");
    let (cut, _) = by(Plan::FromThenOn(45), || bench.run(&path, Pictures::None, &mut Told::default()));
    assert!(cut.is_err());
    let century = Duration::from_hours(100 * 365 * 24);
    for (number, (file, _)) in contents(&path).into_iter().enumerate() {
        let date = if number % 2 == 0 { SystemTime::now() + century } else { SystemTime::UNIX_EPOCH };
        fs::File::options().write(true).open(file).unwrap().set_modified(date).unwrap();
    }
    // Seconds as a clock that was set back would have counted them.
    let directory = RunDirectory::open(&path).unwrap();
    let last = Checkpoint::latest(&directory, &mut |_| {}).unwrap().unwrap();
    let name = Checkpoint::name(last.state.step);
    Checkpoint { seconds: -1e9, ..last }.write(&directory, &name).unwrap();
    let outcome = bench.run(&path, Pictures::None, &mut Told::default()).unwrap();
    assert!((0.0..1e6).contains(&outcome.seconds), "{}", outcome.seconds);
    assert!(left(&path) == bench.whole);
}
