"""Make requests to a conductor: files in the workspace, as the format's page describes them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from maestro_cli.errors import StudyError

if TYPE_CHECKING:
    from maestro_cli.study.selection import Selection


@frozen
class Limits:
    """New settings; None: unchanged, 0: no limit.

    Attributes:
        throttle, rlimit, sleep: As `maestro update` takes them.
        local_slots: Slots for local steps, 1 at least.
        batch: Keys of the batch block for jobs that are not submitted yet; None: as in the study.
    """

    throttle: int | None = None
    rlimit: int | None = None
    sleep: int | float | None = None
    local_slots: int | None = None
    batch: Mapping[str, str | int | None] | None = None

    def __bool__(self) -> bool:
        return any(value is not None for value in self.content().values())

    def __str__(self) -> str:
        numbers = [
            f"{name} {value if value or name == 'sleep' else '0 (no limit)'}"
            for name, value in self.content().items()
            if not (value is None or name == "batch")
        ]
        keys = [
            f"{key} as in the study" if value is None else f"{key} {value}"
            for key, value in (self.batch or {}).items()
        ]
        return ", ".join([*numbers, *keys])

    def content(self) -> dict[str, object]:
        """Return the fields of a request, those that older conductors do not know only if set."""
        fields: dict[str, object] = {
            "throttle": self.throttle,
            "rlimit": self.rlimit,
            "sleep": self.sleep,
        }
        if self.local_slots is not None:
            fields["local_slots"] = self.local_slots
        if self.batch:
            fields["batch"] = dict(self.batch)
        return fields


def request_cancel(root: Path) -> Path:
    """Ask to cancel a study, and return the request's file."""
    path = root / ".cancel.lock"
    if os.path.lexists(path):  # asked for already, perhaps by another user
        with suppress(OSError):
            os.utime(path, follow_symlinks=False)
        return path
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        return path
    except OSError as error:
        raise _refused(path, error) from error
    return path


def request_update(root: Path, limits: Limits) -> Path:
    """Ask for new settings, and return the request's file."""
    return _request(root, "update", limits.content())


def request_resume(root: Path, selection: Selection, limits: Limits) -> Path:
    """Ask to run steps again, and return the request's file.

    Args:
        root: The workspace.
        selection: Which; an empty one: all that did not succeed.
        limits: New settings; throttle, rlimit and sleep count.
    """
    return _request(root, "resume", {**selection.content(), **limits.content()})


def request_amend(root: Path, amendment: str, *, only_new: bool, descendants: bool) -> Path:
    """Ask to put an amendment in force, and return the request's file.

    Args:
        root: The workspace.
        amendment: Id of the amendment.
        only_new: What was changed stays as it ran.
        descendants: What comes after a changed one runs again, too.
    """
    content = {"amendment": amendment, "only_new": only_new, "descendants": descendants}
    return _request(root, "amend", content)


def request_part(root: Path, word: str, selection: Selection) -> Path:
    """Ask to hold, release, skip or cancel a part of a study, and return the request's file.

    Args:
        root: The workspace.
        word: ``hold``, ``release``, ``skip`` or ``cancel``.
        selection: Which instances; an empty one: all, where that may be asked for.
    """
    return _request(root, word, selection.content())


def _request(root: Path, word: str, content: Mapping[str, object]) -> Path:
    from maestro_conductor.workspace.sharing import make_requests_folder

    folder = root / ".maestro" / "requests"
    try:
        make_requests_folder(folder)
    except OSError as error:
        raise _refused(folder, error) from error
    name = f"{word}-{time.time_ns()}-{os.urandom(4).hex()}.json"
    return _place(folder / name, json.dumps({"request": word, **content}))


def any_waiting(root: Path) -> bool:
    """Tell whether a request waits for a conductor; an earlier one may have claimed it already."""
    from maestro_conductor.workspace.request_files import RequestFiles

    return RequestFiles(root).any_waiting()


def waiting(root: Path) -> list[Path]:
    """Return the requests that no conductor has taken yet, by name; none where one may not look."""
    try:
        found = sorted((root / ".maestro" / "requests").iterdir())
    except OSError:
        return []
    return [path for path in found if not path.name.startswith(".")]


def _place(path: Path, text: str) -> Path:
    """Put a whole file in place, over one that nobody has read yet.

    Raises:
        StudyError: It cannot be written, as on a full disk.
    """
    temporary = path.with_name(f".{path.name.lstrip('.')}.{os.urandom(4).hex()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.chmod(0o644)  # its reader may be another user than we
        os.replace(temporary, path)  # noqa: PTH105 - one call, atomic
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise _refused(path, error) from error
    return path


def _refused(path: Path, error: OSError) -> StudyError:
    hint = "the study goes on as before"
    if isinstance(error, PermissionError):
        from maestro_cli.study.group_access import ask_owner

        hint = ask_owner(path.parent)
    return StudyError(f"{path} cannot be written: {error.strerror}", hint=hint)
