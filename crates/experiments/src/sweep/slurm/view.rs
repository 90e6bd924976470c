//! Files and queue as one: the files say first how a trial stands, and Slurm where it is or why it waits.

use super::{
    history,
    jobs::{self, Submission, Submissions, Work},
    outlook::Outlook,
    queue::{self, Fate, Phase, Task},
    script::REQUEUES,
};
use crate::{
    Failure,
    run::RunError,
    sweep::{Cause, FailureRecord, State, SweepDirectory, Trial},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The place of a trial that is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seat {
    /// Its task, as `scontrol` and `scancel` take it.
    pub job: String,
    /// Slurm's word for how it stands.
    pub state: String,
    /// Where it is, or was last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub nodes: String,
    /// Why it waits.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// How often it was started again.
    pub restarts: u32,
    /// How often of that it had not asked for it: its node died, or was needed by somebody else.
    pub lost: u32,
    /// Whether it can start at all.
    pub outlook: Outlook,
    #[serde(skip)]
    phase: Phase,
    #[serde(skip)]
    exit: Option<(i32, i32)>,
}

impl Seat {
    /// How it stands, in a few words.
    pub fn text(&self) -> String {
        let lost = match self.lost {
            0 => String::new(),
            1 => "; its node was lost, and it was queued again".to_owned(),
            times => format!("; its node was lost {times} times, and it was queued again"),
        };
        match self.phase {
            Phase::Running => format!("running on {}{lost}", self.nodes),
            Phase::Waiting if self.lost == 0 && self.restarts > 0 => {
                format!("waiting for its next sitting: {}", self.reason)
            }
            Phase::Waiting => format!("waiting: {}{lost}", self.reason),
            Phase::Over => format!("{} on {}", self.state, self.nodes),
        }
    }
}

/// What Slurm says of a sweep.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct View {
    /// Places of trials that are not done, by their keys.
    pub seats: BTreeMap<String, Seat>,
    /// The job that comes when all are over, while it waits or runs.
    pub collect: Option<Seat>,
    /// Why Slurm could not be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent: Option<String>,
}

impl View {
    /// Asks Slurm about the trials that are not done. None where nothing was handed over to it.
    ///
    /// # Errors
    /// What keeps `slurm.json` from being read. That Slurm cannot be asked is part of the answer.
    pub fn of(directory: &SweepDirectory, trials: &[Trial], states: &[State]) -> Result<Option<Self>, Failure> {
        let known = Submissions::read(directory)?;
        if known.submissions.is_empty() {
            return Ok(None);
        }
        match Self::ask(directory, &known, trials, states) {
            Ok(view) => Ok(Some(view)),
            // The files are read wherever they are seen, which may be far from the cluster.
            Err(Failure::Cluster(error)) => Ok(Some(Self { silent: Some(error.to_string()), ..Self::default() })),
            Err(error) => Err(error),
        }
    }

    fn ask(
        directory: &SweepDirectory,
        known: &Submissions,
        trials: &[Trial],
        states: &[State],
    ) -> Result<Self, Failure> {
        let all = known.places();
        let open = trials.iter().zip(states).filter(|(_, state)| matches!(state, State::Waiting | State::Running));
        let places: BTreeMap<&str, (&Submission, usize)> =
            open.filter_map(|(trial, _)| Some((trial.key.as_str(), *all.get(trial.key.as_str())?))).collect();
        let collects: Vec<&Submission> =
            known.submissions.iter().filter(|submission| submission.work == Work::Collect).collect();
        let names: BTreeSet<&String> =
            places.values().map(|(submission, _)| submission).chain(&collects).map(|of| &of.name).collect();
        let tasks = queue::tasks(&names.into_iter().cloned().collect::<Vec<_>>())?;
        let mut found: BTreeMap<(u64, Option<usize>), Task> =
            tasks.into_iter().map(|task| ((task.job, task.index), task)).collect();
        let forgotten: BTreeSet<u64> = places
            .values()
            .filter_map(|(submission, at)| submission.job.filter(|&job| !found.contains_key(&(job, Some(*at)))))
            .collect();
        for task in history::tasks(&forgotten.into_iter().collect::<Vec<_>>())? {
            // What the controller says is newer.
            found.entry((task.job, task.index)).or_insert(task);
        }
        let jobs: BTreeSet<u64> = places.values().filter_map(|(submission, _)| submission.job).collect();
        let mut fates: BTreeMap<u64, BTreeMap<usize, Fate>> = BTreeMap::new();
        for job in jobs {
            if found.range((job, None)..=(job, Some(usize::MAX))).next().is_some() {
                fates.insert(job, queue::restarts(job)?);
            }
        }
        let mut view = Self::default();
        for (key, (submission, at)) in places {
            let task = submission.job.and_then(|job| found.get(&(job, Some(at))));
            if let Some(task) = task {
                let fate = fates.get(&task.job).and_then(|fates| fates.get(&at)).copied().unwrap_or_default();
                view.seats.insert(key.to_owned(), seat(directory, task, fate)?);
            }
        }
        let collect = collects.iter().rev().find_map(|submission| found.get(&(submission.job?, None)));
        let collect = collect.filter(|task| task.phase != Phase::Over && Some(task.job) != queue::own_job());
        view.collect = collect.map(|task| seat(directory, task, Fate::default())).transpose()?;
        Ok(view)
    }

