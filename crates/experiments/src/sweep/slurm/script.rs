//! The script of a job, which `sbatch` is given.
//!
//! A task's script holds its trial on a leash: it closes the trial's standard input when Slurm's signal says that the
//! time is nearly over, and the trial watches the clock itself as well, for whether and when the signal comes differs
//! from site to site. Either way the trial ends with a checkpoint, and the task asks to be queued again.

use super::request::SbatchLine;

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn head(lines: &[SbatchLine]) -> String {
    let lines = lines.iter().map(|line| format!("#SBATCH {}", line.text()));
    let all: Vec<String> = std::iter::once("#!/bin/bash".to_owned()).chain(lines).collect();
    all.join("\n") + "\n"
}

/// The script of an array, whose tasks run these trials.
pub(super) struct Trials<'a> {
    /// The binary.
    pub(super) program: &'a str,
    /// The directory of the sweep.
    pub(super) sweep: &'a str,
    /// The keys of the trials, in the order of the array.
    pub(super) keys: &'a [String],
    /// Worker threads of each.
    pub(super) threads: usize,
    /// Seconds before the end of the time limit.
    pub(super) grace: u64,
    /// The user's own options.
    pub(super) lines: &'a [SbatchLine],
}

impl Trials<'_> {
    pub(super) fn text(&self) -> String {
        let keys = self.keys.join("\n") + "\n";
        TRIALS
            .replacen("@HEAD@", &head(self.lines), 1)
            .replacen("@PROGRAM@", &quoted(self.program), 1)
            .replacen("@SWEEP@", &quoted(self.sweep), 1)
            .replacen("@THREADS@", &self.threads.to_string(), 1)
            .replacen("@GRACE@", &self.grace.to_string(), 1)
            .replacen("@KEYS@\n", &keys, 1)
    }
}

/// The script of the job that comes when all trials are over.
pub(super) fn collect(command: &[String], folder: &str, lines: &[SbatchLine]) -> String {
    let command = command.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    format!(
        "{}# What comes when all trials of a sweep are over.\ncd {} && exec {command}\n",
        head(lines),
        quoted(folder)
    )
}

/// What a task says when it asks to be queued again; whoever tells a node's death apart counts these.
pub(super) const REQUEUES: &str = "livenet: ends before its time is over";

const TRIALS: &str = r#"@HEAD@# Trials of a sweep, one for each task of the array.
livenet=@PROGRAM@
sweep=@SWEEP@
threads=@THREADS@
grace=@GRACE@
keys=(
@KEYS@
)
key="${keys[$SLURM_ARRAY_TASK_ID]}"
echo "livenet: $key begins on ${SLURMD_NODENAME:-$(hostname)}, started again ${SLURM_RESTART_COUNT:-0} times"

# When this task's time is over, in seconds since 1970; older versions do not say it unasked.
end="${SLURM_JOB_END_TIME:-$(SLURM_TIME_FORMAT=%s squeue --noheader --job="$SLURM_JOB_ID" --format=%e)}"
clock=()
if [[ "$end" =~ ^[0-9]+$ ]]; then
    left=$((end - $(date +%s)))
    # A sitting takes at least half of its time, or a trial would never get on.
    if [ "$grace" -gt $((left / 2)) ]; then grace=$((left / 2)); fi
    clock=(--until $((end - grace)))
fi

asked=
trap 'asked=requeue; exec 3>&-' USR1
trap 'asked=cancel; exec 3>&-' TERM INT
attempt() {
    place="$(mktemp -d)" && mkfifo "$place/leash" || return 1
    "$livenet" trial "$sweep" "$key" --threads "$threads" --until-stdin-ends "${clock[@]}" \
        < "$place/leash" > /dev/null 2>> "$sweep/trials/$key.log" &
    trial=$!
    exec 3> "$place/leash"
    rm -r "$place"
    # A signal that came before there was a leash.
    if [ -n "$asked" ]; then exec 3>&-; fi
    # A signal ends `wait` early, and not the trial.
    wait "$trial"
    while kill -0 "$trial" 2> /dev/null; do wait "$trial"; done
    wait "$trial"
}
# 75: another process is at it, such as one of a dead node whose lock the file system has not given up yet.
for _ in {1..20}; do
    attempt
    code=$?
    if [ "$code" != 75 ] || [ -n "$asked" ]; then break; fi
    sleep 15
done
if [ "$code" = 130 ] && [ "$asked" != cancel ]; then
    echo "livenet: ends before its time is over, with a checkpoint, and is queued again"
    scontrol requeue "$SLURM_JOB_ID" && exit 0
fi
echo "livenet: $key ends with exit code $code"
exit "$code"
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_quotes_what_is_not_its_own() {
        let line: SbatchLine = "--mem=1G".parse().unwrap();
        let keys = ["a-s1".to_owned(), "a-s2".to_owned()];
        let trials = Trials {
            program: "/it's/livenet",
            sweep: "/my runs/@KEYS@",
            keys: &keys,
            threads: 2,
            grace: 60,
            lines: std::slice::from_ref(&line),
        };
        let text = trials.text();
        assert!(text.starts_with("#!/bin/bash\n#SBATCH --mem=1G\n# Trials"), "{text}");
        for part in [r"livenet='/it'\''s/livenet'", "sweep='/my runs/@KEYS@'", "keys=(\na-s1\na-s2\n)", REQUEUES] {
            assert!(text.contains(part), "no {part} in {text}");
        }
        let text = collect(&["/bin/livenet".to_owned(), "a b".to_owned()], "/there", &[line]);
        assert!(text.ends_with("cd '/there' && exec '/bin/livenet' 'a b'\n"), "{text}");
    }
}
