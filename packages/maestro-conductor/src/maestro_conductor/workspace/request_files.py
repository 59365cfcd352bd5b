"""Claim requests: files by which anyone asks the conductor for something.

What they look like and how they are claimed: "Requests" on the workspace format page.
"""

from __future__ import annotations

import contextlib
import math
import os
from pathlib import Path

import attrs

from maestro_conductor.model.requests import Ask
from maestro_conductor.workspace.file_owner import owner_of
from maestro_conductor.workspace.inside import stay_inside
from maestro_conductor.workspace.paths import CLAIMED, REQUESTS
from maestro_conductor.workspace.regular_files import read_regular
from maestro_conductor.workspace.request_parsing import (
    NotYetError,
    parse_request,
    parse_update,
    request_kind,
)
from maestro_conductor.workspace.sharing import make_requests_folder

__all__ = ["Request", "RequestFiles", "bad_path"]

CANCEL = ".cancel.lock"
UPDATE = ".study.update.lock"

#: s for which a request that cannot be read counts as not written yet.
PATIENCE = 2.0
#: Bytes of a request, and of its name.
_MOST, _LONGEST = 1 << 16, 200


@attrs.frozen
class Request:
    """A request that was claimed.

    Attributes:
        path: where it lies now.
        name: of its file in ``.maestro/requests``, under which it is answered; None: it is none of
            those, and gets no answer.
        by: whose it is; None: that cannot be told.
        ask: what it asks for; None: it makes no sense.
        wrong: why it makes no sense; None: it does.
        kind: what it asks for, where that could be read; else ``unknown``.
    """

    path: Path
    name: str | None
    by: str | None
    ask: Ask | None
    wrong: str | None = None
    kind: str = "unknown"


