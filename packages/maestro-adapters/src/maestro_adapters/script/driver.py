"""Writes the driver around the script of a scheduled job: plain ``sh`` that makes the attempt file.

Exactly-once execution and exit codes come from the attempt file (see "The attempt file" on the workspace
format page); for local jobs `maestro_adapters.local.keeper.process` makes it. The body below is one constant text.
What differs between jobs are its arguments, quoted in a ``set --`` line: paths and names never become part
of a command.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

__all__ = ["ALREADY_STARTED", "CANNOT_START", "arguments", "scheduled"]

#: Exit code: the attempt file was there already, so nothing ran (sysexits.h: EX_TEMPFAIL).
ALREADY_STARTED = 75
#: Exit code: the attempt file, the workspace or the logs could not be had, so nothing ran
#: (sysexits.h: EX_CANTCREAT).
CANNOT_START = 73

# Arguments: 1 workspace, 2 script, 3 number of the attempt, 4 host, 5 boot id, 6 stem of the logs
# (empty: output goes where the scheduler sends it), 7 middle of their names (empty: the process id),
# 8 time of the start, s since 1970, 9 the scheduler's id of the job (empty: not said). Its variables
# have names that no job has.
#
# * The signals are caught so that the driver outlives its script and can tell how that ended; a
#   signal caught by a shell has its default action in the programs that it starts (POSIX, "trap").
# * No loop has a `continue` or a `break`: bash (5.2, which is `sh` on many clusters) forgets a trap whose signal
#   comes while it carries one out, and the job that was told to end would go on.
# * `set -C` with a redirection opens with O_EXCL in dash, bash, ksh and busybox.
# * The attempt file stays open, so that a single `write` follows the script's end: where the driver is
#   killed in between, the exit code is lost. A script that deleted the file gets a new one; where it put
#   something else there, a pipe say, that is not written to: nobody may read it.
# * `command` keeps a failing redirection of the special built-in `exec` from ending the shell.
# * The interpreter is started by its name, as the kernel does for `#!`: a script that another
#   thread has just written cannot be "busy" (ETXTBSY), nor need its file system allow execution.
# * Nothing is forked but the script; `sleep` only where the end line cannot be written, and while something
#   of the script's session holds the log open: who forgot a `wait` gets what a `wait` would have given, where
#   the scheduler would have killed the rest. Linux alone tells that. `-ef` compares files also where they are
#   pipes; the session is the fourth field behind the last ")" of `stat` (proc(5)); what carries no token of
#   this job was there before. On other nodes of the job nothing is seen.
_TRAP = "maestro_told=\ntrap maestro_told=1 HUP INT TERM\n"
_BEGIN = """\
cd "$1" || exit 73
set -C
if { command exec 3>".attempt.$3"; } 2>/dev/null; then :; else
"""
_NOT_CREATED = """\
  [ -e ".attempt.$3" ] && exit 75
  exit 73
"""
#: A scheduler that requeues a job stops it first: that is not the attempt's end, so no end is
#: written after a signal; what became of the job, the scheduler tells.
_END_REQUEUABLE = """\
[ "$maestro_code" -le 128 ] || [ "$maestro_told" ] || sleep 1 # our own signal may be on its way
[ -z "$maestro_told" ] || exit "$maestro_code"
"""
#: A job that its scheduler requeued is the same attempt: it goes on, where it was this job that
#: started the attempt, and the attempt has not ended.
_REQUEUED = """\
  %s && [ -f ".attempt.$3" ] || exit 75
  maestro_mine=
  while read -r maestro_word maestro_rest; do
    case "$maestro_word $maestro_rest " in
      'start '*" job=$9 "*) maestro_mine=1 ;;
      *) exit 75 ;;
    esac
  done <".attempt.$3"
  [ "$maestro_mine" ] || exit 75
  command exec 3>>".attempt.$3" || exit 73
"""
_REDIRECT = """\
fi
set +C
printf 'start pid=%s host=%s boot=%s%s\\n' "$$" "$4" "$5" "${8:+ time=$8}${9:+ job=$9}" >&3 || exit 73
if [ "$6" ]; then
  command exec >>"$6.${7:-$$}.out" 2>>"$6.${7:-$$}.err" || {
    printf 'end code=73\\n' >&3
    exit 73
  }
fi
"""
_RUN = """\
read -r maestro_interpreter maestro_option <"$2"
case $maestro_interpreter in
  '#!'?*) "${maestro_interpreter#??}" ${maestro_option:+"$maestro_option"} "$2" </dev/null 3>&- ;;
  *) "$2" </dev/null 3>&- ;;
