//! Handing trials over: those that are missing, and neither running nor waiting.

use super::{
    command::{ClusterError, call},
    jobs::{self, Submission, Submissions, Work},
    outlook::Outlook,
    queue::{self, Phase, Task},
    request::Request,
    script,
};
use crate::{
    Failure,
    run::RunError,
    sweep::{State, SweepDirectory, Trial},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Who hands over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// A user: everything that is missing.
    Asked,
    /// The job that collects: only what no job was given yet, or a trial that kills its node would be tried for ever.
    Collected,
}

/// What was handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Submitted {
    /// Trials that are in the queue now because of this command.
    pub trials: usize,
    /// Their jobs.
    pub jobs: Vec<u64>,
    /// Trials that were running or waiting already.
    pub queued: usize,
    /// The job that comes when all are over.
    pub collect: Option<u64>,
}

/// Hands trials of a sweep over.
pub struct Submitter<'a> {
    directory: &'a SweepDirectory,
    /// Name of the sweep.
    name: &'a str,
    request: &'a Request,
    /// The command of the job that collects.
    collect: &'a [String],
}

impl<'a> Submitter<'a> {
    /// For a sweep of this name; `collect` is the command that is given when all trials are over.
    pub fn new(directory: &'a SweepDirectory, name: &'a str, request: &'a Request, collect: &'a [String]) -> Self {
        Self { directory, name, request, collect }
    }

    /// Hands over what is missing of these trials.
    ///
    /// # Errors
    /// [`ClusterError`] when Slurm cannot be asked or refuses; what was handed over until then stays.
    pub fn submit(&self, runs: &[Trial], states: &[State], round: Round) -> Result<Submitted, Failure> {
        let _lock = jobs::lock(self.directory)?;
        let mut known = Submissions::read(self.directory)?;
        let tasks = queue::tasks(&known.names())?;
        if known.adopt(&tasks) {
            self.write(&known)?;
        }
        let live = Live::of(&known, &tasks);
        let places = known.places();
        let (mut keys, mut queued) = (Vec::new(), 0);
        for (trial, state) in runs.iter().zip(states) {
            let key = trial.key.as_str();
            match state {
                // Somebody is at it, whether Slurm knows of it or not.
                State::Running => queued += 1,
                State::Waiting if live.keys.contains(key) => queued += 1,
                State::Waiting if round == Round::Asked || !places.contains_key(key) => keys.push(key.to_owned()),
                State::Waiting | State::Done | State::Failed(_) => {}
            }
        }
        if !live.hopeless.is_empty() {
            call("scancel", &live.hopeless)?;
        }
        let (mut after, collecting) = (live.jobs, live.collect);
        let mut submitted = Submitted { trials: keys.len(), queued, ..Submitted::default() };
        if !keys.is_empty() {
            let limit = queue::array_limit()?;
            let most = self.request.array_max.map_or(limit, |most| most.get().min(limit));
            for chunk in keys.chunks(most) {
                let job = self.hand_over(&mut known, Work::Trials(chunk.to_vec()), &[])?;
                submitted.jobs.push(job);
                after.insert(job);
            }
        }
        submitted.collect = collecting.last().copied();
        let open = submitted.trials + submitted.queued > 0 && !after.is_empty();
        let wanted = open && (!submitted.jobs.is_empty() || collecting.is_empty());
        if wanted {
            // It would come too early now, and find what is running.
            for job in collecting {
                call("scancel", &[job.to_string()])?;
            }
            let after: Vec<u64> = after.into_iter().collect();
            submitted.collect = Some(self.hand_over(&mut known, Work::Collect, &after)?);
        }
        Ok(submitted)
    }

    fn write(&self, known: &Submissions) -> Result<(), Failure> {
        Ok(known.write(self.directory, &self.directory.lock()?)?)
    }

