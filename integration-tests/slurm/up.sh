#!/usr/bin/env bash
#
# up.sh - bring up a private, single-machine Slurm cluster for tests.
#
# Everything is real: munged, mariadbd, slurmdbd, slurmctld and one slurmd for
# each virtual node, so sbatch, squeue, sacct, scancel, srun, scontrol and
# sacctmgr behave as they do on a cluster.  Everything lives in one folder and
# talks over unix sockets and ports of its own: nothing in /etc is read or
# written, and a Slurm that is already on the machine is left alone.
#
#   bash up.sh                   # start (or repair, or do nothing)
#   . /tmp/slurm-test/env.sh     # point the Slurm commands at it
#   sbatch --wrap hostname && squeue && sacct
#   bash down.sh [--purge]       # stop it [and remove its folder]
#
# It is safe to run twice: what runs already is kept, and nodes that were set
# down are resumed.  The configuration is written anew only while slurmctld is
# down.  No systemd is needed.
#
# Settings, from the environment:
#   SLURM_TEST_DIR    state folder                          [/tmp/slurm-test]
#   SLURM_TEST_PORT   first TCP port; uses PORT..PORT+1 and
#                     PORT+10..PORT+10+NODES-1              [26817]
#   SLURM_TEST_NODES  virtual nodes, n1..nN                 [4]
#   SLURM_TEST_CPUS   CPUs that each node claims to have    [8]
#   SLURM_TEST_GPUS   GPUs that each node claims to have    [2]
#   SLURM_TEST_CONF   file with slurm.conf lines; they replace
#                     or add to those written here          [none]
#   SLURM_TEST_CGROUP 1: enforce memory limits with cgroups, so that a job over
#                     its --mem becomes OUT_OF_MEMORY.  Needs root and cgroup
#                     v1; 0: without cgroups it becomes FAILED 0:9     [0]
#   SLURM_TEST_SPEED  run slurmctld's periodic work this many times as often,
#                     so that a job past its time limit is ended within
#                     30/SPEED s rather than 30 s (15 is good).  More
#                     than 1 needs a C compiler, Debian's if need be  [1]
#
# It installs missing Debian packages with apt-get, which needs root; where
# they are there already, any user can run it (jobs then run as that user).

set -euo pipefail
umask 022

D=${SLURM_TEST_DIR:-/tmp/slurm-test}
PORT=${SLURM_TEST_PORT:-26817}
NODES=${SLURM_TEST_NODES:-4}
CPUS=${SLURM_TEST_CPUS:-8}
GPUS=${SLURM_TEST_GPUS:-2}
CGROUP=${SLURM_TEST_CGROUP:-0}
SPEED=${SLURM_TEST_SPEED:-1}
EXTRA=${SLURM_TEST_CONF:-}

CLUSTER=slurmtest
CTLD_PORT=$PORT
DBD_PORT=$((PORT + 1))
NODE_PORT=$((PORT + 10))
ME=$(id -un)
HOST=$(uname -n)
HOST=${HOST%%.*}

export PATH=$PATH:/usr/sbin:/sbin
export SLURM_CONF=$D/etc/slurm.conf

