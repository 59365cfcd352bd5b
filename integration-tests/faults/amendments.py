"""Amendments that race with each other, with other requests and with the end of conductors."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import signal
from pathlib import Path

from faults.amended_study import edit, write_study, wrong
from faults.trial import Started, Trial
from maestro_conductor.workspace.sharing import make_requests_folder

NAME = "amendments"
INJECTED = (
    "two to ten of: `maestro amend` with one of two edited study files, also killed after up to 0.8 s; a "
    "request to amend that is torn, in two halves, repeated, or of an amendment that is absent or "
    "damaged; a request to hold, release, skip, cancel or resume; `.cancel.lock`; TERM or KILL to the conductor, "
    "and another one: at once or up to 0.4 s apart"
)

_NAMES = (["make"], ["post_N.1", "all"], ["extra"], None)


def attempt(chance: random.Random, folder: Path) -> str | None:
    """Let them loose; then amend the study to the first form, run it to its end, and look at it."""
    trial = Trial(folder, root=folder / "OUT")
    root = trial.root
    study = write_study(folder, chance.choice([0, 0.1, 0.5]))
    trial.run("run", trial.maestro("run", "-n", "-o", root, study), {0})
    other = Path(shutil.copy(study, folder / "other.yaml"))
    edit(study)
    edit(other, "otherwise")
    make_requests_folder(root / ".maestro/requests")
    conductor = trial.start("conductor", trial.conductor())
    started: list[Started] = []
    told: list[str] = []
    for number in range(chance.randint(2, 10)):
        kind = chance.choice(
            ["amend", "amend", "amend", "request", "request", "cancel", "conductor"]
        )
        if kind == "amend":
            words = trial.maestro("amend", "-y", root, chance.choice([study, other]))
            started.append(trial.start("amend", words))
            if chance.random() < 0.3:
                started[-1].within(chance.uniform(0, 0.8))
                started[-1].send(signal.SIGKILL)
                kind += " killed"
        elif kind == "request":
            kind = _ask(chance, root, conductor, number)
        elif kind == "cancel":
            (root / ".cancel.lock").touch()
        else:
            conductor.send(chance.choice([signal.SIGTERM, signal.SIGKILL]))
            trial.end(conductor, {0, 1, 3, 143, -signal.SIGKILL, -signal.SIGTERM})
        told.append(kind)
        if not conductor.alive:
            trial.end(conductor, {0, 1, 3, 143, -signal.SIGKILL, -signal.SIGTERM})
            conductor = trial.start("another conductor", trial.conductor())
        conductor.within(chance.choice([0, 0, chance.uniform(0, 0.4)]))
    _end(trial, conductor, started)
    _bring_to_its_end(trial, study)
    trial.violations += wrong(root)
    trial.violations += [
        f"traceback: {name}: {text[-1500:]!r}" for name, text in trial.said if "Traceback" in text
    ]
    trial.kill_all()
    found = "; ".join(trial.violations)
    return f"{', '.join(told)}: {found}" if found else None


def _ask(chance: random.Random, root: Path, conductor: Started, number: int) -> str:
    """Make a request of another kind, or to amend by what is not whole; gives a word for it."""
    folder = root / ".maestro/requests"
    staged = sorted((root / ".maestro/amendments").glob("[!.]*"))
    kind = chance.choice(
        ["hold", "release", "skip", "resume", "torn", "halves", "again", "absent", "damaged"]
    )
    if kind in ("hold", "release", "resume"):
        steps = None if kind == "resume" else chance.choice(_NAMES)
        _put(folder / f"{number}.json", {"request": kind, "steps": steps})
    elif kind == "skip":
        _put(folder / f"{number}.json", {"request": kind, "steps": ["extra"]})  # goes, in the end
    elif kind == "absent" or not staged:
        _put(folder / f"{number}.json", {"request": "amend", "amendment": f"{number:012x}"})
        kind = "absent"
    elif kind == "damaged":
        place = root / f".maestro/amendments/{number:012x}"
        with contextlib.suppress(OSError, shutil.Error):  # it may just be moved to its place
            shutil.copytree(staged[-1], place)
            graph = place / ".maestro/graph.msgpack"
            graph.write_bytes(graph.read_bytes()[: chance.randint(0, 400)])
        _put(folder / f"{number}.json", {"request": "amend", "amendment": place.name})
    else:
        name = chance.choice(staged).name
        text = json.dumps({"request": "amend", "amendment": name})
        half = len(text) // 2
        if kind == "again":
            _put(folder / f"{number}.json", json.loads(text))
        with (folder / f"{number}-too.json").open("w") as file:
            file.write(text[:half])
            file.flush()
            if kind != "torn":
                conductor.within(chance.uniform(0, 0.2))
                file.write(text[half:])
    return kind


def _put(path: Path, content: dict[str, object]) -> None:
    """Write a whole request, as the format page says."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(json.dumps(content))
    temporary.rename(path)


def _end(trial: Trial, conductor: Started, started: list[Started]) -> None:
    """Release all, and wait for the ends of all that were started."""
    number = 0
    while not conductor.within(0.5):
        number += 1
        name = f"release-{number}.json"
        _put(trial.root / ".maestro/requests" / name, {"request": "release", "steps": None})
        if number > 2 * trial.patience:
            break
    trial.end(conductor, {0, 1, 3, 143})
    for each in started:
        trial.end(each, {0, 1, -signal.SIGKILL})
    trial.settle()


def _bring_to_its_end(trial: Trial, study: Path) -> None:
    """Amend and resume until what was asked for before has had its effect."""
    root = trial.root
    for number in range(5):
        request = root / f".maestro/requests/last-release-{number}.json"
        _put(request, {"request": "release", "steps": None})
        asked = trial.run("last amend", trial.maestro("amend", "-y", root, study), {0, 1})
        ended = trial.run("last resume", trial.maestro("resume", "-fg", root), {0, 3})
        if (asked, ended) == (0, 0) and number:
            return
    trial.violated("the study does not come to its end")
