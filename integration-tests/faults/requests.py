"""Requests of every kind, whole, torn and repeated, that race with each other and with the conductor."""

from __future__ import annotations

import contextlib
import json
import random
import signal
from collections.abc import Iterator
from pathlib import Path

from faults.counted_study import make_study
from faults.judge import Leave, judge
from faults.trial import Started, Trial
from maestro_conductor.workspace.sharing import make_requests_folder

NAME = "requests"
INJECTED = (
    "up to 30 requests to hold, release, skip, cancel, resume and update, all or parts, and such as make no "
    "sense: whole, in two halves up to 0.3 s apart, never whole, twice under one name or two, beside "
    "`.cancel.lock` and `.study.update.lock`; in half of the tries the conductor gets TERM or KILL "
    "meanwhile, and another one starts"
)

#: What a request may select.
_NAMES = (["a"], ["b", "last"], ["a_N.1", "again"], ["*"], None)
_SKIPPED = (["a_N.1"], ["b"], ["bad"], ["after_bad", "again"], ["last"], ["*"])
_NONSENSE = (
    b"", b"{", b"[]", b"null", b'{"request": "hold"}', b'{"request": "dance", "steps": null}',
    b'{"request": "hold", "steps": ["nowhere"]}', b'{"request": "hold", "where": ["P<x"]}',
    b'{"request": "skip", "steps": null}', b'{"request": "update", "throttle": -1}', b"\xff\xfe",
    b'{"request": "update", "throttle": 1' + b"0" * 70_000 + b"}", b"[" * 70_000,
)  # fmt: skip


def attempt(chance: random.Random, folder: Path) -> str | None:
    """Let them loose; then release and resume all, and judge the study and the answers."""
    trial = Trial(folder)
    root = make_study(trial, chance)
    make_requests_folder(root / ".maestro/requests")
    conductor = trial.start("conductor", trial.conductor())
    killed = chance.random() < 0.5
    whole: set[str] = set()
    kinds: list[str] = []
    for number in range(chance.randint(1, 30)):
        _ask(chance, root, conductor, number, whole, kinds)
        conductor.within(chance.choice([0, 0, chance.uniform(0, 0.1)]))
        if killed and chance.random() < 0.2:
            conductor.send(chance.choice([signal.SIGTERM, signal.SIGKILL]))
            trial.end(conductor, {0, 1, 2, 3, 143, -signal.SIGTERM, -signal.SIGKILL})
            conductor = trial.start("another conductor", trial.conductor())
    # A study that is held waits: it is released whatever was asked before, and its end awaited.
    while not conductor.within(0.5):
        _put(root, "last-release.json", b'{"request": "release", "steps": null}')
    trial.end(conductor, {0, 1, 2, 3, 143})
    _put(root, "release-more.json", b'{"request": "release", "steps": null}')
    # Of those that came as it ended, each has its effect first; then what they cancelled runs.
    trial.run("first resume", trial.maestro("resume", "-fg", root), {0, 2, 3})
    trial.resume({0, 2})
    found = judge(trial, Leave(lost=killed, asked=True, skips=True))
    wrong = [found] if found else []
    wrong += _answers(root, whole)
    return f"{', '.join(kinds)}: {'; '.join(wrong)}" if wrong else None


def _ask(
    chance: random.Random,
    root: Path,
    conductor: Started,
    number: int,
    whole: set[str],
    kinds: list[str],
) -> None:
    """Make one request, in one of the ways in which that goes well or wrong."""
    if chance.random() < 0.15:
        kinds.append("lock")
        if chance.random() < 0.5:
            (root / ".cancel.lock").touch()
        else:
            (root / ".study.update.lock").write_text(f"throttle: {chance.randint(0, 3)}\n")
        return
    content, kind = _content(chance)
    name = f"{number}.json"
    way = chance.choice(["whole", "whole", "halves", "torn", "twice", "again"])
    kinds.append(f"{kind} {way}")
    path = root / ".maestro/requests" / name
    if way == "torn":
        with contextlib.suppress(OSError):
            path.write_bytes(content[: len(content) // 2])
    elif way == "halves":
        with path.open("wb", buffering=0) as file:
            file.write(content[: len(content) // 2])
            conductor.within(chance.uniform(0, 0.3))
            file.write(content[len(content) // 2 :])
    else:
        whole.add(name)
        _put(root, name, content)
        if way == "twice":
            whole.add(f"{number}-too.json")
            _put(root, f"{number}-too.json", content)
        elif way == "again":
            _put(root, name, content)


def _content(chance: random.Random) -> tuple[bytes, str]:
    """What a request says, and a word for it."""
    kinds = ["hold", "hold", "release", "skip", "cancel", "resume", "update", "nonsense"]
    kind = chance.choice(kinds)
    if kind == "nonsense":
        return chance.choice(_NONSENSE), kind
    if kind == "update":
        return json.dumps({"request": kind, "throttle": chance.randint(0, 3)}).encode(), kind
    names = chance.choice(_NAMES)
    if kind == "resume":
        names = None  # what has finished or was skipped must not run again
    elif kind == "skip":
        names = chance.choice(_SKIPPED)
    return json.dumps({"request": kind, "steps": names}).encode(), kind


def _put(root: Path, name: str, content: bytes) -> None:
    """Write a whole request, as the format page says."""
    folder = root / ".maestro/requests"
    (folder / f".{name}.tmp").write_bytes(content)
    (folder / f".{name}.tmp").rename(folder / name)


def _answers(root: Path, whole: set[str]) -> Iterator[str]:
    """What is wrong with the answers: each whole request has one, and nothing else is left."""
    for name in sorted(whole):
        try:
            answer = json.loads((root / ".maestro/answers" / name).read_text())
        except (OSError, ValueError) as error:
            yield f"answer: {name}: {error}"
            continue
        if not isinstance(answer["accepted"], bool) or not answer["message"]:
            yield f"answer: {name}: {answer}"
    left = [path.name for path in (root / ".maestro/requests").iterdir()]
    left += [path.name for path in (root / ".maestro/claimed").iterdir() if path.suffix != ".bad"]
    if left:
        yield f"requests: these are left: {left}"
