#!/usr/bin/env bash
#
# down.sh - stop the test cell that up.sh started.
#
#   bash down.sh            # delete its jobs, stop its daemons
#   bash down.sh --purge    # ... and remove its state folder
#
# It stops only the sge_qmaster, sge_execd and sge_shepherds whose pids are in
# SGE_TEST_DIR [/tmp/sge-test].  Safe to run twice.

set -euo pipefail

D=${SGE_TEST_DIR:-/tmp/sge-test}
case ${1:-} in
    '' | --purge) ;;
    *) sed -n '3,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
[ -e "$D/env.sh" ] || { echo "down.sh: nothing at $D"; exit 0; }
# shellcheck disable=SC1091
. "$D/env.sh"

# running FILE PROGRAM: print the pid in FILE if that process is PROGRAM, alive.
running() {
    local pid
    pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] &&
        [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ] &&
        grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$pid/status" && echo "$pid"
}

# stop FILE PROGRAM: ask it to stop, and after 10 s make it.
stop() {
    local pid i
    pid=$(running "$1" "$2") || return 0
    kill "$pid" 2>/dev/null || true
    for ((i = 0; i < 100; i++)); do
        running "$1" "$2" >/dev/null || return 0
        sleep 0.1
    done
    echo "down.sh: $2 $pid did not stop, killing it" >&2
    kill -9 "$pid" 2>/dev/null || true
}

qmaster=$D/spool/qmaster/qmaster.pid
shepherds() {
    local file
    for file in "$D"/spool/execd/*/active_jobs/*/pid; do
        [ -e "$file" ] && running "$file" sge_shepherd
    done
    return 0
}

# Jobs outlive sge_execd, so end them first.
if running "$qmaster" sge_qmaster >/dev/null; then
    timeout 20 qdel -u '*' >/dev/null 2>&1 || true
    for ((i = 0; i < 75; i++)); do
        [ -n "$(shepherds)" ] || break
        sleep 0.2
    done
fi
for file in "$D"/spool/execd/*/execd.pid; do
    stop "$file" sge_execd
done
stop "$qmaster" sge_qmaster

[ "${1:-}" != --purge ] || rm -rf "$D"
echo "down.sh: stopped"
