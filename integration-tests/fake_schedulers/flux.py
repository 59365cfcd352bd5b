"""`flux batch`, `submit`, `jobs`, `cancel` and `queue list` as a real Flux 0.88.0 answered.

The recorded commands are named where their answer is given: `submit-bad-option` is
`flux submit --nosuchoption -n1 true`, and so on. Options are those of flux-core 0.88's manual pages
(https://flux-framework.readthedocs.io/projects/flux-core/en/latest/man1/flux-batch.html and beside it).
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import time

from engine import Job, is_down, new_id, root

# flux-batch(1), flux-submit(1): long name → (short name or None, has a value)
COMMON = {
    "queue": ("q", True), "bank": ("B", True), "time-limit": ("t", True), "urgency": (None, True),
    "job-name": (None, True), "setopt": ("o", True), "setattr": ("S", True), "add-file": (None, True),
    "dependency": (None, True), "requires": (None, True), "begin-time": (None, True), "env": (None, True),
    "env-remove": (None, True), "env-file": (None, True), "rlimit": (None, True), "input": (None, True),
    "output": (None, True), "error": (None, True), "unbuffered": ("u", False), "label-io": ("l", False),
    "cwd": (None, True), "flags": (None, True), "signal": (None, True), "dry-run": (None, False),
    "quiet": (None, False), "nodes": ("N", True), "exclusive": ("x", False),
}  # fmt: skip
BATCH = COMMON | {
    "wrap": (None, False), "conf": (None, True), "broker-opts": (None, True), "dump": (None, True),
    "nslots": ("n", True), "cores-per-slot": ("c", True), "gpus-per-slot": ("g", True),
}  # fmt: skip
SUBMIT = COMMON | {
    "ntasks": ("n", True), "cores-per-task": ("c", True), "gpus-per-task": ("g", True),
    "cores": (None, True), "tasks-per-node": (None, True), "tasks-per-core": (None, True),
    "gpus-per-node": (None, True), "verbose": ("v", False), "cc": (None, True), "bcc": (None, True),
    "wait-event": (None, True), "wait": (None, False), "watch": (None, False), "log": (None, True),
    "log-stderr": (None, True), "progress": (None, False), "jps": (None, False), "taskmap": (None, True),
}  # fmt: skip
# flux-jobs(1)
JOBS = {
    "a": ("a", False), "A": ("A", False), "count": ("c", True), "filter": ("f", True), "since": (None, True),
    "no-header": ("n", False), "user": ("u", True), "name": (None, True), "queue": ("q", True),
    "include": ("i", True), "format": ("o", True), "sort": (None, True), "width": ("w", True),
    "json": (None, False), "color": (None, True), "recursive": ("R", False), "level": ("L", True),
    "recurse-all": (None, False), "threads": (None, True), "stats": (None, False),
    "stats-only": (None, False),
}  # fmt: skip
# flux-cancel(1)
CANCEL = {
    "all": (None, False), "dry-run": ("n", False), "message": ("m", True), "quiet": ("q", False),
    "states": ("S", True), "user": ("u", True),
}  # fmt: skip
QUEUES = ("debug", "batch")  # queue-list
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # RFC 19


class UsageError(Exception):
    """An option that the manual does not know."""


def fail(message: str, code: int = 1) -> int:
    """A message and an exit code."""
    print(message, file=sys.stderr)
    return code


def parse(
    argv: list[str], known: dict[str, tuple[str | None, bool]]
) -> tuple[list[tuple[str, str]], list[str]]:
    """Options and the words behind them, as Python's argparse takes them."""
    shorts = {short: (name, value) for name, (short, value) in known.items() if short}
    options: list[tuple[str, str]] = []
    words = list(argv)
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word == "--":
            break
        if word.startswith("--"):
            name, joint, text = word[2:].partition("=")
            if name not in known or len(name) == 1:
                raise UsageError(word)
            takes = known[name][1]
        else:
            if word[1] not in shorts:
                raise UsageError(word)
            name, takes = shorts[word[1]]
            joint, text = ("=", word[2:]) if len(word) > 2 else ("", "")
        if takes and not joint:
            if not words:
                raise UsageError(word)
            text = words.pop(0)
        options.append((name, text))
    return options, words


