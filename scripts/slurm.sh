#!/usr/bin/env bash
# A private Slurm of three virtual nodes on this machine, and the test of `livenet sweep --on slurm` in it.
#
#   scripts/slurm.sh install    Slurm and munge from Debian's packages; root is needed
#   scripts/slurm.sh start      the cluster, under $LIVENET_SLURM; prints the variable that makes commands find it
#   scripts/slurm.sh stop       ends it
#   scripts/slurm.sh test       all of it: sweeps on the cluster, a node's death and a time limit on the way
#
# It touches no Slurm that is there already: files, ports and process ids are its own. Where it cannot work it says
# so and ends well, unless LIVENET_SLURM_REQUIRED is set.
set -euo pipefail
cd "$(dirname "$0")/.."

home="${LIVENET_SLURM:-${TMPDIR:-/tmp}/livenet-slurm-$(id -u)}"
export SLURM_CONF="$home/slurm.conf"
nodes="n1 n2 n3"
# Seconds that a sweep may take before the test gives it up.
patience=900

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*"; }
fail() { say "FAILED: $*" >&2; exit 1; }
skip() {
    say "skipped: $*"
    [ -z "${LIVENET_SLURM_REQUIRED:-}" ] || exit 1
    exit 0
}
# Waits until a command succeeds, for at most so many seconds.
until_true() {
    local most="$1" since="$SECONDS"
    shift
    until "$@"; do
        [ $((SECONDS - since)) -lt "$most" ] || return 1
        sleep 0.5
    done
}

can_be_here() {
    [ "$(uname -s)" = Linux ] || skip "Slurm is for Linux, and this is $(uname -s)"
    [ "$(id -u)" = 0 ] || skip "root is needed to start the daemons, and this is $(id -un)"
}

install() {
    can_be_here
    if command -v slurmctld slurmd munged sbatch > /dev/null; then return; fi
    command -v apt-get > /dev/null || skip "Slurm is not installed, and there is no apt-get to install it with"
    say "installing slurm-wlm and munge"
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        slurm-wlm munge; } > /tmp/livenet-slurm-install.log 2>&1; then
        tail -n 5 /tmp/livenet-slurm-install.log >&2
        skip "Slurm could not be installed"
    fi
}

configure() {
    mkdir -p "$home"/{state,spool,log,run}
    local host
    host="$(hostname -s)"
    # cred_expire is how long a requeued job is held: two minutes by default, which a test need not wait for.
    # slurmd believes what is written about CPUs and memory (config_overrides), so that a node is a name and a port.
    cat > "$SLURM_CONF" <<CONF
ClusterName=livenet
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=27817
AuthType=auth/munge
AuthInfo=socket=$home/run/munge.socket,cred_expire=15
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$home/state
SlurmdSpoolDir=$home/spool/%n
SlurmctldPidFile=$home/run/slurmctld.pid
SlurmctldLogFile=$home/log/slurmctld.log
SlurmdPidFile=$home/run/%n.pid
SlurmdLogFile=$home/log/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
SlurmdParameters=config_overrides
SlurmdTimeout=10
ReturnToService=2
KillWait=10
MinJobAge=3600
MaxArraySize=8
NodeName=n[1-3] NodeHostname=$host NodeAddr=127.0.0.1 Port=[27821-27823] CPUs=1 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=n[1-3] Default=YES MaxTime=INFINITE State=UP
CONF
}

# A node's daemon, alone.
start_node() { slurmd -N "$1" -f "$SLURM_CONF"; }

are_idle() { [ "$(sinfo -h -N -o %T 2> /dev/null | sort | uniq -c | xargs)" = "3 idle" ]; }