esac
maestro_code=$?
"""
_LEFT = """\
maestro_session() {
  maestro_name= maestro_is=
  read -r maestro_stat 2>/dev/null <"$1/stat" || return 1
  maestro_name=${maestro_stat#*"("}
  maestro_name=${maestro_name%")"*}
  set -f
  set -- ${maestro_stat##*")"}
  set +f
  case $1 in Z | X) return 1 ;; esac
  maestro_is=$4
}
maestro_add() {
  case " $$ $maestro_left" in *[" :"]"${1#/proc/}"[" ,"]*) return ;; esac
  maestro_session "$1" && [ "$maestro_is" = "$maestro_mine" ] || return
  grep -aqF "MAESTRO_TOKEN=$MAESTRO_TOKEN" "$1/environ" 2>/dev/null || return
  case $maestro_name in *[!A-Za-z0-9._+-]*) maestro_name=program ;; esac
  maestro_left=$maestro_left$maestro_name:${1#/proc/},
}
maestro_look() {
  maestro_left=
  maestro_session "/proc/$$" || return 1
  maestro_mine=$maestro_is
  for maestro_file in /proc/[0-9]*/fd/[0-9]; do
    if [ "$maestro_file" -ef "/proc/$$/fd/1" ] || [ "$maestro_file" -ef "/proc/$$/fd/2" ]; then
      maestro_add "${maestro_file%/fd/*}"
    fi
  done
  [ "$maestro_left" ]
}
if [ -r "/proc/$$/fd/1" ] && [ "${MAESTRO_TOKEN-}" ] && maestro_look; then
  printf 'command code=%s left=%s\n' "$maestro_code" "${maestro_left%,}" >&3
  printf 'maestro: the command has ended with exit code %s; waiting for what it left in the background: %s\n' \
    "$maestro_code" "${maestro_left%,}" >&2
  while [ -z "$maestro_told" ] && maestro_look; do sleep 1; done
fi
"""
_END = """\
maestro_tries=0
until { printf 'end code=%s\\n' "$maestro_code" >&3 && [ -e ".attempt.$3" ] && [ ! -d ".attempt.$3" ]; } ||
  { [ ! -p ".attempt.$3" ] && printf 'end code=%s\\n' "$maestro_code" >>".attempt.$3"; } ||
  [ "$maestro_tries" -ge 29 ]; do
  maestro_tries=$((maestro_tries + 1))
  sleep 1
done
exit "$maestro_code"
"""


def arguments(
    workspace: str,
    script: str,
    attempt: int,
    *,
    log: str = "",
    log_id: str = "",
    job_id: str = "",
) -> str:
    r"""Write the ``set --`` line of a scheduled job's driver, and nothing that could be a directive.

    A line end within a value is written as a variable, so that no part of a path stands at the
    beginning of a line, where LSF would look for ``#BSUB``.

    Args:
        workspace: absolute path.
        script: absolute path.
        attempt: number of the attempt.
        log: stem of the log files; empty: output goes where the scheduler sends it.
        log_id: words of ``sh``, the middle of the log files' names: ``${SLURM_JOB_ID}``.
        job_id: words of ``sh`` that give the scheduler's id of the job.
    """
    words = [
        _quoted(workspace),
        _quoted(script),
        str(attempt),
        '"$maestro_host"',
        '"$maestro_boot"',
        _quoted(log),
    ]
    return f'set -- {" ".join(words)} "{log_id}" "$(date +%s)" "{job_id}"\n'


def _quoted(text: str) -> str:
    return '"$maestro_newline"'.join(shlex.quote(piece) for piece in text.split("\n"))


def scheduled(
    directives: Sequence[str],
    set_arguments: str,
    environment: Mapping[str, str],
    *,
    prologue: Sequence[str] = (),
    requeued: str = "",
    script_text: str | None = None,
) -> str:
    """Write the driver that a scheduler gets.

    Args:
        directives: the leading lines of the script, without line ends: ``#SBATCH --nodes=1``.
        set_arguments: what `arguments` gave; for an array, a ``case`` with one for each element.
        environment: variables to export, ``MAESTRO_TOKEN`` above all. Values may hold anything.
        prologue: commands of ``sh`` that run before everything else, wherever the job starts.
        requeued: a command of ``sh`` that is true in a job which the scheduler requeued by itself;
            such a job continues its attempt, which it knows by its `job_id`. Empty: it never does.
            A job that may be requeued writes no end line after a signal.
        script_text: the script itself, where the node that runs the job may not have its file:
            it is written into the workspace first, as ``.attempt.<n>.script``.
    """
    exports = [f"{name}={_quoted(value)}\nexport {name}\n" for name, value in environment.items()]
    return "".join(
        [
            "#!/bin/sh\n",
            *(f"{line}\n" for line in directives),
            "maestro_newline='\n'\n",
            "maestro_host=$(uname -n)\n",
            "maestro_boot=-\n",
            "[ -r /proc/sys/kernel/random/boot_id ] && read -r maestro_boot </proc/sys/kernel/random/boot_id\n",
            *(f"{line}\n" for line in prologue),
            *exports,
            set_arguments,
            _TRAP,
            _BEGIN,
            _REQUEUED % requeued if requeued else _NOT_CREATED,
            _REDIRECT,
            _unpacked(script_text) if script_text is not None else "",
            _RUN,
            _LEFT,
            _END_REQUEUABLE if requeued else "",
            _END,
        ]
    )


def _unpacked(script: str) -> str:
    """Commands that write the script into the workspace, and make it the one that is run."""
    delimiter = "END_OF_SCRIPT"
    while delimiter in script:
        delimiter += "_"
    text = script if script.endswith("\n") else f"{script}\n"
    return (
        "maestro_script=$1/.attempt.$3.script\n"
        'set -- "$1" "$maestro_script" "$3"\n'
        f"if ! cat >\"$2\" <<'{delimiter}'\n{text}{delimiter}\n"
        "then\n"
        "  printf 'end code=73\\n' >&3\n"
        "  exit 73\n"
        "fi\n"
        'chmod 755 "$2"\n'
    )