    /// One job.
    fn hand_over(&self, known: &mut Submissions, work: Work, after: &[u64]) -> Result<u64, Failure> {
        let name = known.next_name(self.name, self.directory)?;
        let (text, options) = self.job(&name, &work, after)?;
        let path = jobs::folder(self.directory).join(format!("{name}.sh"));
        std::fs::write(&path, text).map_err(|source| RunError::Io { what: "write", path: path.clone(), source })?;
        known.submissions.push(Submission { name, job: None, work });
        self.write(known)?;
        // What fails here may have been taken all the same, and is found by its name then.
        let answer = call("sbatch", &[options, vec![path.to_string_lossy().into_owned()]].concat())?;
        // `number`, or `number;cluster` where there are several.
        let job = answer.trim().split(';').next().and_then(|number| number.parse().ok());
        let job = job.ok_or_else(|| ClusterError::Unreadable {
            program: "sbatch",
            line: answer.trim().to_owned(),
            expected: "the number of a job",
        })?;
        if let Some(last) = known.submissions.last_mut() {
            last.job = Some(job);
        }
        self.write(known)?;
        Ok(job)
    }

    /// Script and options of a job.
    fn job(&self, name: &str, work: &Work, after: &[u64]) -> Result<(String, Vec<String>), Failure> {
        let path = std::path::absolute(self.directory.path())?;
        let sweep = path.to_string_lossy().into_owned();
        let program = std::env::current_exe()?.to_string_lossy().into_owned();
        let request = self.request;
        let output = |of: &str| format!("--output={}/slurm/{of}.log", sweep.replace('%', "%%"));
        let mut options: Vec<String> =
            ["--parsable", "--requeue", "--open-mode=append"].map(str::to_owned).into_iter().collect();
        options.push(format!("--job-name={name}"));
        options.extend(request.partition.iter().map(|partition| format!("--partition={partition}")));
        options.extend(request.account.iter().map(|account| format!("--account={account}")));
        options.extend(request.time.iter().map(|time| format!("--time={}", time.text())));
        let text = match work {
            Work::Trials(keys) => {
                let at_once = request.at_once.map(|most| format!("%{most}")).unwrap_or_default();
                options.push(format!("--array=0-{}{at_once}", keys.len() - 1));
                options.push(format!("--cpus-per-task={}", request.threads));
                let grace = request.grace().as_secs();
                options.push(format!("--signal=B:USR1@{grace}"));
                options.push(output("%A_%a"));
                let (program, sweep, threads) = (&program, &sweep, request.threads.get());
                script::Trials { program, sweep, keys, threads, grace, lines: &request.lines }.text()
            }
            Work::Collect => {
                let after: Vec<String> = after.iter().map(u64::to_string).collect();
                options.push(format!("--dependency=afterany:{}", after.join(":")));
                options.push(output("collect-%j"));
                let here = std::env::current_dir()?;
                let command = [&[program], self.collect].concat();
                script::collect(&command, &here.to_string_lossy(), &request.lines)
            }
        };
        Ok((text, options))
    }
}

/// What of the submissions is in the queue.
struct Live<'a> {
    /// Trials that run or wait, and may.
    keys: BTreeSet<&'a str>,
    /// The jobs that they are in.
    jobs: BTreeSet<u64>,
    /// Jobs that wait to collect.
    collect: BTreeSet<u64>,
    /// What will never start, as `scancel` takes it.
    hopeless: Vec<String>,
}

impl<'a> Live<'a> {
    fn of(known: &'a Submissions, tasks: &[Task]) -> Self {
        let by_job: BTreeMap<u64, &Work> =
            known.submissions.iter().filter_map(|submission| Some((submission.job?, &submission.work))).collect();
        let mut live =
            Self { keys: BTreeSet::new(), jobs: BTreeSet::new(), collect: BTreeSet::new(), hopeless: Vec::new() };
        let own = queue::own_job();
        for task in tasks.iter().filter(|task| task.phase != Phase::Over && Some(task.job) != own) {
            let Some(work) = by_job.get(&task.job) else { continue };
            if task.phase == Phase::Waiting && Outlook::of(&task.reason) == Outlook::Never {
                let index = task.index.map(|index| format!("_{index}")).unwrap_or_default();
                live.hopeless.push(format!("{}{index}", task.job));
                continue;
            }
            match work {
                Work::Trials(keys) => {
                    live.keys.extend(task.index.and_then(|index| keys.get(index)).map(String::as_str));
                    live.jobs.insert(task.job);
                }
                Work::Collect => {
                    live.collect.insert(task.job);
                }
            }
        }
        live
    }
}