def no_broker(command: str) -> int:
    """no-broker, bad-uri."""
    uri = os.environ.get("FLUX_URI", "local:///run/flux/local").partition("://")[2]
    return fail(
        f"flux-{command}: ERROR: Unable to connect to Flux: broker socket {uri} was not found"
    )


def f58(number: int) -> str:
    """An id as flux prints it: with `f` where the locale has no U+0192."""
    digits = ""
    while number:
        number, rest = divmod(number, 58)
        digits = BASE58[rest] + digits
    utf8 = "UTF-8" in (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").upper()
    return ("ƒ" if utf8 else "f") + (digits or "1")


def number_of(job_id: str) -> int:
    """The number of an f58 id, or of a decimal one."""
    if job_id.isdecimal():
        return int(job_id)
    number = 0
    for digit in job_id[1:]:
        number = number * 58 + BASE58.index(digit)
    return number


def seconds(text: str) -> float:
    """A Flux standard duration (RFC 23)."""
    found = re.fullmatch(r"(\d+(?:\.\d*)?)(ms|s|m|h|d)?", text)
    if not found:
        raise UsageError(f"--time-limit={text}")
    return (
        float(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, None: 60}[found[2]]
    )


def submission(argv: list[str], command: str) -> int:
    """`flux batch` with a script on standard input, `flux submit` with a command."""
    known = BATCH if command == "batch" else SUBMIT
    try:
        options, words = parse(argv, known)
        script = ""
        if command == "batch":
            if words:
                return fail(
                    f"flux-batch: ERROR: No such file or directory: {words[0]!r}"
                )  # batch-missing-script
            script = sys.stdin.read()
            options = directives(script) + options  # the command line overrides (flux-batch(1))
        elif not words:
            return fail("flux-submit: ERROR: job command and arguments are missing")
    except UsageError as error:  # submit-bad-option
        print(f"usage: flux {command} [OPTIONS...] COMMAND [ARGS...]", file=sys.stderr)
        return fail(f"flux {command}: error: unrecognized arguments: {error}", 2)
    chosen = dict(options)
    if is_down():
        return no_broker(command)
    if chosen.get("queue", QUEUES[0]) not in QUEUES:  # submit-bad-queue
        return fail(f"[Errno 1] Invalid queue {chosen['queue']!r} specified")
    if command == "batch" and not {"nslots", "nodes"} & set(chosen):
        return fail("flux-batch: ERROR: Number of slots to allocate must be specified")
    try:
        urgency = int(
            {"hold": "0", "expedite": "31", "default": "16"}.get(
                chosen.get("urgency", "16"), chosen.get("urgency", "16")
            )
        )
    except ValueError:
        return fail(f"flux-{command}: ERROR: invalid urgency")
    limit = seconds(chosen.get("time-limit", "0"))
    number = new_id()
    job = Job(number)
    flux_id = (
        number * 2**24 + 638321957888
    )  # like those of an instance that has run for some minutes
    cwd = chosen.get("cwd", os.getcwd())
    job.store(
        {
            "options": options,
            "id": flux_id,
            "name": chosen.get("job-name", "batch" if command == "batch" else words[0]),
            "queue": chosen.get("queue", QUEUES[0]),
            "cwd": cwd,
            "urgency": urgency,
            "submit": time.time(),
            "limit": limit,
            "environment": {"FLUX_JOB_ID": f58(flux_id), "FLUX_TASK_RANK": "0"},
        }
    )
    if command == "batch":
        (job.folder / "script").write_text(script)
        words = ["/bin/sh", str(job.folder / "script")]
    if urgency:
        out = chosen.get("output", "/dev/null").replace("{{id}}", f58(flux_id))
        err = chosen.get("error", out).replace("{{id}}", f58(flux_id))
        job.start(words, cwd=cwd, out=out, err=err, limit=limit)
    print(f58(flux_id))  # batch, submit-sleep
    return 0


def directives(script: str) -> list[tuple[str, str]]:
    """RFC 36: `#flux:` lines at the head of a script."""
    options: list[tuple[str, str]] = []
    for line in script.splitlines():
        if not line.startswith("#"):
            break
        if line.startswith("#flux:"):
            more, rest = parse(shlex.split(line.removeprefix("#flux:")), BATCH)
            if rest:
                raise UsageError(rest[0])
            options += more
    return options


def entry(job: Job) -> dict[str, object]:
    """A job as `flux jobs --json` shows it: jobs-by-id-json, jobs-after-cancel."""
    spec = job.spec
    shown: dict[str, object] = {
        "name": spec["name"],
        "cwd": spec["cwd"],
        "queue": spec["queue"],
        "ntasks": 1,
        "id": spec["id"],
        "t_submit": spec["submit"],
        "username": "tester",
        "urgency": spec["urgency"],
        "duration": spec["limit"],
        "dependencies": [],
        "jobid": "ƒ" + f58(spec["id"])[1:],
        "annotations": {},
        "exception": {"occurred": False},
    }
    if job.started:
        shown |= {"t_run": float(job.started), "nnodes": 1, "ranks": "0", "nodelist": "host1"}
    end = job.end
    if end is None:
        state = "RUN" if job.started else "SCHED"
        return shown | {"state": state, "status": state}
    code, moment = end
    shown |= {"state": "INACTIVE", "t_cleanup": float(moment), "t_inactive": float(moment)}
    if job.has("cancelled"):  # jobs-after-cancel: a running one, and a held one
        returncode, result = (143 if job.started else -128), "CANCELED"
        shown["exception"] = {"occurred": True, "severity": 0, "type": "cancel", "note": ""}
    elif job.has("expired"):  # submit-timelimit
        returncode, result = 142, "TIMEOUT"
        note = "resource allocation expired"
        shown["exception"] = {"occurred": True, "severity": 0, "type": "timeout", "note": note}
    else:
        returncode, result = code, "COMPLETED" if code == 0 else "FAILED"
    success = result == "COMPLETED"
    return shown | {
        "success": success,
        "result": result,
        "status": result,
        "returncode": returncode,
    }


def jobs(argv: list[str]) -> int:
    """Shows jobs: those asked for, or those that match `--filter`."""
    try:
        options, ids = parse(argv, JOBS)
    except UsageError as error:
        return fail(f"flux-jobs: error: unrecognized arguments: {error}", 2)
    chosen = dict(options)
    if is_down():
        return no_broker("jobs")
    if "json" not in chosen:
        return fail("this fake answers as JSON alone")
    every = {job.spec["id"]: job for job in Job.all()}
    if ids:
        known = [every[number_of(job_id)] for job_id in ids if number_of(job_id) in every]
        for job_id in ids:
            if number_of(job_id) not in every:  # jobs-one-known-one-unknown
                print(f"JobID {job_id} unknown", file=sys.stderr)
        if not known:  # jobs-unknown-id
            return 1
        shown = [entry(job) for job in known]
        # flux-jobs(1): one id gives one object.
        print(json.dumps(shown[0] if len(ids) == 1 else {"jobs": shown}))
        return 0
    live = [entry(job) for job in every.values() if "a" in chosen or job.end is None]
    count = int(chosen.get("count", "1000"))
    print(json.dumps({"jobs": live[:count] if count else live}))
    return 0


def cancel(argv: list[str]) -> int:
    """Ends jobs: cancel-running, cancel-held, cancel-finished, cancel-unknown."""
    try:
        _, ids = parse(argv, CANCEL)
    except UsageError as error:
        return fail(f"flux-cancel: error: unrecognized arguments: {error}", 2)
    if is_down():
        return no_broker("cancel")
    every = {job.spec["id"]: job for job in Job.all()}
    code = 0
    for job_id in ids:
        job = every.get(number_of(job_id))
        if job is None:
            code = fail(f"flux-cancel: ERROR: {job_id}: unknown job id")
        elif job.end is not None:
            code = fail(f"flux-cancel: ERROR: {job_id}: job is inactive")
        else:
            job.cancel()
    return code


def queue(argv: list[str]) -> int:
    """queue-list; one line without a name where the instance has no named queues."""
    if is_down():
        return no_broker("queue")
    if argv != ["list", "-n", "-o", "{queue}"]:
        return fail("this fake knows `flux queue list -n -o {queue}` alone")
    print("" if (root() / "anonymous_queue").exists() else "\n".join(QUEUES))
    return 0


def flux(argv: list[str]) -> int:
    """`flux COMMAND …`."""
    command, *rest = argv or ["help"]
    if command in ("batch", "submit"):
        return submission(rest, command)
    known = {"jobs": jobs, "cancel": cancel, "queue": queue}
    if command in known:
        return known[command](rest)
    return fail(f"flux: `{command}' is not a flux command.  See 'flux --help'")
