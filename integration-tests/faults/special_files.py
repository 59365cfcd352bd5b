"""Things that are no plain, readable files of a plain size, in the place of files of a study."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
from pathlib import Path

from faults.counted_study import make_study
from faults.judge import Leave, judge
from faults.trial import UNPRIVILEGED, Trial

NAME = "special files"
INJECTED = (
    "a FIFO, a socket, a link to `/dev/zero`, `/dev/full` or `/dev/null`, a folder, a file with "
    "100 MB of zeros behind it, one that may not be read, a dangling link, one that leads to itself, "
    "to a file elsewhere, in the place of a file or folder of the workspace or of a request, before "
    "the start, while the study runs, or while no conductor does"
)

_KINDS = (
    "fifo", "socket", "zero", "full", "null", "folder", "sparse", "unreadable", "dangling", "loop",
    "elsewhere",
)  # fmt: skip

_PLACES = (
    ".maestro/graph.msgpack", ".maestro/run.msgpack", ".maestro/journal.msgpack",
    ".maestro/conductor.msgpack", ".maestro/lock", ".maestro/requests", ".maestro/claimed",
    ".maestro/requests/one.json", ".maestro/claimed/one.json", ".cancel.lock",
    ".study.update.lock", "status.csv", ".status.lock", "logs", "logs/study.log", "study.txt",
    "a/N.0", "b/N.0", "last", "a/N.0/.attempt.1", "b/N.0/.attempt.1", "last/.attempt.1",
    "a/N.0/a_N.0.sh", "b/N.0/b_N.0.sh", "b/N.0/.log.1.out", "b/N.0/.log.1.err",
)  # fmt: skip

_FOLDERS = {".maestro/requests", ".maestro/claimed", "logs", "a/N.0", "b/N.0", "last"}
_WHEN = ("before the start", "while it runs", "while no conductor runs")

#: s after which a study that is not held up has ended, once its conductor takes signals.
_LONG_ENOUGH = 8

#: Commands that look at a study, or ask for something, meanwhile.
_WORDS = (
    ["status"], ["status", "--json"], ["why", "b"], ["logs"], ["logs", "b"], ["resume"],
    ["update", "--throttle", "2"], ["cancel", "-y"],
)  # fmt: skip


def attempt(chance: random.Random, folder: Path) -> str | None:
    """Put something in the place of a file, run what there is to run, take it away, and judge."""
    trial = Trial(folder)
    trial.prefix = UNPRIVILEGED
    root = make_study(trial, chance)
    kind, place, when = _draw(chance)
    words = chance.choice(_WORDS)
    path = root / place
    if when == "before the start":
        saved = _put(trial, kind, path)
        started = trial.start("conductor", trial.conductor())
    else:
        started = trial.start("conductor", trial.conductor())
        started.within(chance.uniform(0.1, 0.9))
        if when == "while no conductor runs":
            started.send(chance.choice([signal.SIGTERM, signal.SIGKILL]))
            trial.end(started, {2, 143, -signal.SIGKILL, -signal.SIGTERM})
        saved = _put(trial, kind, path)
        if when == "while no conductor runs":
            started = trial.start("another conductor", trial.conductor())
    asked = trial.start("command", trial.maestro(words[0], root, *words[1:]))
    # What cannot be written or read for now may be waited for; the study can be stopped meanwhile.
    started.wait_until_it_catches(signal.SIGTERM)  # on a busy machine that is not soon
    if not started.within(_LONG_ENOUGH):
        started.send(signal.SIGTERM)
    trial.end(asked, {0, 1, 2, 3})
    trial.end(started, {0, 1, 2, 3, 143})
    trial.kill_all()  # `resume` may have started a conductor in the background
    _take_away(path, saved)
    trial.prefix = []
    trial.resume()
    found = judge(trial, Leave(lost=True, asked=True))
    return found and f"{kind} at {place} {when}, `maestro {' '.join(words)}`: {found}"


def _draw(chance: random.Random) -> tuple[str, str, str]:
    """Kind, place and time; what would be no fault, or the loss of what is known, is drawn again."""
    while True:
        kind, place, when = chance.choice(_KINDS), chance.choice(_PLACES), chance.choice(_WHEN)
        if kind == "folder" and place in _FOLDERS:
            continue
        if kind == "elsewhere" and ("log" in place or place.endswith("txt")):
            continue  # people may want their logs elsewhere
        if place == ".maestro/lock" and when == "while it runs":
            continue  # who moves it away lets a second conductor in
        return kind, place, when


def _put(trial: Trial, kind: str, path: Path) -> Path | None:
    """Put something in a place; gives where what stood there is now."""
    saved = None
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(path):
        if kind in ("sparse", "unreadable") and path.is_file():
            saved = trial.folder / "saved"
            saved.write_bytes(path.read_bytes())
        else:
            saved = path.rename(trial.folder / "saved")
    links = {
        "zero": "/dev/zero",
        "full": "/dev/full",
        "null": "/dev/null",
        "dangling": "no/such/file",
        "loop": path.name,
        "elsewhere": trial.outside / "file",
    }
    if kind in links:
        path.symlink_to(links[kind])
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        _bind(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "sparse":
        with path.open("ab") as file:
            file.truncate(file.tell() + 100_000_000)
    else:
        path.touch()
        path.chmod(0)
    return saved


def _bind(path: Path) -> None:
    """Make a socket; its path may be longer than an address takes."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)


def _take_away(path: Path, saved: Path | None) -> None:
    """Remove what was put there, and put back what stood there before."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    if saved is not None:
        saved.rename(path)
