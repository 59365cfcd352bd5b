"""Ways in which the folder of a study comes to another path, and an audit of all that is not in it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Collection
from pathlib import Path

import attrs

from debian import need
from local_studies import maestro_path

#: Path below a folder → when it was changed (ns since 1970), and what a file holds.
Audit = dict[str, tuple[int, str]]


def audit(folder: Path, without: Collection[Path]) -> Audit:
    """Everything below a folder but what is in some of them; what a link leads to is not followed."""
    found: Audit = {}
    for above, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if Path(above, name) not in without]
        for name in (".", *folders, *files):
            path = Path(above, name)
            if path in without:
                continue
            found[str(path)] = path.lstat().st_mtime_ns, _content(path)
    return found


def _content(path: Path) -> str:
    if path.is_symlink():
        return str(path.readlink())
    return "" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()


@attrs.frozen
class Way:
    """How a folder comes to another path.

    Attributes:
        name: for people.
        go: does it, from the one to the other.
        copies: there are two folders then.
        same: there is one folder then, with two paths.
        mounts: the second path is there only for a process that mounted it.
        away: the second path is on another disk.
    """

    name: str
    go: Callable[[Path, Path], object]
    copies: bool = False
    same: bool = False
    mounts: bool = False
    away: bool = False


def _run(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True)


def _rsync(old: Path, new: Path) -> None:
    need("rsync", "rsync")
    _run("rsync", "-a", f"{old}/", new)


def _tar(old: Path, new: Path) -> None:
    new.mkdir()
    packed = subprocess.run(["tar", "-C", old, "-c", "."], check=True, capture_output=True).stdout
    subprocess.run(["tar", "-C", new, "-x"], check=True, input=packed)


WAYS = {
    way.name: way
    for way in (
        Way("renamed", lambda old, new: old.rename(new)),
        # What `mv` does where it cannot rename: another folder, and the old one is deleted.
        Way(
            "moved to another disk",
            lambda old, new: (_run("cp", "-a", old, new), shutil.rmtree(old)),
            away=True,
        ),
        Way("cp -a", lambda old, new: _run("cp", "-a", old, new), copies=True),
        Way("rsync", _rsync, copies=True),
        Way("tar", _tar, copies=True),
        Way("link", lambda old, new: new.symlink_to(old), same=True),
        Way("bind mount", lambda _, new: new.mkdir(), same=True, mounts=True),
    )
}


def maestro_at(
    way: Way, old: Path, new: Path, *arguments: object
) -> subprocess.CompletedProcess[str]:
    """Run `maestro` where the second path is there."""
    command = [str(maestro_path()), *map(str, arguments)]
    if way.mounts:
        script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
        apart = ["unshare", "--mount", *(["--map-root-user"] if os.getuid() else [])]
        command = [*apart, "sh", "-c", script, "sh", str(old), str(new), *command]
    return subprocess.run(
        command,
        cwd=old.parent,
        env={**os.environ, "TERM": "dumb", "HOME": str(old.parent)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
