"""Make requests to a conductor: files in the workspace, as the format's page describes them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from attrs import asdict, frozen

from maestro_cli.errors import StudyError


@frozen
class Limits:
    """New settings; None: unchanged, 0: no limit."""

    throttle: int | None = None
    rlimit: int | None = None
    sleep: int | float | None = None

    def __bool__(self) -> bool:
        return any(value is not None for value in (self.throttle, self.rlimit, self.sleep))

    def __str__(self) -> str:
        return ", ".join(
            f"{name} {value if value or name == 'sleep' else '0 (no limit)'}"
            for name, value in asdict(self).items()
            if value is not None
        )


def request_cancel(root: Path) -> Path:
    """Ask to cancel a study, and return the request's file."""
    path = root / ".cancel.lock"
    try:
        path.touch()
    except OSError as error:
        raise _refused(path, error) from error
    return path


def request_update(root: Path, limits: Limits) -> Path:
    """Ask for new settings, and return the request's file."""
    import yaml

    return _place(root / ".study.update.lock", yaml.safe_dump(asdict(limits)))


def request_resume(root: Path, steps: Sequence[str] | None, limits: Limits) -> Path:
    """Ask to run steps again, and return the request's file.

    Args:
        root: The workspace.
        steps: Names of steps or instances, ``*`` allowed; None: all that did not succeed.
        limits: New settings.
    """
    from maestro_conductor.workspace.sharing import make_requests_folder

    folder = root / ".maestro" / "requests"
    try:
        make_requests_folder(folder)
    except OSError as error:
        raise _refused(folder, error) from error
    content = {"request": "resume", "steps": None if steps is None else list(steps)}
    name = f"resume-{time.time_ns()}-{os.urandom(4).hex()}.json"
    return _place(folder / name, json.dumps({**content, **asdict(limits)}))


def taken(request: Path, *, patience: float = 3.0) -> bool:
    """Wait until the conductor has claimed a request; it looks at least once a second.

    Args:
        request: The request's file.
        patience: Seconds after which we wait no longer.

    Returns:
        Whether it has.
    """
    end = time.monotonic() + patience
    while request.exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


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