    /// How a trial stands, where the files and the queue are taken together.
    pub fn stands(&self, directory: &SweepDirectory, key: &str, state: State) -> State {
        let (State::Waiting, Some(seat)) = (&state, self.seats.get(key)) else { return state };
        match (seat.phase, seat.state.as_str()) {
            (Phase::Running, _) => State::Running,
            (Phase::Waiting, _) | (Phase::Over, "COMPLETED") => State::Waiting,
            (Phase::Over, _) => {
                let cause = match seat.exit {
                    // As a shell says that a signal ended its child.
                    Some((code, 0)) if code > 128 => Cause::Signal(code - 128),
                    Some((code, 0)) => Cause::ExitCode(code),
                    Some((_, signal)) => Cause::Signal(signal),
                    None => Cause::Signal(9),
                };
                State::Failed(FailureRecord::new(cause, &directory.log(key)))
            }
        }
    }

    /// How many stand how, most first: one line for a thousand trials that wait for the same thing.
    pub fn lines(&self) -> Vec<String> {
        let mut groups: BTreeMap<String, (usize, BTreeSet<&str>, Option<&'static str>)> = BTreeMap::new();
        for seat in self.seats.values() {
            let (count, jobs, mend) = groups.entry(seat.text()).or_default();
            *count += 1;
            jobs.insert(seat.job.split('_').next().unwrap_or_default());
            *mend = seat.outlook.mend();
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|(_, (count, ..))| std::cmp::Reverse(*count));
        let line = |(text, (count, jobs, mend)): (String, (usize, BTreeSet<&str>, Option<&str>))| {
            let mend = mend.map(|mend| format!("\n  help: {mend}")).unwrap_or_default();
            format!("{count} {text} (job {}){mend}", jobs.into_iter().collect::<Vec<_>>().join(", "))
        };
        let mut lines: Vec<String> = groups.into_iter().map(line).collect();
        if let Some(collect) = &self.collect {
            let mend = collect.outlook.mend().map(|mend| format!("\n  help: {mend}")).unwrap_or_default();
            lines.push(format!("the comparison comes with job {}, {}{mend}", collect.job, collect.text()));
        }
        lines.extend(self.silent.as_ref().map(|why| format!("Slurm was not asked: {why}")));
        lines
    }
}

fn seat(directory: &SweepDirectory, task: &Task, fate: Fate) -> Result<Seat, Failure> {
    let index = task.index.map(|index| format!("_{index}")).unwrap_or_default();
    let job = format!("{}{index}", task.job);
    let lost = match fate.restarts {
        0 => 0,
        restarts => restarts.saturating_sub(requeues(directory, &job)?),
    };
    let waits = task.phase == Phase::Waiting;
    Ok(Seat {
        state: task.state.clone(),
        nodes: task.nodes.clone(),
        reason: if waits { task.reason.clone() } else { String::new() },
        restarts: fate.restarts,
        lost,
        outlook: if waits { Outlook::of(&task.reason) } else { Outlook::Waits },
        phase: task.phase,
        exit: task.exit.or(fate.exit),
        job,
    })
}

/// How often a task asked to be queued again.
fn requeues(directory: &SweepDirectory, job: &str) -> Result<u32, Failure> {
    let path = jobs::folder(directory).join(format!("{job}.log"));
    match std::fs::read(&path) {
        Ok(bytes) => {
            Ok(String::from_utf8_lossy(&bytes).lines().filter(|line| line.starts_with(REQUEUES)).count() as u32)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(source) => Err(RunError::Io { what: "read", path, source }.into()),
    }
}
