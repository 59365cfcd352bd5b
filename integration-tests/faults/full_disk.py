"""A disk that is really full, of blocks or of files, from a random instant on; later there is room."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from faults.counted_study import make_study
from faults.judge import judge
from faults.trial import Trial

NAME = "full disk"
INJECTED = (
    "a tmpfs that is filled at a random instant, by bytes or by files, to the last or nearly; "
    "emptied up to 1.5 s later; in half of the tries the conductor gets TERM, INT or KILL meanwhile"
)


def attempt(chance: random.Random, folder: Path) -> str | None:
    """Fill the disk under a conductor, or before it starts; then judge the study."""
    options = chance.choice([["size=1m"], ["size=8m", "nr_inodes=250"]])
    with mounted(folder / "disk", *options) as disk:
        trial = Trial(folder, root=disk / "w")
        make_study(trial, chance)
        early = chance.random() < 0.25
        left = chance.choice([0, 0, 1, 3, 10])
        if early:
            _fill(disk, files=len(options) > 1, left=left)
        started = trial.start("conductor", trial.conductor())
        started.within(chance.uniform(0, 1))
        if not early:
            _fill(disk, files=len(options) > 1, left=left)
        number = chance.choice([None, None, None, signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
        started.within(chance.uniform(0, 1))
        if number is not None:
            started.send(number)
            started.within(chance.uniform(0, 0.5))
        _empty(disk)
        # 1: there was no room for its lock.
        trial.end(started, {1, 2} if number is None else {1, 2, 128 + number, -number})
        return judge(trial)


@contextlib.contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """A file system in memory.

    Args:
        folder: where; made.
        options: of mount(8): ``size=1m``, ``nr_inodes=400``.
    """
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "none", str(folder)]
    subprocess.run(command, check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path) -> None:
    """Leave no room."""
    with (disk / "ballast").open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(bytes(4096))


def fill_with_files(disk: Path, most: int = 400) -> Path:
    """Leave no room for another file; gives the folder with those that are in the way."""
    folder = disk / "ballast.d"
    with contextlib.suppress(OSError):
        folder.mkdir()
        for number in range(most):
            (folder / str(number)).touch()
    return folder


def _fill(disk: Path, *, files: bool, left: int) -> None:
    """Fill a disk but for some pages or files."""
    if not files:
        fill(disk)
        ballast = disk / "ballast"
        with contextlib.suppress(OSError), ballast.open("ab") as file:
            file.truncate(max(0, ballast.stat().st_size - 4096 * left))
        return
    folder = fill_with_files(disk)
    with contextlib.suppress(OSError):
        for number, path in enumerate(folder.iterdir()):
            if number < left:
                path.unlink()


def _empty(disk: Path) -> None:
    (disk / "ballast").unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        for path in (disk / "ballast.d").iterdir():
            path.unlink()