say() { printf 'up.sh: %s\n' "$*"; }
die() {
    printf 'up.sh: %s\n' "$*" >&2
    # The reason is nearly always the last thing that a daemon logged.
    for log in "$D"/log/*.log; do
        [ -s "$log" ] && { printf -- '--- %s\n' "$log"; tail -n 5 "$log"; } >&2
    done
    exit 1
}

case $D in
    /*[!A-Za-z0-9._/-]* | [!/]*)
        echo "up.sh: SLURM_TEST_DIR must be an absolute path of plain characters: $D" >&2
        exit 1 ;;
esac
# A unix socket's path has at most 107 bytes; the longest here is
# DIR/spool/nNN/nNN_JOBID.STEP, which slurmd makes for each job step.
if [ ${#D} -gt 60 ]; then
    echo "up.sh: SLURM_TEST_DIR is too long (at most 60 characters): $D" >&2; exit 1
fi

# --- packages -----------------------------------------------------------------

# The -core packages hold the MariaDB programs without its system service.
install_packages() {
    local missing=() compiler=() pkg policy=/usr/sbin/policy-rc.d made_policy=
    [ "$SPEED" = 1 ] || command -v cc >/dev/null || compiler=(gcc libc6-dev)
    for pkg in munge slurmctld slurmd slurmdbd slurm-client \
               mariadb-server-core mariadb-client-core "${compiler[@]}"; do
        dpkg-query -W -f '${Status}' "$pkg" 2>/dev/null |
            grep -q 'ok installed' || missing+=("$pkg")
    done
    [ ${#missing[@]} -eq 0 ] && return
    [ "$(id -u)" -eq 0 ] || die "not root; install first: ${missing[*]}"
    say "installing ${missing[*]}"
    # Keep Debian from starting services of its own for these packages; one
    # script at a time, as each takes away what it put there.
    exec 8>"${TMPDIR:-/tmp}/maestro-policy-rc.d.lock"
    flock 8
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
        made_policy=1
    fi
    local rc=0
    sh "$(dirname "$0")/../../scripts/apt-install.sh" "${missing[@]}" 8>&- || rc=$?
    [ -z "$made_policy" ] || rm -f $policy
    exec 8>&-
    [ $rc -eq 0 ] || die "could not install: ${missing[*]}"
}

# --- helpers ------------------------------------------------------------------

# alive NAME PROGRAM: does the process of run/NAME.pid run, and is it PROGRAM?
# (After a reboot the number in a pid file can be somebody else's, and where
# process 1 is not a real init a dead daemon may stay for a while as a zombie.)
alive() {
    local pid
    pid=$(cat "$D/run/$1.pid" 2>/dev/null) && [ -n "$pid" ] &&
        [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ] &&
        ! grep -q '^State:[[:space:]]*[ZX]' "/proc/$pid/status"
}

# wait_for SECONDS WHAT COMMAND...: poll until COMMAND succeeds.
wait_for() {
    local end=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || die "timed out waiting for $what"
        sleep 0.2
    done
}

# --- configuration ------------------------------------------------------------

make_dirs() {
    mkdir -p "$D"/{etc,run,log,spool/ctld}
    mkdir -p "$D/db"
    chmod 755 "$D" "$D"/{etc,run,log}
    chmod 700 "$D/db"
    local i
    for ((i = 1; i <= NODES; i++)); do mkdir -p "$D/spool/n$i"; done
    if [ ! -s "$D/etc/munge.key" ]; then
        (umask 077; head -c 1024 /dev/urandom >"$D/etc/munge.key")
    fi
}

write_conf() {
    local gres_type='' node_gres='' last=$((NODE_PORT + NODES - 1))
    local nodes="n[1-$NODES]" ports="[$NODE_PORT-$last]"
    [ "$NODES" -gt 1 ] || { nodes=n1; ports=$NODE_PORT; }
    : >"$D/etc/gres.conf"
    if [ "$GPUS" -gt 0 ]; then
        gres_type=$'GresTypes=gpu\nAccountingStorageTRES=gres/gpu'
        node_gres="Gres=gpu:$GPUS"
        # Any device file will do as a "GPU"; they are numbered in this order.
        local devices=(/dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty)
        [ "$GPUS" -le ${#devices[@]} ] || die "at most ${#devices[@]} GPUs a node"
        local files=${devices[*]:0:GPUS}
        printf 'AutoDetect=off\nNodeName=%s Name=gpu File=%s\n' \
            "$nodes" "${files// /,}" >"$D/etc/gres.conf"
    fi

    local task_plugin=task/none gather_params=JobAcctGatherParams=OverMemoryKill
    rm -f "$D/etc/cgroup.conf"
    if [ "$CGROUP" = 1 ]; then
        if [ ! -w /sys/fs/cgroup/memory ] || [ ! -w /sys/fs/cgroup/freezer ]; then
            die "SLURM_TEST_CGROUP=1 needs root and a writable cgroup v1"
        fi
        task_plugin=task/cgroup gather_params=
        printf '%s\n' CgroupPlugin=cgroup/v1 CgroupAutomount=no ConstrainRAMSpace=yes \
            ConstrainSwapSpace=yes AllowedSwapSpace=0 >"$D/etc/cgroup.conf"
    fi

    cat >"$D/etc/slurm.conf" <<CONF
# Written by up.sh.
ClusterName=$CLUSTER
SlurmctldHost=$HOST(127.0.0.1)
SlurmctldPort=$CTLD_PORT
SlurmUser=$ME
SlurmdUser=$ME
AuthType=auth/munge
# cred_expire is also how long a requeued job waits before it may start again.
AuthInfo=socket=$D/run/munge.socket,cred_expire=5
MpiDefault=none
MailProg=/bin/true
# A node that died comes back by itself; one set down by hand needs state=resume.
ReturnToService=1
PropagateResourceLimits=NONE

# No binding, and no cgroups unless asked for: works in any container, and lets
# jobs share cores.
ProctrackType=proctrack/linuxproc
TaskPlugin=$task_plugin
# Believe the CPUs and memory written below, not what the machine has.
SlurmdParameters=config_overrides

StateSaveLocation=$D/spool/ctld
SlurmdSpoolDir=$D/spool/%n
SlurmctldPidFile=$D/run/slurmctld.pid
SlurmdPidFile=$D/run/slurmd.%n.pid
SlurmctldLogFile=$D/log/slurmctld.log
SlurmdLogFile=$D/log/slurmd.%n.log
SlurmctldDebug=info
SlurmdDebug=info

# Short waits: start a job at once, end it soon.
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2,bf_continue,max_rpc_cnt=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
DefMemPerCPU=1000
KillWait=2
OverTimeLimit=0
CompleteWait=0
MinJobAge=300
SlurmctldTimeout=300
SlurmdTimeout=300
# Jobs of partition debug preempt those of partition scavenge.
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE

AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=localhost
AccountingStoragePort=$DBD_PORT
# With munge this "password" is the socket; AuthInfo is not used for slurmdbd.
AccountingStoragePass=$D/run/munge.socket
AccountingStorageEnforce=associations,limits,qos
AccountingStoreFlags=job_comment,job_script,job_env
JobAcctGatherType=jobacct_gather/linux
# Without cgroups a job over its --mem is killed at the next sample, so within
# 5 s (sbatch --acctg-freq=task=1: 1 s).
JobAcctGatherFrequency=task=5
$gather_params
$gres_type

NodeName=$nodes NodeHostname=localhost NodeAddr=127.0.0.1 Port=$ports CPUs=$CPUS RealMemory=64000 $node_gres State=UNKNOWN
PartitionName=DEFAULT Nodes=ALL State=UP DefaultTime=60
PartitionName=debug Default=YES MaxTime=INFINITE PriorityTier=10 PreemptMode=OFF
PartitionName=short MaxTime=5 PriorityTier=10 PreemptMode=OFF
PartitionName=scavenge MaxTime=INFINITE PriorityTier=1 PreemptMode=REQUEUE
CONF
    if [ -n "$EXTRA" ]; then
        # A line in EXTRA replaces the one above with the same key; more nodes
        # and partitions are added.
        awk -F= '
            { key = tolower($1); gsub(/[ \t]/, "", key) }
            NR == FNR { if (key !~ /^#|^$|^(nodename|partitionname)$/) set[key]; next }
            !(key in set)
        ' "$EXTRA" "$D/etc/slurm.conf" >"$D/etc/slurm.conf.new"
        cat "$EXTRA" >>"$D/etc/slurm.conf.new"
        mv "$D/etc/slurm.conf.new" "$D/etc/slurm.conf"
    fi

    cat >"$D/etc/slurmdbd.conf" <<CONF
# Written by up.sh.
DbdHost=localhost
DbdPort=$DBD_PORT
SlurmUser=$ME
AuthType=auth/munge
AuthInfo=socket=$D/run/munge.socket
PidFile=$D/run/slurmdbd.pid
LogFile=$D/log/slurmdbd.log
DebugLevel=info
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=root
StorageLoc=slurm_acct_db
CONF
    chmod 600 "$D/etc/slurmdbd.conf"

    cat >"$D/env.sh" <<CONF
# Written by up.sh.  Point the Slurm commands at the test cluster.
export SLURM_CONF=$D/etc/slurm.conf
CONF
}

# slurmctld looks for jobs past their limit every 30 s, a number that is fixed
# when it is compiled; all its periodic work asks difftime() whether it is due.
make_speedup() {
    [ "$SPEED" != 1 ] || return 0
    command -v cc >/dev/null || die "SLURM_TEST_SPEED needs a C compiler"
    printf '#include <time.h>\ndouble difftime(time_t a, time_t b) { return (double)(a - b) * %s; }\n' \
        "$SPEED" >"$D/run/speedup.c"
    cc -shared -fPIC -O1 -fno-builtin -o "$D/run/speedup.so" "$D/run/speedup.c" ||
        die "could not compile $D/run/speedup.c"
}

# --- daemons ------------------------------------------------------------------

start_munged() {
    alive munged munged && return
    rm -f "$D/run/munge.socket"*
    munged --socket="$D/run/munge.socket" --key-file="$D/etc/munge.key" \
        --pid-file="$D/run/munged.pid" --log-file="$D/log/munged.log" \
        --seed-file="$D/run/munged.seed" --force >>"$D/log/munged.out" 2>&1 ||
        die "munged did not start: $(cat "$D/log/munged.out")"
    wait_for 10 munged munge --socket="$D/run/munge.socket" --no-input
}

# The database listens on a socket in a folder that only we can enter, and on
# no port, so it needs no password.
start_mariadb() {
    alive mariadbd mariadbd && return
    if [ ! -d "$D/db/data/mysql" ]; then
        rm -rf "$D/db/data"
        mariadb-install-db --no-defaults --user="$ME" --datadir="$D/db/data" \
            --auth-root-authentication-method=normal --skip-test-db \
            --skip-name-resolve >"$D/log/mariadb-install.log" 2>&1 ||
            die "mariadb-install-db failed"
    fi
    # Durability is worth nothing here, speed is.
    setsid mariadbd --no-defaults --user="$ME" --datadir="$D/db/data" \
        --socket="$D/db/sock" --pid-file="$D/run/mariadbd.pid" \
        --skip-networking --skip-log-bin --log-error="$D/log/mariadbd.log" \
        --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync \
        --innodb-buffer-pool-size=64M --innodb-lock-wait-timeout=900 \
        >>"$D/log/mariadbd.out" 2>&1 </dev/null &
    wait_for 30 mariadbd mariadb --no-defaults -u root -S "$D/db/sock" -e 'select 1'
}

start_slurmdbd() {
    alive slurmdbd slurmdbd && return
    MYSQL_UNIX_PORT=$D/db/sock slurmdbd >>"$D/log/slurmdbd.out" 2>&1 ||
        die "slurmdbd did not start"
    wait_for 30 slurmdbd sacctmgr -n show cluster
}

# Accounts, QOS and the calling user.  sacctmgr says "already exists" the second
# time; "show" tells whether it worked.
add_accounting() {
    [ -e "$D/run/accounting.done" ] && return
    {
        sacctmgr -i add cluster $CLUSTER
        sacctmgr -i add qos high set Priority=100
        sacctmgr -i add qos limited set MaxJobsPerUser=1 MaxSubmitJobsPerUser=3 MaxWall=00:10:00
        sacctmgr -i add account proj_a Cluster=$CLUSTER Description=a Organization=test
        sacctmgr -i add account proj_b Cluster=$CLUSTER Description=b Organization=test
        sacctmgr -i add user "$ME" Account=proj_a,proj_b DefaultAccount=proj_a
        sacctmgr -i modify user "$ME" set DefaultAccount=proj_a
        sacctmgr -i modify cluster $CLUSTER set QOS=normal,high,limited DefaultQOS=normal
    } >"$D/log/sacctmgr.log" 2>&1 || true
    [ "$(sacctmgr -n show assoc user="$ME" account=proj_a,proj_b | wc -l)" -ge 2 ] ||
        die "could not set up accounting: $(cat "$D/log/sacctmgr.log")"
    : >"$D/run/accounting.done"
}

start_slurmctld() {
    alive slurmctld slurmctld && return
    local preload=
    [ "$SPEED" = 1 ] || preload=$D/run/speedup.so
    LD_PRELOAD=$preload slurmctld >>"$D/log/slurmctld.out" 2>&1 ||
        die "slurmctld did not start"
    wait_for 30 slurmctld sh -c "scontrol ping | grep -q 'is UP'"
}

start_slurmds() {
    local i
    for ((i = 1; i <= NODES; i++)); do
        alive "slurmd.n$i" slurmd && continue
        slurmd -N "n$i" >>"$D/log/slurmd.n$i.out" 2>&1 || die "slurmd n$i did not start"
    done
}

# A trailing "*" in sinfo's state means that the node does not answer.
nodes_ready() {
    local states bad
    states=$(sinfo -h -N -p debug -o '%N %t') && [ -n "$states" ] || return 1
    bad=$(awk '$2 ~ /^(down|drain|drng|fail|unk|inval)|[*]$/ { print $1 }' <<<"$states")
    [ -n "$bad" ] || return 0
    # A node that was marked down or drained stays so until told otherwise.
    scontrol update nodename="${bad//$'\n'/,}" state=resume
    return 1
}

# --- main ---------------------------------------------------------------------

install_packages
make_dirs
# One start at a time in one folder.
exec 9>"$D/run/lock"
flock 9
if ! alive slurmctld slurmctld; then
    write_conf
    make_speedup
else
    # Keep to what runs now.
    NODES=$(sinfo -h -N -p debug -o %N | wc -l)
fi
# Daemons must not hold the lock: 9>&-
{
    start_munged
    start_mariadb
    start_slurmdbd
    add_accounting
    start_slurmctld
    start_slurmds
} 9>&-
wait_for 60 "$NODES nodes" nodes_ready
say "slurm ready in ${SECONDS}s; now: . $D/env.sh"
sinfo
