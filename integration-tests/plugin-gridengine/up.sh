#!/usr/bin/env bash
#
# up.sh - bring up a private, single-host Grid Engine cell for tests.
#
# Real sge_qmaster and sge_execd (Debian's Son of Grid Engine 8.1.9), so qsub,
# qstat, qdel, qacct, qhold, qalter and qconf behave as they do on a cluster.
# Everything lives in one folder and uses ports of its own; a Grid Engine cell
# that is already on the machine (/var/lib/gridengine) is left alone.
#
#   bash up.sh                  # start, or do nothing if it runs
#   . /tmp/sge-test/env.sh          # point the q* commands at it
#   qsub -b y hostname && qstat
#   bash down.sh [--purge]      # stop it [and remove its folder]
#
# Settings, from the environment:
#   SGE_TEST_DIR    state folder                    [/tmp/sge-test]
#   SGE_TEST_PORT   TCP ports PORT and PORT+1       [26444]
#   SGE_TEST_SLOTS  slots of queue all.q            [16]
#
# Needs root: sge_execd starts jobs as the user that submitted them.  Installs
# missing Debian packages.

set -euo pipefail
umask 022

D=${SGE_TEST_DIR:-/tmp/sge-test}
PORT=${SGE_TEST_PORT:-26444}
SLOTS=${SGE_TEST_SLOTS:-16}
ADMIN=sgeadmin
HOST=$(uname -n)

say() { printf 'up.sh: %s\n' "$*"; }
die() {
    printf 'up.sh: %s\n' "$*" >&2
    for log in "$D"/log/* "$D"/spool/*/messages "$D"/spool/execd/*/messages; do
        [ -s "$log" ] && { printf -- '--- %s\n' "$log"; tail -n 5 "$log"; } >&2
    done
    exit 1
}

case $D in
    /*[!A-Za-z0-9._/-]* | [!/]*)
        echo "up.sh: SGE_TEST_DIR must be an absolute path of plain characters: $D" >&2
        exit 1 ;;
esac
[ "$(id -u)" -eq 0 ] || die "must run as root"

export SGE_ROOT=$D/root SGE_CELL=default SGE_CLUSTER_NAME=sgetest
export SGE_QMASTER_PORT=$PORT SGE_EXECD_PORT=$((PORT + 1))

# --- packages -----------------------------------------------------------------

install_packages() {
    local missing=() pkg policy=/usr/sbin/policy-rc.d made_policy=
    for pkg in gridengine-master gridengine-exec gridengine-client; do
        dpkg-query -W -f '${Status}' "$pkg" 2>/dev/null |
            grep -q 'ok installed' || missing+=("$pkg")
    done
    [ ${#missing[@]} -eq 0 ] && return
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

qmaster_pid() { cat "$D/spool/qmaster/qmaster.pid" 2>/dev/null; }
execd_pid() { cat "$D"/spool/execd/*/execd.pid 2>/dev/null | head -n 1; }