start() {
    can_be_here
    command -v slurmctld slurmd munged sbatch > /dev/null || skip "Slurm is not installed; \`$0 install\` does it"
    [ ! -e "$home/run/slurmctld.pid" ] || stop
    rm -rf "$home"
    configure
    # Credentials of its own, so that no munged has to be there and none is disturbed.
    head -c 1024 /dev/urandom > "$home/run/munge.key"
    chown -R munge:munge "$home/run/munge.key"
    mkdir "$home/munge"
    mv "$home/run/munge.key" "$home/munge/"
    chown munge:munge "$home/munge" && chmod 711 "$home/munge" && chmod 400 "$home/munge/munge.key"
    sed -i "s|$home/run/munge.socket|$home/munge/socket|" "$SLURM_CONF"
    runuser -u munge -- munged --socket="$home/munge/socket" --key-file="$home/munge/munge.key" \
        --pid-file="$home/munge/pid" --log-file="$home/munge/log" --seed-file="$home/munge/seed" --force \
        2> "$home/log/munged.err" || fail "munged: $(cat "$home/log/munged.err")"
    slurmctld -f "$SLURM_CONF"
    for node in $nodes; do start_node "$node"; done
    until_true 30 are_idle || { sinfo; fail "the nodes are not idle; see $home/log"; }
    say "three nodes are idle: export SLURM_CONF=$SLURM_CONF"
}

# Ends the process whose id is in a file.
end() {
    local pid
    if [ -s "$1" ] && pid="$(cat "$1")"; then
        kill "$pid" 2> /dev/null || true
        until_true 20 eval "! kill -0 $pid 2> /dev/null" || kill -9 "$pid"
    fi
}

stop() {
    [ ! -e "$SLURM_CONF" ] || scancel --user root 2> /dev/null || true
    for pid in "$home"/run/n*.pid "$home"/run/slurmctld.pid "$home"/munge/pid; do end "$pid"; done
    rm -f "$home"/run/*.pid "$home"/munge/pid
}
# --- the test

# The field of a status that counts.
count() { "$livenet" status "$1" --json | sed -n "s/^  \"$2\": \([0-9]*\),*$/\1/p"; }
stands() { [ "$(count "$1" "$2")" "$3" "$4" ]; }
# All trials are done, and the job that collects is over as well.
is_whole() { stands "$1" done -eq "$2" && [ -z "$(squeue -h -o %i)" ]; }
# What must be the same wherever trials ran: the statistics, and every run behind them.
same() {
    local sweep="$1" place file key
    for place in here there; do (cd "$place" && "$livenet" compare "$sweep" --out "compared/$sweep" > /dev/null); done
    for file in table.json runs.csv; do cmp "here/compared/$sweep/$file" "there/compared/$sweep/$file"; done
    for key in here/"$sweep"/trials/*/; do
        key="$(basename "$key")"
        cmp "here/$sweep/trials/$key/events.jsonl" "there/$sweep/trials/$key/events.jsonl"
        cmp "here/$sweep/trials/$key/journal.bin" "there/$sweep/trials/$key/journal.bin"
    done
    say "the same bytes: table.json and runs.csv of \`livenet compare\`, events and journal of $(ls -d here/"$sweep"/trials/*/ | wc -l) trials"
}

# Kills a node as a power cut does: its daemon, the keepers of its jobs, and their processes.
kill_node() {
    local node="$1" process keeper
    kill -9 "$(cat "$home/run/$node.pid")"
    rm -f "$home/run/$node.pid"
    # The keepers first: one that sees its job end would still tell.
    for process in $(processes_on "$node"); do
        keeper="$(awk '{ print $4 }' "/proc/$process/stat")"
        if [ "$(cat "/proc/$keeper/comm")" = slurmstepd ]; then kill -9 "$keeper"; fi
    done
    for process in $(processes_on "$node"); do kill -9 "$process"; done
}
# The processes of jobs on a node of this cluster, which say so in their environment.
processes_on() {
    local process
    for process in /proc/[0-9]*; do
        if grep -qzx "SLURMD_NODENAME=$1" "$process/environ" 2> /dev/null \
            && grep -qzx "SLURM_CONF=$SLURM_CONF" "$process/environ" 2> /dev/null; then
            echo "${process#/proc/}"
        fi
    done
}

# A sweep of so many updates each, over these seeds.
write_sweep() {
    local name="$1" steps="$2" seeds="$3"
    cat <<TOML
name = "$name"
seeds = [$seeds]

[metric]
name = "metrics.test_accuracy"
better = "higher"

[experiment]
name = "$name"

[experiment.task.digits]

[experiment.network]
wiring = { uniform = 0.2 }

[[experiment.network.group]]
name = "hidden"
neurons = 48
reach = { groups = ["input"] }

[experiment.train]
steps = $steps
batch = 32
evaluate_every = 10000
checkpoint_every = 2000

[experiment.optim.adam]
rate = 0.01

[[experiment.grow]]
strategy = "set"
when = { every = { steps = 500 } }
TOML
}

