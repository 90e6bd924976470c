//! What Slurm's controller knows of jobs: `squeue`, and `scontrol` for how often one was started again.

use super::command::{ClusterError, call};
use std::collections::BTreeMap;

/// How a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It waits for a place, or to be started again.
    Waiting,
    /// It has a node.
    Running,
    /// It is over, one way or the other.
    Over,
}

/// A task of an array, or a job that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The number of its job, as `sbatch` gave it.
    pub job: u64,
    /// The name of its job, where that was asked for.
    pub name: String,
    /// Its place in the array.
    pub index: Option<usize>,
    /// How it stands.
    pub phase: Phase,
    /// The same in Slurm's word.
    pub state: String,
    /// Where it is.
    pub nodes: String,
    /// Why it waits.
    pub reason: String,
    /// Exit code and signal of what is over, where they are known.
    pub exit: Option<(i32, i32)>,
}

/// The forms of a job's state that are no end. All others are, so that a new word is not waited for.
const WAITING: [&str; 8] =
    ["PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT", "SUSPENDED", "STOPPED"];
const RUNNING: [&str; 6] = ["RUNNING", "COMPLETING", "CONFIGURING", "RESIZING", "SIGNALING", "STAGE_OUT"];

pub(super) fn phase(state: &str) -> Phase {
    // `sacct` says who cancelled it behind the word.
    let word = state.split(' ').next().unwrap_or_default();
    if WAITING.contains(&word) {
        Phase::Waiting
    } else if RUNNING.contains(&word) {
        Phase::Running
    } else {
        Phase::Over
    }
}

/// The tasks of these jobs that the controller still knows, by the names of the jobs.
pub(super) fn tasks(names: &[String]) -> Result<Vec<Task>, ClusterError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut arguments: Vec<String> = ["--noheader", "--array", "--states=all"].map(str::to_owned).to_vec();
    arguments.push(format!("--name={}", names.join(",")));
    arguments.push("--format=%F|%K|%j|%T|%N|%r".to_owned());
    call("squeue", &arguments)?.lines().filter(|line| !line.trim().is_empty()).map(task).collect()
}

fn task(line: &str) -> Result<Task, ClusterError> {
    let unreadable = || ClusterError::Unreadable {
        program: "squeue",
        line: line.to_owned(),
        expected: "job|index|name|state|nodes|reason",
    };
    let parts: Vec<&str> = line.splitn(6, '|').map(str::trim).collect();
    let [job, index, name, state, nodes, reason] = parts.as_slice() else { return Err(unreadable()) };
    Ok(Task {
        job: job.parse().map_err(|_| unreadable())?,
        // Of a job that is no array it says `N/A`.
        index: index.parse().ok(),
        name: (*name).to_owned(),
        phase: phase(state),
        state: (*state).to_owned(),
        nodes: (*nodes).to_owned(),
        reason: (*reason).to_owned(),
        exit: None,
    })
}

/// The job that this process is part of, if it is part of one: whoever collects does not wait for itself.
pub(super) fn own_job() -> Option<u64> {
    std::env::var("SLURM_JOB_ID").ok()?.parse().ok()
}

/// How often tasks of a job were started again, by their place in the array, and how they exited.
pub(super) fn restarts(job: u64) -> Result<BTreeMap<usize, Fate>, ClusterError> {
    let arguments = ["show", "job", "--oneliner", &job.to_string()].map(str::to_owned);
    let text = match call("scontrol", &arguments) {
        Ok(text) => text,
        // It has forgotten the job by now.
        Err(ClusterError::Refused { .. }) => String::new(),
        Err(error) => return Err(error),
    };
    let mut fates = BTreeMap::new();
    for line in text.lines() {
        let value = |name: &str| line.split(' ').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        // Tasks that never started stand together, as a range.
        if let Some(index) = value("ArrayTaskId").and_then(|index| index.parse().ok()) {
            let restarts = value("Restarts").and_then(|count| count.parse().ok()).unwrap_or(0);
            fates.insert(index, Fate { restarts, exit: value("ExitCode").and_then(exit) });
        }
    }
    Ok(fates)
}

/// What became of a task so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fate {
    /// How often it was started again.
    pub(super) restarts: u32,
    /// Exit code and signal.
    pub(super) exit: Option<(i32, i32)>,
}

/// `code:signal`.
pub(super) fn exit(text: &str) -> Option<(i32, i32)> {
    let (code, signal) = text.split_once(':')?;
    Some((code.parse().ok()?, signal.parse().ok()?))
}

/// The size that an array of this cluster may have at most.
pub(super) fn array_limit() -> Result<usize, ClusterError> {
    let text = call("scontrol", &["show", "config"].map(str::to_owned))?;
    let line = text.lines().find(|line| line.trim_start().starts_with("MaxArraySize")).unwrap_or_default();
    let limit = line.split_once('=').and_then(|(_, value)| value.trim().parse::<usize>().ok());
    limit.filter(|&limit| limit > 0).ok_or_else(|| ClusterError::Unreadable {
        program: "scontrol show config",
        line: line.to_owned(),
        expected: "MaxArraySize = N",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_queue_are_read() {
        let one = task("12|3|livenet-x-1|RUNNING|n[1-2]|None").unwrap();
        assert_eq!((one.job, one.index, one.phase, one.nodes.as_str()), (12, Some(3), Phase::Running, "n[1-2]"));
        let other = task("13|N/A|livenet-x-2|PENDING||(ReqNodeNotAvail, UnavailableNodes:n1)").unwrap();
        assert_eq!((other.index, other.phase), (None, Phase::Waiting));
        assert_eq!(other.reason, "(ReqNodeNotAvail, UnavailableNodes:n1)");
        for line in ["12|3|x|RUNNING", "x|3|x|RUNNING|n1|None"] {
            assert!(task(line).unwrap_err().to_string().contains("job|index|name"), "{line}");
        }
    }

    #[test]
    fn every_word_that_is_not_known_to_go_on_is_an_end() {
        assert_eq!(phase("COMPLETING"), Phase::Running);
        assert_eq!(phase("REQUEUE_HOLD"), Phase::Waiting);
        for over in ["COMPLETED", "FAILED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "CANCELLED by 0", "SOMETHING_NEW"]
        {
            assert_eq!(phase(over), Phase::Over, "{over}");
        }
    }

    #[test]
    fn an_exit_has_a_code_and_a_signal() {
        assert_eq!((exit("7:0"), exit("0:9"), exit("7")), (Some((7, 0)), Some((0, 9)), None));
    }
}