# alive PID PROGRAM: does it run, is it PROGRAM, and not just a zombie?
alive() {
    [ -n "$1" ] && [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ] &&
        ! grep -q '^State:[[:space:]]*[ZX]' "/proc/$1/status"
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

# --- the cell -----------------------------------------------------------------

make_cell() {
    [ ! -e "$D/cell.done" ] || return 0
    rm -rf "$D"
    local arch common=$SGE_ROOT/$SGE_CELL/common dir
    arch=$(/usr/share/gridengine/util/arch)
    mkdir -p "$common" "$D"/{log,spool/qmaster/job_scripts,spool/db,spool/execd}
    ln -s /usr/share/gridengine/util "$SGE_ROOT/util"
    for dir in bin lib utilbin; do
        mkdir -p "$SGE_ROOT/$dir"
        ln -s /usr/lib/gridengine "$SGE_ROOT/$dir/$arch"
    done
    sed -e "s,^spooling_params .*,spooling_params $D/spool/db," \
        -e "s,^qmaster_spool_dir .*,qmaster_spool_dir $D/spool/qmaster," \
        /usr/share/gridengine/default-bootstrap >"$common/bootstrap"
    echo "$HOST" >"$common/act_qmaster"
    # Grid Engine does not work with a host whose address reads back as
    # localhost, as on most test machines, unless told that they are the same.
    echo "$HOST localhost" >"$common/host_aliases"
    chown -R $ADMIN: "$D"
    su -s /bin/sh $ADMIN -c "/usr/share/gridengine/scripts/init_cluster \
        '$SGE_ROOT' $SGE_CELL '$D/spool/db' $ADMIN" >"$D/log/init.log" 2>&1 ||
        die "init_cluster failed"
    su -s /bin/sh $ADMIN -c \
        "SGE_ROOT='$SGE_ROOT' /usr/lib/gridengine/spooldefaults managers root" \
        >>"$D/log/init.log" 2>&1 || die "could not make root a manager"
    cat >"$D/env.sh" <<CONF
# Written by up.sh.  Point the Grid Engine commands at the test cell.
export SGE_ROOT=$SGE_ROOT SGE_CELL=$SGE_CELL SGE_CLUSTER_NAME=$SGE_CLUSTER_NAME
export SGE_QMASTER_PORT=$SGE_QMASTER_PORT SGE_EXECD_PORT=$SGE_EXECD_PORT
CONF
    : >"$D/cell.done"
}

# set_conf FILE KEY VALUE...: replace whole lines of a qconf dump.
set_conf() {
    local file=$1
    shift
    while [ $# -gt 0 ]; do
        sed -i "s@^$1 .*@$1 $2@" "$file"
        shift 2
    done
}

# Host, queue, parallel environment and short waits.
configure() {
    [ ! -e "$D/configured" ] || return 0
    local tmp rc=0
    tmp=$(mktemp -d)
    export SGE_SINGLE_LINE=1   # else qconf folds long lines
    q() { qconf "$@" || rc=1; }

    # (qmaster's own host is an admin host from the start.)
    q -as "$HOST"

    # qconf -Mconf wants a file called after what it changes.
    qconf -sconf | grep -v '^#' >"$tmp/global"
    set_conf "$tmp/global" execd_spool_dir "$D/spool/execd" min_uid 0 min_gid 0 \
        load_report_time 00:00:02 mailer /bin/true \
        reporting_params 'accounting=true reporting=false flush_time=00:00:01 joblog=false sharelog=00:00:00'
    q -Mconf "$tmp/global"

    qconf -ssconf >"$tmp/sched"
    set_conf "$tmp/sched" schedule_interval 0:0:1 flush_submit_sec 1 flush_finish_sec 1
    q -Msconf "$tmp/sched"

    cat >"$tmp/pe" <<CONF
pe_name smp
slots 999
user_lists NONE
xuser_lists NONE
start_proc_args NONE
stop_proc_args NONE
allocation_rule \$pe_slots
control_slaves FALSE
job_is_first_task TRUE
urgency_slots min
accounting_summary FALSE
qsort_args NONE
CONF
    q -Ap "$tmp/pe"

    cat >"$tmp/host" <<CONF
hostname $HOST
load_scaling NONE
complex_values NONE
user_lists NONE
xuser_lists NONE
projects NONE
xprojects NONE
usage_scaling NONE
report_variables NONE
CONF
    q -Ae "$tmp/host"

    # load_thresholds NONE: a busy test machine must not close the queue.
    cat >"$tmp/queue" <<CONF
qname all.q
hostlist $HOST
seq_no 0
load_thresholds NONE
suspend_thresholds NONE
nsuspend 1
suspend_interval 00:05:00
priority 0
min_cpu_interval 00:05:00
processors UNDEFINED
qtype BATCH INTERACTIVE
ckpt_list NONE
pe_list smp
rerun TRUE
slots $SLOTS
tmpdir /tmp
shell /bin/bash
prolog NONE
epilog NONE
shell_start_mode unix_behavior
starter_method NONE
suspend_method NONE
resume_method NONE
terminate_method NONE
notify 00:00:05
owner_list NONE
user_lists NONE
xuser_lists NONE
subordinate_list NONE
complex_values NONE
projects NONE
xprojects NONE
calendar NONE
initial_state default
s_rt INFINITY
h_rt INFINITY
s_cpu INFINITY
h_cpu INFINITY
s_fsize INFINITY
h_fsize INFINITY
s_data INFINITY
h_data INFINITY
s_stack INFINITY
h_stack INFINITY
s_core INFINITY
h_core INFINITY
s_rss INFINITY
h_rss INFINITY
s_vmem INFINITY
h_vmem INFINITY
CONF
    q -Aq "$tmp/queue"
    rm -rf "$tmp"
    [ $rc -eq 0 ] || return 1
    : >"$D/configured"
}

start_qmaster() {
    alive "$(qmaster_pid)" sge_qmaster && return
    rm -f "$D/spool/qmaster/qmaster.pid"
    sge_qmaster >>"$D/log/qmaster.out" 2>&1 || die "sge_qmaster did not start"
    wait_for 30 sge_qmaster qconf -sss
}

start_execd() {
    alive "$(execd_pid)" sge_execd && return
    rm -f "$D"/spool/execd/*/execd.pid
    sge_execd >>"$D/log/execd.out" 2>&1 || die "sge_execd did not start"
}

# The queue's state column is empty when it takes jobs ("au" before the first
# report from sge_execd).
queue_ready() {
    qstat -f -q all.q | awk '/^all\.q@/ { if (NF == 5) ok = 1 } END { exit !ok }'
}

# --- main ---------------------------------------------------------------------

install_packages
make_cell
start_qmaster
configure >"$D/log/configure.log" 2>&1 || die "could not configure the cell"
start_execd
wait_for 60 "queue all.q" queue_ready
say "sge ready in ${SECONDS}s; now: . $D/env.sh"
qstat -f