run_test() {
    install
    livenet="${LIVENET:-}"
    if [ -z "$livenet" ]; then
        cargo build --release --package livenet-experiments
        livenet="${CARGO_TARGET_DIR:-target}/release/livenet"
    fi
    livenet="$(realpath "$livenet")"
    start
    trap stop EXIT
    local work="$home/work"
    mkdir "$work" && cd "$work"
    {
        write_sweep twelve "${LIVENET_STEPS:-60000}" "1, 2, 3, 4"
        printf '\n[[setting]]\nname = "%s"\nset = { %s }\n' \
            still "grow = []" set "" rigl 'grow = [{ strategy = "rigl", when = { every = { steps = 500 } } }]'
    } > twelve.toml
    write_sweep long "${LIVENET_LONG_STEPS:-1000000}" 1 > long.toml

    say "12 trials here, for comparison"
    "$livenet" sweep twelve.toml --out here --quiet > /dev/null
    say "12 trials on three nodes of one core each; arrays of at most 8"
    "$livenet" sweep twelve.toml --out there --on slurm
    until_true 120 stands there/twelve running -eq 3 || fail "they do not run"
    until_true 120 eval 'ls there/twelve/trials/*/checkpoints/step-*.ckpt > /dev/null 2>&1' || fail "no checkpoint"
    local victim
    victim="$(squeue -h -t running -w n2 -o %i)"
    say "n2 is killed, and with it task $victim"
    kill_node n2
    until_true 120 eval "[ \"\$(sinfo -h -n n2 -o %t | tr -d '*')\" = down ]" || fail "n2 is still up: $(sinfo -h -N)"
    until_true 60 eval "\"\$livenet\" status there/twelve | grep -q 'its node was lost'" || fail "status does not say that a node was lost"
    "$livenet" status there/twelve
    say "n2 comes back"
    start_node n2
    until_true "$patience" is_whole there/twelve 12 || { "$livenet" status there/twelve; fail "not all done"; }
    say "what the job that collects printed"
    cat there/twelve/slurm/collect-*.log
    say "where $victim ran"
    grep -h "begins on" there/twelve/slurm/"$victim".log
    [ "$(grep -c "begins on" there/twelve/slurm/"$victim".log)" -ge 2 ] || fail "$victim ran only once"
    same twelve

    say "a trial that takes longer than its minute"
    "$livenet" sweep long.toml --out here --quiet > /dev/null
    "$livenet" sweep long.toml --out there --on slurm --time 1 --grace 20
    until_true "$patience" is_whole there/long 1 || { "$livenet" status there/long; fail "not done"; }
    cat there/long/slurm/[0-9]*.log
    grep -q "queued again" there/long/slurm/[0-9]*.log || fail "it never came to its time limit"
    same long

    say "a search in two rungs: the job that collects decides, and hands the second over"
    {
        write_sweep rungs 3000 1
        printf '\n[[axis]]\nkey = "optim.adam.rate"\nrange = { from = 1e-4, to = 1e-1, scale = "log" }\n'
        printf '\n[search.tpe]\ntrials = 4\nfirst = 2\ntogether = 2\n'
    } > rungs.toml
    "$livenet" sweep rungs.toml --out here --quiet > /dev/null
    "$livenet" sweep rungs.toml --out there --on slurm
    until_true "$patience" is_whole there/rungs 4 || { "$livenet" status there/rungs; fail "not all done"; }
    for decision in here/rungs/decisions/*; do cmp "$decision" "there/rungs/decisions/$(basename "$decision")"; done
    say "the same decisions: $(ls here/rungs/decisions | wc -l)"
    same rungs

    say "what cannot start is said"
    if "$livenet" sweep long.toml --out impossible --on slurm --partition none; then fail "a partition that is none"; fi
    if "$livenet" sweep long.toml --out impossible --on slurm --sbatch=--nodes=9; then fail "nine nodes of three"; fi
    "$livenet" status impossible/long
    say "all of it holds"
}

case "${1:-}" in
install | start | stop) "$1" ;;
test) run_test ;;
*) sed -n '2,/^set/{/^#/!d; s/^# \{0,1\}//; p}' "$0"; exit 2 ;;
esac
