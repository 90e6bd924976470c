//! `livenet sweep --on slurm`: trials as jobs of a cluster. The command ends when they are handed over; the same
//! command again hands over what is missing then, and makes the comparison when nothing is.

use super::output::{Output, note};
use crate::{
    Failure,
    sweep::{
        Plan, Sweep, SweepDirectory, Trial,
        slurm::{Outlook, Request, Round, SbatchLine, Submitted, Submitter, TimeLimit, View},
    },
};
use std::{
    num::NonZeroUsize,
    thread::sleep,
    time::{Duration, Instant},
};

/// Where trials run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum On {
    /// As processes of this machine
    Here,
    /// As jobs that Slurm schedules
    Slurm,
}

/// Arguments that say where trials run.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Elsewhere")]
pub(super) struct Elsewhere {
    /// Where trials run
    #[arg(long, value_name = "WHERE", value_enum, default_value = "here")]
    on: On,
    /// Slurm: the partition
    #[arg(long, value_name = "NAME")]
    partition: Option<String>,
    /// Slurm: the longest that one sitting of a trial takes, such as 30 or 12:00:00; it goes on in a next one
    #[arg(long, value_name = "TIME")]
    time: Option<TimeLimit>,
    /// Slurm: the account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Slurm: the most trials in one array; the cluster's own limit is asked for
    #[arg(long, value_name = "N")]
    array_max: Option<NonZeroUsize>,
    /// Slurm: how many seconds before its time is over a trial ends with a checkpoint; at most half of --time
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    grace: u64,
    /// Slurm: another option of sbatch, such as --sbatch=--mem=4G; may be given several times
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    sbatch: Vec<SbatchLine>,
    /// What the job does that comes when all trials are over
    #[arg(long, hide = true)]
    collect: bool,
}

/// For how long a job is looked at that was just handed over, until Slurm says whether it can start.
const LOOK: Duration = Duration::from_secs(5);

impl Elsewhere {
    /// Where trials run.
    ///
    /// # Errors
    /// When something is said of a cluster, and not that it is meant.
    pub(super) fn on(&self) -> Result<On, Failure> {
        let given = [
            ("--partition", self.partition.is_some()),
            ("--time", self.time.is_some()),
            ("--account", self.account.is_some()),
            ("--array-max", self.array_max.is_some()),
            ("--sbatch", !self.sbatch.is_empty()),
            ("--collect", self.collect),
        ];
        match given.iter().find(|(_, given)| *given).filter(|_| self.on == On::Here) {
            Some((name, _)) => Err(Failure::Usage(format!("{name} is for a cluster\n  help: give --on slurm as well"))),
            None => Ok(self.on),
        }
    }

    fn request(&self, at_once: Option<NonZeroUsize>, threads: NonZeroUsize) -> Request {
        Request {
            partition: self.partition.clone(),
            time: self.time.clone(),
            account: self.account.clone(),
            array_max: self.array_max,
            at_once,
            threads,
            grace: Duration::from_secs(self.grace),
            lines: self.sbatch.clone(),
        }
    }

    /// Hands over what is missing. None when nothing is, and nothing is waited for.
    pub(super) fn submit(
        &self,
        sweep: &Sweep,
        plan: &Plan,
        directory: &SweepDirectory,
        (at_once, threads): (Option<NonZeroUsize>, NonZeroUsize),
    ) -> Result<Option<Submitted>, Failure> {
        let runs: Vec<Trial> = plan.runs().into_iter().cloned().collect();
        let states = directory.states(&runs)?;
        let request = self.request(at_once, threads);
        let round = if self.collect { Round::Collected } else { Round::Asked };
        let submitted =
            Submitter::new(directory, sweep.name(), &request, &collecting()).submit(&runs, &states, round)?;
        if submitted.trials == 0 && submitted.queued == 0 {
            return Ok(None);
        }
        Ok(Some(submitted))
    }
}

/// The words of this command as the job gives them that collects.
fn collecting() -> Vec<String> {
    let mut words: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    // What failed is forgiven when somebody asks, not each time that trials are over.
    words.retain(|word| word != "--retry-failed" && word != "--collect");
    words.push("--collect".to_owned());
    words
}

/// Says what was handed over, and whether it can start.
pub(super) fn tell(submitted: &Submitted, directory: &SweepDirectory, as_json: Option<Output>) -> Result<(), Failure> {
    let list = |jobs: &[u64]| jobs.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    if let Some(mut output) = as_json {
        output.json(submitted)?;
        output.finish()?;
    }
    if submitted.trials > 0 {
        note(format_args!("{} trials are handed over to Slurm: job {}", submitted.trials, list(&submitted.jobs)));
    }
    if submitted.queued > 0 {
        note(format_args!("{} trials are running or waiting already", submitted.queued));
    }
    if let Some(collect) = submitted.collect {
        note(format_args!("the comparison comes with job {collect}, when all of them are over"));
    }
    note(format_args!("`livenet status {}` shows how they stand", directory.path().display()));
    never(submitted, directory)
}

/// Looks at the jobs until Slurm has a reason for each, and fails for one that cannot start.
fn never(submitted: &Submitted, directory: &SweepDirectory) -> Result<(), Failure> {
    let since = Instant::now();
    while !submitted.jobs.is_empty() {
        let trials = directory.plan()?.trials;
        let Some(view) = View::of(directory, &trials, &directory.states(&trials)?)? else { break };
        if let Some(seat) = view.seats.values().find(|seat| seat.outlook == Outlook::Never) {
            let mend = seat.outlook.mend().unwrap_or_default();
            return Err(Failure::Unmet(format!("job {} is {}\n  help: {mend}", seat.job, seat.text())));
        }
        // `None` is what it says before it has looked at a job.
        let considered = view.seats.values().all(|seat| seat.reason != "None");
        if considered || since.elapsed() > LOOK {
            break;
        }
        sleep(Duration::from_millis(250));
    }
    Ok(())
}
