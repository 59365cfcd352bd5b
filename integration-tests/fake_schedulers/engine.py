"""What both fakes share: jobs as processes, their state in files below `$FAKE_SCHEDULER`.

A job is a folder: `spec.json` (what was submitted), `script`, and, as things happen, `pid` (of the
session that runs it), `started`, `ended` (`code` and time), `cancelled`, `expired`. All of it is
written by renaming, so that a reader never sees half a file.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

#: Starts the job in a session of its own, ends it at its limit, and tells how it ended.
_SUPERVISOR = r"""
job=$1 limit=$2 out=$3 err=$4
shift 4
date +%s >"$job/started"
setsid "$@" >>"$out" 2>>"$err" </dev/null &
child=$!
echo "$child" >"$job/child"
if [ "$limit" != 0 ]; then
  ( n=0
    while [ "$n" -lt "$limit" ] && [ ! -e "$job/expire" ]; do sleep 0.2; n=$((n + 1)); done
    : >"$job/expired"; kill -TERM -"$child" 2>/dev/null; sleep 1; kill -KILL -"$child" 2>/dev/null
  ) >/dev/null 2>&1 &
  watch=$!
fi
wait "$child"; code=$?
[ "$limit" = 0 ] || kill "$watch" 2>/dev/null
echo "$code $(date +%s)" >"$job/ended.new" && mv "$job/ended.new" "$job/ended"
"""


def root() -> Path:
    """The folder of this fake's state."""
    folder = Path(os.environ["FAKE_SCHEDULER"])
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def is_down() -> bool:
    """Whether the test made the scheduler unreachable."""
    return (root() / "down").exists()


def new_id() -> int:
    """The next number, by creating its folder."""
    number = sum(1 for _ in (root() / "jobs").glob("*")) if (root() / "jobs").exists() else 0
    (root() / "jobs").mkdir(exist_ok=True)
    while True:
        number += 1
        with contextlib.suppress(FileExistsError):
            (root() / "jobs" / str(number)).mkdir()
            return number


class Job:
    """One job's folder."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.folder = root() / "jobs" / str(number)

    @classmethod
    def all(cls) -> list[Job]:
        """Every job, oldest first."""
        folders = (root() / "jobs").glob("*") if (root() / "jobs").exists() else ()
        numbers = sorted(int(folder.name) for folder in folders)
        return [cls(number) for number in numbers if (cls(number).folder / "spec.json").exists()]

    @property
    def spec(self) -> dict[str, Any]:
        """What was submitted."""
        return json.loads((self.folder / "spec.json").read_text())

    def store(self, spec: dict[str, Any]) -> None:
        """Keep what was submitted."""
        temporary = self.folder / "spec.new"
        temporary.write_text(json.dumps(spec))
        temporary.rename(self.folder / "spec.json")

    def start(self, argv: list[str], *, cwd: str, out: str, err: str, limit: float) -> None:
        """Run it; `limit` in seconds, 0 for none; logs are relative to `cwd`."""
        ticks = str(int(limit * 5)) if limit else "0"
        command = ["/bin/sh", "-c", _SUPERVISOR, "job", str(self.folder), ticks, out, err, *argv]
        process = subprocess.Popen(
            command,
            cwd=cwd,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **self.spec.get("environment", {})},
        )
        (self.folder / "pid").write_text(str(process.pid))
        process.returncode = 0  # it goes on without us

    def cancel(self) -> None:
        """End it: TERM for all its processes, and KILL for what is left of them."""
        (self.folder / "cancelled").touch()
        if not (self.folder / "pid").exists():
            (self.folder / "ended").write_text(f"-1 {int(time.time())}\n")
            return
        with contextlib.suppress(ProcessLookupError, ValueError, FileNotFoundError):
            child = int((self.folder / "child").read_text())
            os.killpg(child, signal.SIGTERM)
            subprocess.Popen(
                ["/bin/sh", "-c", f"sleep 1; kill -KILL -{child} 2>/dev/null"],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ).returncode = 0

    def has(self, event: str) -> bool:
        """Whether something has happened to it."""
        return (self.folder / event).exists()

    @property
    def end(self) -> tuple[int, int] | None:
        """Exit code and time of its end; None while it lives."""
        if not self.has("ended"):
            return None
        code, moment = (self.folder / "ended").read_text().split()
        return int(code), int(moment)

    @property
    def started(self) -> int | None:
        """Time of its start."""
        text = (self.folder / "started").read_text() if self.has("started") else ""
        return int(text) if text.strip() else None