@attrs.define
class RequestFiles:
    """The requests of a workspace. Only the holder of its lock may have this.

    Attributes:
        root: the workspace.
    """

    root: Path
    #: Claimed and not understood so far: path → steady time of the claim.
    _unread: dict[Path, float] = attrs.Factory(dict)
    _count: int = 0

    def find_claimed(self) -> None:
        """Take up what an earlier conductor claimed and did not apply; to be called once."""
        with contextlib.suppress(OSError):  # made now, as there may be no room later
            make_requests_folder(self.root / REQUESTS)
            (self.root / CLAIMED).mkdir(exist_ok=True)
        with contextlib.suppress(OSError):  # `look` tells of it
            for path in self._listed(CLAIMED):
                if path.suffix != ".bad":
                    self._unread[path] = 0.0

    def any_waiting(self) -> bool:
        """Tell whether there is anything to claim or to take up; change nothing."""
        if any(os.path.lexists(f"{self.root}/{name}") for name in (CANCEL, UPDATE)):
            return True
        for folder in (REQUESTS, CLAIMED):
            with contextlib.suppress(OSError):
                for path in self._listed(folder):
                    if not path.name.startswith(".") and path.suffix != ".bad":
                        return True
        return False

    def look(self, steady: float) -> list[Request]:
        """Claim what is there, and return what can be applied, or never will be, the oldest first.

        Each is to be given to `done` or `reject` once what becomes of it is safe in the journal.

        Args:
            steady: s, the time now.

        Raises:
            OSError: a request could not be claimed; it stays where it is. So do all in a folder that
                cannot be read, or is a link out of the workspace.
        """
        trouble: OSError | None = None
        for name in (CANCEL, UPDATE):
            if os.path.lexists(f"{self.root}/{name}"):
                self._claim(self.root / name, steady)
        try:
            for path in self._listed(REQUESTS):
                if not path.name.startswith("."):
                    self._claim(path, steady)
        except FileNotFoundError:
            pass
        except OSError as error:
            trouble = error
        found = self._read_all(steady) if self._unread else []
        if trouble is not None and not found:
            raise trouble
        return found

    def done(self, request: Request) -> None:
        """Take a request away whose effect is safe."""
        try:
            request.path.unlink()
        except FileNotFoundError:
            pass
        except OSError:  # a folder of that name: aside, or it would be found again and again
            self.reject(request)

    def reject(self, request: Request) -> None:
        """Keep a request aside that was refused."""
        with contextlib.suppress(OSError):
            request.path.rename(bad_path(request.path))

    def give_up_unread(self) -> list[Request]:
        """Return, as what makes no sense, what could not be read until the study ended."""
        for path in list(self._unread):
            self._unread[path] = -math.inf
        return self._read_all(0.0)

    def _listed(self, folder: str) -> list[Path]:
        """Return what is in a folder of the workspace.

        Raises:
            OSError: it cannot be read, or is a link out of the workspace.
        """
        stay_inside(self.root, folder)
        return list((self.root / folder).iterdir())

    def _read_all(self, steady: float) -> list[Request]:
        found: list[tuple[int, Request]] = []
        for path in list(self._unread):
            self._take(path, steady, found)
        found.sort(key=lambda item: item[0])
        return [request for _, request in found]

    def _take(self, path: Path, steady: float, found: list[tuple[int, Request]]) -> None:
        """Read a claimed request; what is understood, or never will be, goes to ``found``, with its age."""
        try:
            request = _read(path)
            written = path.stat().st_mtime_ns
        except FileNotFoundError:
            if path.is_symlink():
                self._refuse(path, "it is a link to nothing", found)
            else:
                del self._unread[path]
        except NotYetError as error:
            since = self._unread[path]
            if not since:
                self._unread[path] = steady
            elif steady - since >= PATIENCE:
                self._refuse(path, str(error), found)
        except OSError as error:
            self._refuse(path, error.strerror or str(error), found)
        except ValueError as error:
            self._refuse(path, str(error), found)
        else:
            del self._unread[path]
            found.append((written, request))

    def _refuse(self, path: Path, why: str, found: list[tuple[int, Request]]) -> None:
        del self._unread[path]
        written = 0
        with contextlib.suppress(OSError):
            written = path.lstat().st_mtime_ns
        found.append((written, _misunderstood(path, why)))

    def _claim(self, path: Path, steady: float) -> None:
        folder = self.root / CLAIMED
        stay_inside(self.root, CLAIMED)
        folder.mkdir(exist_ok=True)
        self._count += 1
        # The name tells what it is; the rest keeps it apart from others, of other conductors too.
        name = path.name.lstrip(".") if path.parent == self.root else path.name
        if len(os.fsencode(name)) > _LONGEST:
            name = os.fsdecode(os.fsencode(name)[:_LONGEST]) + _TOO_LONG
        target = folder / f"{name}.{os.getpid()}.{self._count}"
        with contextlib.suppress(FileNotFoundError):  # whoever wrote it took it back
            path.rename(target)
            self._unread[target] = steady


#: Behind the rest of a name that had more bytes than it may have.
_TOO_LONG = "-too-long"
#: Names of claims that were no files of the folder of requests.
_LOCKS = {CANCEL.lstrip("."): "cancel", UPDATE.lstrip("."): "update"}


def bad_path(path: Path) -> Path:
    """Return where a claimed request is kept that was refused."""
    return path.with_name(f"{path.name}.bad")


def _name_of(path: Path) -> str:
    """Return the name that a claimed request had before."""
    return path.name.rsplit(".", 2)[0]


def _read(path: Path) -> Request:
    name, by = _name_of(path), owner_of(path)
    kind = _LOCKS.get(name)
    if kind == "cancel":
        return Request(path, None, by, Ask("cancel"), kind=kind)
    text = read_regular(path, _MOST)
    if kind == "update":
        return Request(path, None, by, Ask("update", settings=parse_update(text)), kind=kind)
    if name.endswith(_TOO_LONG):
        raise ValueError(f"its name has more than {_LONGEST} bytes")
    ask = parse_request(text)
    return Request(path, name, by, ask, kind=ask.kind)


def _misunderstood(path: Path, why: str) -> Request:
    name = _name_of(path)
    kind = _LOCKS.get(name)
    by: str | None = None
    with contextlib.suppress(OSError):
        by = owner_of(path)
    if kind is not None:
        return Request(path, None, by, None, why, kind)
    with contextlib.suppress(OSError):
        kind = request_kind(read_regular(path, _MOST))
    return Request(path, name, by, None, why, kind or "unknown")
