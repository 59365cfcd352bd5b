"""Claim requests: files by which anyone asks the conductor to cancel, update or resume.

What they look like and how they are claimed: "Requests" on the workspace format page.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Callable
from pathlib import Path

import attrs

from maestro_conductor.model.settings import SettingsChange
from maestro_conductor.workspace.paths import CLAIMED, REQUESTS
from maestro_conductor.workspace.regular_files import read_regular
from maestro_conductor.workspace.request_parsing import (
    AmendRequest,
    NotYetError,
    parse_request,
    parse_update,
)
from maestro_conductor.workspace.sharing import make_requests_folder

__all__ = ["Request", "RequestFiles"]

CANCEL = ".cancel.lock"
UPDATE = ".study.update.lock"

#: s for which a request that cannot be read counts as not written yet.
PATIENCE = 2.0


@attrs.frozen
class Request:
    """A request that was claimed and understood.

    Attributes:
        path: where it lies now.
        kind: ``cancel``, ``update``, ``resume`` or ``amend``.
        settings: new settings; None: none.
        steps: of a resume: names of steps or instances; None: all that went wrong.
        amend: what an amendment asks for.
        by: who made it; None: not known.
    """

    path: Path
    kind: str
    settings: SettingsChange | None = None
    steps: tuple[str, ...] | None = None
    amend: AmendRequest | None = None
    by: str | None = None


@attrs.define
class RequestFiles:
    """The requests of a workspace. Only the holder of its lock may have this.

    Attributes:
        root: the workspace.
        rejected: called with path and reason for each that makes no sense.
    """

    root: Path
    rejected: Callable[[Path, str], None]
    #: Claimed and not understood so far: path → steady time of the claim.
    _unread: dict[Path, float] = attrs.Factory(dict)
    _count: int = 0

    def find_claimed(self) -> None:
        """Take up what an earlier conductor claimed and did not apply; to be called once."""
        with contextlib.suppress(OSError):  # made now, as there may be no room later
            make_requests_folder(self.root / REQUESTS)
            (self.root / CLAIMED).mkdir(exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            for entry in os.scandir(self.root / CLAIMED):
                if not entry.name.endswith(".bad"):
                    self._unread[Path(entry.path)] = 0.0

    def any_waiting(self) -> bool:
        """Tell whether there is anything to claim or to take up; change nothing."""
        if any(os.path.lexists(f"{self.root}/{name}") for name in (CANCEL, UPDATE)):
            return True
        for folder in (REQUESTS, CLAIMED):
            with contextlib.suppress(FileNotFoundError):
                for path in (self.root / folder).iterdir():
                    if not path.name.startswith(".") and path.suffix != ".bad":
                        return True
        return False

    def look(self, steady: float) -> list[Request]:
        """Claim what is there, and return what can be applied, the oldest first.

        Each that was applied and is safe in the journal is to be given to `done`.

        Args:
            steady: s, the time now.

        Raises:
            OSError: a request could not be claimed; it stays where it is.
        """
        for name in (CANCEL, UPDATE):
            if os.path.lexists(f"{self.root}/{name}"):
                self._claim(self.root / name, steady)
        with contextlib.suppress(FileNotFoundError):
            for path in (self.root / REQUESTS).iterdir():
                if not path.name.startswith("."):
                    self._claim(path, steady)
        if not self._unread:
            return []
        found: list[tuple[int, Request]] = []
        for path in list(self._unread):
            self._take(path, steady, found)
        found.sort(key=lambda item: item[0])
        return [request for _, request in found]

    def done(self, request: Request) -> None:
        """Take a request away whose effect is safe."""
        try:
            request.path.unlink()
        except FileNotFoundError:
            pass
        except OSError:  # a folder of that name: aside, or it would be found again and again
            with contextlib.suppress(OSError):
                request.path.rename(request.path.with_name(f"{request.path.name}.bad"))

    def reject_unread(self) -> None:
        """Keep aside, with the reason, what could not be read until the study ended."""
        for path in list(self._unread):
            self._unread[path] = -math.inf
            self._take(path, 0.0, [])

    def reject(self, path: Path, reason: str) -> None:
        """Keep a request aside that makes no sense."""
        self._unread.pop(path, None)
        with contextlib.suppress(OSError):
            path.rename(path.with_name(f"{path.name}.bad"))
        self.rejected(path, reason)

    def _take(self, path: Path, steady: float, found: list[tuple[int, Request]]) -> None:
        """Read a claimed request; what is understood goes to ``found``, with its age."""
        try:
            request = _read(path)
            written = path.stat().st_mtime_ns
        except FileNotFoundError:
            if path.is_symlink():
                self.reject(path, "it is a link to nothing")
            else:
                del self._unread[path]
        except NotYetError as error:
            since = self._unread[path]
            if not since:
                self._unread[path] = steady
            elif steady - since >= PATIENCE:
                self.reject(path, str(error))
        except (ValueError, OSError) as error:
            self.reject(path, str(error))
        else:
            del self._unread[path]
            found.append((written, request))

    def _claim(self, path: Path, steady: float) -> None:
        folder = self.root / CLAIMED
        folder.mkdir(exist_ok=True)
        self._count += 1
        # The name tells what it is; the rest keeps it apart from others, of other conductors too.
        target = folder / f"{path.name.lstrip('.')}.{os.getpid()}.{self._count}"
        with contextlib.suppress(FileNotFoundError):  # whoever wrote it took it back
            path.rename(target)
            self._unread[target] = steady


def _read(path: Path) -> Request:
    kind = path.name
    if kind.startswith(CANCEL.lstrip(".")):
        return Request(path, "cancel")
    text = read_regular(path)
    if kind.startswith(UPDATE.lstrip(".")):
        return Request(path, "update", parse_update(text))
    asked = parse_request(text)
    if isinstance(asked, AmendRequest):
        return Request(path, "amend", amend=asked, by=_owner(path))
    return Request(path, "resume", asked.settings, asked.steps)


def _owner(path: Path) -> str:
    """Return whose a request is: a name, or the number of one who has none here."""
    import pwd  # only where somebody asks

    owner = path.lstat().st_uid
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return str(owner)
