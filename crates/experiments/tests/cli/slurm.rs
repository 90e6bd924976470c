//! Sweeps on Slurm, with commands on the PATH that answer as Slurm's do. `scripts/slurm.sh test` asks a real one.

use super::{
    Bench, TINY, assert_same,
    sweeps::{PAIR, bench, long, until},
};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

/// Each reads and writes files beside it, which tests set up and look at.
const COMMANDS: [(&str, &str); 5] = [
    (
        "sbatch",
        r#"for last; do :; done
        script=$(realpath "$last")
        cd "${0%/*}"
        if [ -e refuse ]; then cat refuse >&2; exit 1; fi
        job=$(($(cat next) + 1)); echo $job > next
        printf '%s\n' "$@" > job-$job.args
        cp "$script" job-$job.sh
        name=$(sed -n 's/^--job-name=//p' job-$job.args)
        array=$(sed -n 's/^--array=0-\([0-9]*\).*/\1/p' job-$job.args)
        if [ -n "$array" ]; then
            for at in $(seq 0 $array); do echo "$job|$at|$name|PENDING||$(cat reason)"; done >> queue
        else
            echo "$job|N/A|$name|PENDING||Dependency" >> queue
        fi
        if [ -e die ]; then kill -9 $PPID; fi
        echo $job"#,
    ),
    (
        "squeue",
        r#"cd "${0%/*}"
        for word; do case $word in --name=*) names=",${word#--name=}," ;; esac; done
        while IFS='|' read -r job at name rest; do
            case $names in *",$name,"*) echo "$job|$at|$name|$rest" ;; esac
        done < queue"#,
    ),
    (
        "scontrol",
        r#"cd "${0%/*}"
        case "$1 $2" in
        'show config') cat config ;;
        'show job') cat "show-$4" 2> /dev/null || { echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1; } ;;
        requeue*) echo "$2" >> requeued ;;
        esac"#,
    ),
    ("scancel", r#"echo "$@" >> "${0%/*}/cancelled""#),
    (
        "sacct",
        r#"cat "${0%/*}/sacct.txt" 2> /dev/null || { echo 'Slurm accounting storage is disabled' >&2; exit 1; }"#,
    ),
];

/// A bench whose PATH has a Slurm with arrays of at most three tasks.
struct Cluster(Bench);

