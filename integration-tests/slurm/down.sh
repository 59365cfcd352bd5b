#!/usr/bin/env bash
#
# down.sh - stop the test cluster that up.sh started.
#
#   bash down.sh            # cancel its jobs, stop its daemons
#   bash down.sh --purge    # ... and remove its state folder
#
# It stops only processes that a pid file in SLURM_TEST_DIR [/tmp/slurm-test]
# names and that still are the program they were, and those slurmstepds that
# were started with that folder's slurm.conf.  Jobs and accounting records are
# kept for the next up.sh unless --purge is given.  Safe to run twice.

set -euo pipefail

D=${SLURM_TEST_DIR:-/tmp/slurm-test}
export PATH=$PATH:/usr/sbin:/sbin
export SLURM_CONF=$D/etc/slurm.conf

case ${1:-} in
    '' | --purge) ;;
    *) sed -n '3,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
[ -d "$D" ] || { echo "down.sh: nothing at $D"; exit 0; }

# running PID: does it exist, and not just as a zombie?
running() { grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"; }

# pid_of NAME PROGRAM: print the pid in run/NAME.pid if that process is PROGRAM.
pid_of() {
    local pid
    pid=$(cat "$D/run/$1.pid" 2>/dev/null) && [ -n "$pid" ] && running "$pid" &&
        [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ] && echo "$pid"
}

# end PID...: ask each to stop, and after 10 s make it.
end() {
    local pid i
    kill "$@" 2>/dev/null || true
    for pid in "$@"; do
        for ((i = 0; i < 100; i++)); do
            running "$pid" || continue 2
            sleep 0.1
        done
        echo "down.sh: $pid did not stop, killing it" >&2
        kill -9 "$pid" 2>/dev/null || true
    done
}

# Our slurmstepds: each carries the cluster's SLURM_CONF in its environment.
steps() {
    local p
    for p in /proc/[0-9]*; do
        [ "$(cat "$p/comm" 2>/dev/null)" = slurmstepd ] || continue
        running "${p#/proc/}" || continue
        tr '\0' '\n' 2>/dev/null <"$p/environ" | grep -qxF "SLURM_CONF=$SLURM_CONF" &&
            echo "${p#/proc/}"
    done
    return 0
}

# Jobs outlive slurmd, so end them first.
if pid_of slurmctld slurmctld >/dev/null; then
    for state in PENDING RUNNING SUSPENDED; do
        timeout 20 scancel --state=$state 2>/dev/null || true
    done
    for ((i = 0; i < 75; i++)); do
        [ -n "$(steps)" ] || break
        sleep 0.2
    done
fi

stop() {
    local pid
    pid=$(pid_of "$1" "$2") && end "$pid"
    rm -f "$D/run/$1.pid"
}

pids=()
names=()
for file in "$D"/run/slurmd.*.pid; do
    [ -e "$file" ] || continue
    name=$(basename "$file" .pid)
    names+=("${name#slurmd.}")
    pid=$(pid_of "$name" slurmd) && pids+=("$pid")
done
[ ${#pids[@]} -eq 0 ] || end "${pids[@]}"
rm -f "$D"/run/slurmd.*.pid
# Steps that scancel could not end, as when slurmctld was not running: end what
# they run (each task leads a process group), and they end too.
left=$(steps)
for step in $left; do
    grep -lsx "PPid:[[:space:]]*$step" /proc/[0-9]*/status | cut -d/ -f3 |
        while read -r task; do
            kill -9 -- "-$task" 2>/dev/null || true
        done
done
# shellcheck disable=SC2086
[ -z "$left" ] || end $left
# Folders that slurmd leaves behind with SLURM_TEST_CGROUP=1; only empty ones go.
if [ -e "$D/etc/cgroup.conf" ]; then
    for name in "${names[@]}"; do
        find /sys/fs/cgroup/*/slurm_"$name" -depth -type d -exec rmdir {} + 2>/dev/null || true
    done
fi

stop slurmctld slurmctld
stop slurmdbd slurmdbd
stop mariadbd mariadbd
stop munged munged

if [ "${1:-}" = --purge ]; then
    # Be sure that it is one of ours.
    [ -e "$D/etc/slurm.conf" ] && rm -rf "$D"
fi
echo "down.sh: stopped"
