//! What Slurm's accounting knows of jobs that the controller has forgotten: `sacct`, where a site has it.

use super::{
    command::{ClusterError, call},
    queue::{self, Task},
};

/// The tasks of these jobs; none where there is no accounting.
pub(super) fn tasks(jobs: &[u64]) -> Result<Vec<Task>, ClusterError> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let list = jobs.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    let mut arguments: Vec<String> = ["--allocations", "--noheader", "--parsable2"].map(str::to_owned).to_vec();
    arguments.push(format!("--jobs={list}"));
    arguments.push("--format=JobID,State,NodeList,ExitCode".to_owned());
    match call("sacct", &arguments) {
        Ok(text) => Ok(text.lines().filter_map(task).collect()),
        // Many sites keep no accounting, and the controller's word is enough while it lasts.
        Err(ClusterError::Refused { .. } | ClusterError::Missing { .. }) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// A line of one task. Tasks that never started stand together, as `12_[3-5]`, and are left out.
fn task(line: &str) -> Option<Task> {
    let parts: Vec<&str> = line.splitn(4, '|').collect();
    let [id, state, nodes, exit] = parts.as_slice() else { return None };
    let (job, index) = match id.split_once('_') {
        Some((job, index)) => (job, Some(index.parse().ok()?)),
        None => (*id, None),
    };
    Some(Task {
        job: job.parse().ok()?,
        index,
        name: String::new(),
        phase: queue::phase(state),
        state: state.split(' ').next().unwrap_or_default().to_owned(),
        nodes: (*nodes).to_owned(),
        reason: String::new(),
        exit: queue::exit(exit),
    })
}

#[cfg(test)]
mod tests {
    use super::{super::queue::Phase, *};

    #[test]
    fn lines_of_the_accounting_are_read() {
        let one = task("12_3|OUT_OF_MEMORY|n1|0:125").unwrap();
        assert_eq!((one.job, one.index, one.phase, one.exit), (12, Some(3), Phase::Over, Some((0, 125))));
        assert_eq!(task("12_4|CANCELLED by 0|n1|0:15").unwrap().state, "CANCELLED");
        assert_eq!(task("14|COMPLETED|n1|0:0").unwrap().index, None);
        assert_eq!((task("12_[5-7%2]|PENDING|None assigned|0:0"), task("")), (None, None));
    }
}