impl Cluster {
    fn new(experiment: &str) -> Self {
        let cluster = Self(bench(experiment, PAIR));
        fs::create_dir(cluster.0.path("slurm")).unwrap();
        for (name, text) in COMMANDS {
            let path = cluster.0.path("slurm").join(name);
            fs::write(&path, format!("#!/bin/bash\n{text}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        for (name, text) in [
            ("next", "0\n"),
            ("queue", ""),
            ("reason", "Priority\n"),
            ("config", "Configuration data as of now\nMaxArraySize            = 3\nMaxJobCount = 10000\n"),
        ] {
            cluster.put(name, text);
        }
        cluster
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.0.path("slurm").join(name), text).unwrap();
    }

    fn get(&self, name: &str) -> String {
        fs::read_to_string(self.0.path("slurm").join(name)).unwrap_or_default()
    }

    /// What is in the queue: a word for the state and what follows it, for each task in order.
    fn queue(&self, states: &[&str]) {
        let lines = self.get("queue");
        let lines = lines.lines().zip(states).map(|(line, state)| {
            let place: Vec<&str> = line.split('|').take(3).collect();
            format!("{}|{state}\n", place.join("|"))
        });
        self.put("queue", &lines.collect::<String>());
    }

    fn with_path(&self, mut command: Command) -> Command {
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", self.0.path("slurm").display()));
        // A test may itself be a job of a real cluster.
        command.env_remove("SLURM_JOB_ID").env_remove("SLURM_JOB_END_TIME").env_remove("SLURM_RESTART_COUNT");
        command
    }

    fn call(&self, arguments: &str) -> super::Answer {
        super::Answer(self.with_path(self.0.command(arguments)).output().unwrap())
    }

    fn status(&self) -> Value {
        self.call("status runs/pair --json").succeeds().json()
    }

    /// The script of a job, as a node runs it for one task.
    fn task(&self, job: u32, index: usize) -> Command {
        let mut command = self.with_path(Command::new("bash"));
        command.arg(self.0.path("slurm").join(format!("job-{job}.sh"))).current_dir(self.0.path(""));
        command.env("SLURM_ARRAY_TASK_ID", index.to_string()).env("SLURM_JOB_ID", format!("{}", 100 * job));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs one task to its end.
    fn node(&self, job: u32, index: usize) -> super::Answer {
        super::Answer(self.task(job, index).output().unwrap())
    }

    fn trial(&self, at: usize) -> std::path::PathBuf {
        self.0.path("runs/pair/trials").join(&self.0.keys("runs/pair")[at])
    }

    /// Starts a task, and waits until its trial has made its way.
    fn under_way(&self, job: u32, index: usize) -> Child {
        let child = self.task(job, index).spawn().unwrap();
        let step = self.trial(index).join("checkpoints/step-0000000003.ckpt");
        until(|| step.exists());
        child
    }
}

fn signal(name: &str, child: &Child) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn a_sweep_is_handed_over_in_arrays_and_comes_out_as_it_does_here() {
    let here = bench(TINY, PAIR);
    let table = here.call("sweep sweep.toml").succeeds().out();
    let there = Cluster::new(TINY);
    let answer = there
        .call("sweep sweep.toml --on slurm --partition long --time 2:00:00 --account us --jobs 2 --sbatch=--mem=1G")
        .succeeds();
    assert!(answer.err().contains("4 trials are handed over to Slurm: job 1, 2"), "{}", answer.err());
    let arguments = there.get("job-1.args");
    for part in [
        "--parsable",
        "--requeue",
        "--open-mode=append",
        "--partition=long",
        "--time=2:00:00",
        "--account=us",
        "--array=0-2%2",
        "--signal=B:USR1@60",
        "--cpus-per-task=1",
    ] {
        assert!(arguments.lines().any(|line| line == part), "no {part} in {arguments}");
    }
    assert!(there.get("job-1.sh").starts_with("#!/bin/bash\n#SBATCH --mem=1G\n"));
    assert!(there.get("job-2.args").contains("--array=0-0%2\n"));
    assert!(there.get("job-3.args").contains("--dependency=afterany:1:2\n"));

    // All of them wait, so nothing is handed over again, and nothing is concluded.
    let again = there.call("sweep sweep.toml --on slurm").succeeds();
    assert!(again.err().contains("4 trials are running or waiting already"), "{}", again.err());
    assert_eq!((again.out(), there.get("next").trim()), (String::new(), "3"));

    for (job, index) in [(1, 2), (1, 0), (2, 0), (1, 1)] {
        let answer = there.node(job, index).succeeds();
        assert!(answer.out().contains("ends with exit code 0"), "{}", answer.out());
    }
    // A task that is run twice does nothing.
    there.node(1, 0).succeeds();
    // Slurm has not tidied up behind all of them when the last job looks.
    there.queue(&[
        "COMPLETED|n1|None",
        "COMPLETED|n1|None",
        "COMPLETING|n1|None",
        "COMPLETED|n2|None",
        "RUNNING|n1|None",
    ]);
    let collect = there.task(3, 0).env("SLURM_JOB_ID", "3").output().unwrap();
    assert_eq!(super::Answer(collect).succeeds().out(), table);
    there.put("queue", "");
    assert_eq!(there.call("sweep sweep.toml --on slurm").succeeds().out(), table);
    assert_eq!(there.get("next").trim(), "3");
    for key in here.keys("runs/pair") {
        assert_same(&here.path("runs/pair/trials").join(&key), &there.0.path("runs/pair/trials").join(&key));
    }
}

#[test]
fn before_its_time_is_over_a_trial_leaves_a_checkpoint_and_its_task_is_queued_again() {
    let here = bench(&long(), PAIR);
    here.call("sweep sweep.toml -q").succeeds();
    let there = Cluster::new(&long());
    there.call("sweep sweep.toml --on slurm --grace 1").succeeds();
    let interrupted = |at: usize| there.trial(at).join("checkpoints/interrupted.ckpt");

    // By signal.
    let child = there.under_way(1, 0);
    signal("-USR1", &child);
    let answer = super::Answer(child.wait_with_output().unwrap()).succeeds();
    assert!(answer.out().contains("is queued again"), "{}", answer.out());
    assert!(interrupted(0).exists());
    assert_eq!(there.get("requeued"), "100\n");

    // By the clock: there is no time at all, so the trial takes one step.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let out = there.task(1, 1).env("SLURM_JOB_END_TIME", now.to_string()).output().unwrap();
    let answer = super::Answer(out).succeeds();
    assert!(answer.out().contains("is queued again"), "{}", answer.out());
    assert!(interrupted(1).exists());
    assert_eq!(there.get("requeued"), "100\n100\n");

    // What is cancelled leaves a checkpoint, and is not queued again.
    let child = there.under_way(1, 2);
    signal("-TERM", &child);
    let answer = super::Answer(child.wait_with_output().unwrap());
    assert_eq!(answer.code(), 130, "{}", answer.out());
    assert!(interrupted(2).exists());
    assert_eq!(there.get("requeued"), "100\n100\n");

    for index in 0..3 {
        there.node(1, index).succeeds();
    }
    there.node(2, 0).succeeds();
    for key in here.keys("runs/pair") {
        assert_same(&here.path("runs/pair/trials").join(&key), &there.0.path("runs/pair/trials").join(&key));
    }
}

/// A node dies: everything on it is killed, and no one says goodbye.
#[test]
fn a_task_that_was_killed_goes_on_where_it_is_started_again() {
    let there = Cluster::new(&long());
    there.call("sweep sweep.toml --on slurm").succeeds();
    let mut child = there.under_way(1, 0);
    signal("-9", &child);
    child.wait().unwrap();
    // Its trial sees the leash end, and goes as well.
    until(|| there.0.call("status runs/pair --json").json()["running"] == 0);
    there.queue(&["PENDING||BeginTime", "RUNNING|n2|None", "PENDING||Resources", "PENDING||Resources"]);
    there.put("show-1", "JobId=1 ArrayJobId=1 ArrayTaskId=0 JobState=PENDING Restarts=1 ExitCode=0:0\n");
    let status = there.status();
    let key = &there.0.keys("runs/pair")[0];
    let seat = &status["slurm"]["seats"][key];
    assert_eq!([&seat["job"], &seat["restarts"], &seat["lost"]], ["1_0", "1", "1"].map(json).each_ref());
    let text = there.call("status runs/pair").succeeds().out();
    assert!(text.contains("its node was lost, and it was queued again"), "{text}");
    assert!(text.contains("2 waiting: Resources (job 1, 2)") && text.contains("1 running on n2 (job 1)"), "{text}");
    there.node(1, 0).succeeds();
    assert_eq!(there.status()["done"], 1);
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

#[test]
fn status_takes_the_files_first_and_then_the_queue_and_the_accounting() {
    let there = Cluster::new(TINY);
    there.call("sweep sweep.toml --on slurm").succeeds();
    there.node(1, 0).succeeds();
    // Slurm lags behind: the trial is done, whatever the queue says.
    there.queue(&["RUNNING|n1|None", "FAILED|n2|NonZeroExitCode", "COMPLETING|n3|None", "PENDING||Priority"]);
    there.put("show-1", "JobId=1 ArrayJobId=1 ArrayTaskId=1 JobState=FAILED Restarts=0 ExitCode=137:0\n");
    let states = |status: &Value| -> Vec<String> {
        status["trials"].as_array().unwrap().iter().map(|trial| trial["state"].as_str().unwrap().to_owned()).collect()
    };
    let status = there.status();
    assert_eq!(states(&status), ["done", "failed", "running", "waiting"]);
    assert_eq!(status["trials"][1]["failure"], "killed by signal 9");
    assert_eq!(status["slurm"]["seats"].as_object().unwrap().len(), 3);

    // The controller has forgotten them. Without accounting only the files speak.
    there.put("queue", "");
    assert_eq!(states(&there.status()), ["done", "waiting", "waiting", "waiting"]);
    there.put(
        "sacct.txt",
        "1_0|COMPLETED|n1|0:0\n1_1|OUT_OF_MEMORY|n2|0:9\n1_2|CANCELLED by 0|n3|0:15\n2_[0]|PENDING||0:0\n",
    );
    let status = there.status();
    assert_eq!(states(&status), ["done", "failed", "failed", "waiting"]);
    let key = &there.0.keys("runs/pair")[1];
    assert_eq!(status["slurm"]["seats"][key]["state"], "OUT_OF_MEMORY");

    // Far from the cluster the files can be read all the same.
    let mut far = there.0.command("status runs/pair");
    let answer = super::Answer(far.env("PATH", "").output().unwrap()).succeeds();
    assert!(answer.out().contains("Slurm was not asked: `squeue` is not on the PATH"), "{}", answer.out());
}

#[test]
fn the_same_command_hands_over_only_what_is_missing() {
    let there = Cluster::new(TINY);
    there.call("sweep sweep.toml --on slurm --array-max 4").succeeds();
    there.node(1, 0).succeeds();
    there.queue(&[
        "COMPLETED|n1|None",
        "NODE_FAIL|n2|None",
        "PENDING||Resources",
        "FAILED|n1|NonZeroExitCode",
        "PENDING||Dependency",
    ]);
    // Job 1 has three tasks, job 2 one, job 3 collects.
    there.call("sweep sweep.toml --on slurm --array-max 1 --collect").succeeds();
    assert_eq!(there.get("next").trim(), "3", "the job that collects handed over what had failed");
    there.call("sweep sweep.toml --on slurm --array-max 1 --json").succeeds();
    let keys = there.0.keys("runs/pair");
    assert!(there.get("job-4.sh").contains(&format!("keys=(\n{}\n)", keys[1])), "{}", there.get("job-4.sh"));
    assert!(there.get("job-5.sh").contains(&format!("keys=(\n{}\n)", keys[3])));
    assert!(there.get("job-6.args").contains("--dependency=afterany:1:4:5\n"), "{}", there.get("job-6.args"));
    assert_eq!(there.get("cancelled"), "3\n", "it would have come too early");
    assert_eq!(there.get("next").trim(), "6");
}

#[test]
fn a_job_whose_number_was_never_written_down_is_found_by_its_name() {
    let there = Cluster::new(TINY);
    there.put("die", "");
    let out = there.with_path(there.0.command("sweep sweep.toml --on slurm")).output().unwrap();
    assert_eq!(out.status.code(), None, "it was killed");
    fs::remove_file(there.0.path("slurm/die")).unwrap();
    there.call("sweep sweep.toml --on slurm").succeeds();
    assert!(there.get("job-2.args").contains("--array=0-0\n"), "{}", there.get("job-2.args"));
    assert!(there.get("job-3.args").contains("--dependency=afterany:1:2\n"));
}

#[test]
fn what_cannot_start_is_said_and_not_waited_for() {
    let there = Cluster::new(TINY);
    there.put(
        "refuse",
        "sbatch: error: invalid partition specified: lnog\nsbatch: error: Batch job submission failed\n",
    );
    there
        .call("sweep sweep.toml --on slurm --partition lnog")
        .fails(1, &["`sbatch` refused: invalid partition specified: lnog", "--partition"]);
    fs::remove_file(there.0.path("slurm/refuse")).unwrap();
    there.put("reason", "PartitionConfig\n");
    there
        .call("sweep sweep.toml --on slurm --sbatch=--mem=900G")
        .fails(1, &["is waiting: PartitionConfig", "the same sweep command with other options"]);
    let text = there.call("status runs/pair").succeeds().out();
    assert!(text.contains("4 waiting: PartitionConfig") && text.contains("help: it will not start"), "{text}");
    there.put("reason", "Resources\n");
    there.call("sweep sweep.toml --on slurm").succeeds();
    assert_eq!(there.get("cancelled"), "1_0 1_1 1_2 2_0\n3\n");
    assert_eq!(there.get("next").trim(), "6");

    there.put("config", "nothing\n");
    there.put("queue", "");
    there.call("sweep sweep.toml --on slurm").fails(1, &["MaxArraySize = N", "--emit-commands"]);
}

#[test]
fn arguments_that_do_not_fit_are_named() {
    let bench = bench(TINY, PAIR);
    bench.call("sweep sweep.toml --partition x").fails(2, &["--partition is for a cluster", "--on slurm"]);
    bench.call("sweep sweep.toml --on slurm --time 1:2:3:4").fails(2, &["--time", "such as 30"]);
    bench.call("sweep sweep.toml --on slurm --sbatch=--array=1").fails(2, &["--array is set by the sweep itself"]);
    bench.call("sweep sweep.toml --on slurm --timeout 5").fails(2, &["--timeout is for trials of this machine"]);
    let mut command = bench.command("sweep sweep.toml --on slurm");
    let answer = super::Answer(command.env("PATH", "").output().unwrap());
    answer.fails(2, &["`scontrol` is not on the PATH", "login node"]);
}
