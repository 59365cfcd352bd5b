"""Make requests as a stranger's program does, by files, and read their answers."""

from __future__ import annotations

import json
from pathlib import Path

from waiting import wait_until

__all__ = ["ask", "asked", "starts", "took"]


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


def starts(root: Path) -> dict[str, float]:
    """When each attempt started that has: s since 1970, by its file."""
    found: dict[str, float] = {}
    for path in root.rglob(".attempt.*"):
        lines = path.read_text().splitlines()
        for line in lines:
            word, *pairs = line.split(" ")
            if word == "start":
                told = dict(pair.split("=", 1) for pair in pairs)
                found[str(path)] = float(told.get("time") or path.stat().st_mtime)
    return found


def took(answer: Path, before: float) -> float:
    """How long a request made at a time (s since 1970) was not answered: s."""
    return answer.stat().st_mtime - before
