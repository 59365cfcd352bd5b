"""Make requests as a stranger's program does, by files, and read their answers."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from waiting import wait_until

__all__ = ["ask", "asked", "starts"]


def asked(root: Path, name: str, **request: object) -> Path:
    """Make a request; return where its answer will be."""
    folder = root / ".maestro/requests"
    wait_until(folder.is_dir, "the folder of requests")
    draft = folder / f".{name}"
    draft.write_text(json.dumps(request))
    draft.rename(folder / f"{name}.json")
    return root / ".maestro/answers" / f"{name}.json"


def ask(root: Path, name: str, **request: object) -> dict[str, object]:
    """Make a request, and return its answer."""
    answer = asked(root, name, **request)
    wait_until(answer.exists, f"the answer to {name}")
    found = json.loads(answer.read_text())
    assert isinstance(found, dict)
    return found


def starts(root: Path) -> dict[str, int]:
    """When each local script was started whose steps print nothing: ns since 1970, by its log.

    That is when the log was made, by the clock of the disk. It can be compared with an answer's time,
    which is by the same clock; what an attempt file says is a whole second, by another one, which is up
    to 4 ms ahead.
    """
    found: dict[str, int] = {}
    for path in root.rglob("*.out"):
        with contextlib.suppress(FileNotFoundError):  # it gets its name in this moment
            found[str(path)] = path.stat().st_mtime_ns
    return found
