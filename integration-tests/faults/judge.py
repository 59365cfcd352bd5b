"""Whether a study that a fault has hit is as if nothing had happened. One judge for all classes.

The fault is gone by then. The study is run to its end, and what the journal says is compared with
what the commands themselves said.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from faults.counted_study import ENDS, RUNS
from faults.trial import Trial
from maestro_conductor.errors import ConductorError
from maestro_conductor.journal import JournalReader, read_state
from maestro_conductor.model.states import FINAL, IN_FLIGHT, NAMES, SKIPPED
from waiting import wait_until

JOURNAL = ".maestro/journal.msgpack"

#: What nobody is to see, on any output or in the log.
_TRACEBACK = re.compile(
    r"Traceback \(most recent call last\)|internal error|failed_inside|Fatal Python error"
    r"|ResourceWarning|Exception ignored"
)


@attrs.frozen
class Leave:
    """What may differ from an undisturbed run, as it is documented.

    Attributes:
        lost: attempts whose exit code nobody could know, as keeper and conductor died: they run again.
        begins: taking back a start that failed may fail as well: an attempt that never ran counts as
            lost then, and is made again.
        steps: the fault reaches the commands as well, which may fail by it.
        asked: people have cancelled the study, perhaps, and have resumed it: what failed ran again.
        skips: people have skipped instances, perhaps: these do not run any more, and what comes after
            them does.
        wild: the step ``wild`` is not judged by what it says, nor by its processes.
    """

    lost: bool = False
    begins: bool = False
    steps: bool = False
    asked: bool = False
    skips: bool = False
    wild: bool = False


def judge(trial: Trial, leave: Leave | None = None) -> str | None:
    """Run the study to its end and look at it; None: all that is promised held.

    Whatever still lives of the try is ended.
    """
    leave = leave or Leave()
    try:
        _run_to_the_end(trial, leave)
        trial.violations += _differences(trial, leave)
        trial.violations += _words(trial)
        trial.violations += _outside(trial)
        _end_of_processes(trial, leave)
    finally:
        trial.kill_all()
    return "; ".join(trial.violations) or None


def _run_to_the_end(trial: Trial, leave: Leave) -> None:
    trial.settle()
    ends = {0, 2} if leave.steps or leave.skips else {2}
    code = trial.run("last conductor", trial.conductor(), ends)
    status = trial.maestro("status", "--json", "--summary", trial.root)
    trial.run("last status", status, {code} if code is not None else range(256))


def _differences(trial: Trial, leave: Leave) -> Iterator[str]:
    """Between the journal and what happened."""
    try:
        with JournalReader(trial.root / JOURNAL) as reader:
            records = list(reader.read())
            size = reader.path.stat().st_size
            if reader.offset != size:
                yield f"journal: only {reader.offset} of {size} bytes can be read"
        graph, state = read_state(trial.root)
    except (ConductorError, OSError) as error:
        yield f"journal: {error}"
        return
    history = History.of(records)
    begun, ended = _said_by_commands(trial.witness)
    own = f"m{state.study_id}."
    skipped = {name for name, code in zip(graph.names, state.state, strict=True) if code == SKIPPED}
    for token, count in begun.items():
        if count > 1:
            yield f"twice: attempt {token} ran {count} times"
        if token.startswith(own) and _place(token) not in history.intended:
            yield f"journal: it does not know attempt {token}, which ran"
    for i, name in enumerate(graph.names):
        step = name.split("_N.")[0]
        if state.state[i] not in FINAL:
            what = "left" if state.state[i] in IN_FLIGHT else "lost"
            yield f"{what}: {name} is {NAMES[state.state[i]]}"
        if step not in RUNS:
            continue
        end = NAMES[state.state[i]]
        goes_on = (
            step == "after_bad" and "bad" in skipped
        )  # the one that it waits for counts as finished
        expected = "FINISHED" if goes_on else ENDS.get(step, "FINISHED")
        if leave.skips and name in skipped:
            if i not in history.skipped:
                yield f"end: {name} is SKIPPED, and nobody asked for that"
            expected = end
        if i in history.ran_skipped:
            yield f"again: {name} ran after it was skipped"
        if end != expected and not leave.steps:
            yield f"end: {name} is {end}, not {expected}"
        mine = [token for token in begun if token.startswith(f"{own}{i}.")]
        lost = sum(history.ends.get(_place(token)) == "HWFAILURE" for token in mine)
        if (
            len(mine) - lost > (1 if goes_on else RUNS[step])
            and not leave.steps
            and not leave.asked
        ):
            yield f"again: {name} ran {len(mine)} times, of which {lost} were lost"
        if (lost if leave.begins else history.lost[i]) and not leave.lost:
            yield f"lost: {name}: {history.lost[i]} attempts, of which {lost} had begun"
        yield from _of_attempts(name, i, mine, ended, history, leave)


def _of_attempts(
    name: str,
    i: int,
    mine: list[str],
    said: Mapping[str, int],
    history: History,
    leave: Leave,
) -> Iterator[str]:
    """Whether each attempt of an instance ended as its command did, and nothing ran after success."""
    finished = history.finished[i]
    for token in mine:
        attempt = _place(token)[1]
        if any(attempt > earlier for earlier in finished):
            yield f"again: {name} ran after it had finished"
        end = history.ends.get((i, attempt))
        code = said.get(token)
        if code is None:
            if end == "FINISHED":
                yield f"end: {token} of {name} is FINISHED, and never came to its end"
        elif end != ("FAILED" if code else "FINISHED"):
            excused = (leave.lost and end == "HWFAILURE") or leave.steps
            if not excused and not (leave.asked and end == "CANCELLED"):
                yield f"end: {token} of {name} is {end}, its command ended with {code}"
    ran = {_place(token)[1] for token in mine}
    for attempt in finished:
        if attempt not in ran:
            yield f"end: attempt {attempt} of {name} is FINISHED, and never ran"


@attrs.frozen
class History:
    """What the journal says of the attempts of each instance.

    Attributes:
        intended: instance and attempt.
        ends: the state in which each attempt ended.
        finished: attempts that succeeded, by instance.
        lost: how many attempts of each instance were lost.
        skipped: instances that somebody skipped.
        ran_skipped: those of them of which an attempt was made later.
    """

    intended: set[tuple[int, int]]
    ends: dict[tuple[int, int], str]
    finished: dict[int, list[int]]
    lost: Counter[int]
    skipped: set[int]
    ran_skipped: set[int]

    @classmethod
    def of(cls, records: list[Any]) -> History:
        intended: set[tuple[int, int]] = set()
        ends: dict[tuple[int, int], str] = {}
        skipped: set[int] = set()
        ran_skipped: set[int] = set()
        for record in records:
            if record["kind"] == "intent":
                intended.update((row[0], row[1]) for row in record["jobs"])
                ran_skipped |= skipped & {row[0] for row in record["jobs"]}
            elif record["kind"] == "skipped":
                skipped.update(record["steps"])
            elif record["kind"] == "state":
                for i, attempt, state, *_ in record["steps"]:
                    if state in _ENDED and attempt:
                        ends[i, attempt] = state
        finished: dict[int, list[int]] = defaultdict(list)
        for (i, attempt), state in ends.items():
            if state == "FINISHED":
                finished[i].append(attempt)
        lost = Counter(i for (i, _), state in ends.items() if state == "HWFAILURE")
        return cls(intended, ends, finished, lost, skipped, ran_skipped)


_ENDED = {"FINISHED", "FAILED", "INCOMPLETE", "TIMEDOUT", "HWFAILURE", "CANCELLED"}


def _said_by_commands(witness: Path) -> tuple[Counter[str], dict[str, int]]:
    """How often each attempt began, and the exit codes of those that came to their end."""
    begun: Counter[str] = Counter()
    ended: dict[str, int] = {}
    for line in witness.read_text().splitlines():
        word, token, *more = line.split()
        if word == "begin":
            begun[token] += 1
        else:
            ended[token] = int(more[0])
    return begun, ended


def _place(token: str) -> tuple[int, int]:
    """Instance and attempt."""
    _, instance, attempt = token.rsplit(".", 2)
    return int(instance), int(attempt)


def _words(trial: Trial) -> Iterator[str]:
    """Tracebacks, on any output and in the log."""
    logs = [*trial.root.glob("logs/*.log"), *trial.root.glob("*.txt")]
    texts = [(path.name, path.read_text(errors="replace")) for path in logs if path.is_file()]
    texts += trial.said
    for name, text in texts:
        found = _TRACEBACK.search(text)
        if found and not is_early(text):
            yield f"traceback: {name}: {text[max(0, found.start() - 200) : found.end() + 1500]!r}"


def is_early(text: str) -> bool:
    """Whether Ctrl-C came while Python itself began, which is none of ours."""
    return "\nKeyboardInterrupt" in text and ", in main\n" not in text


def _outside(trial: Trial) -> Iterator[str]:
    """Whether anything beside the workspace was changed."""
    found = sorted(path.relative_to(trial.outside).as_posix() for path in trial.outside.rglob("*"))
    if found != ["file", "folder"]:
        yield f"outside: a folder outside of the workspace holds {found}"
    elif (trial.outside / "file").read_text() != "of another study\n":
        yield "outside: a file outside of the workspace was changed"
    left = [path.relative_to(trial.home).as_posix() for path in trial.home.rglob("*")]
    if left:
        yield f"outside: left in the home folder or $TMPDIR: {left}"


def _end_of_processes(trial: Trial, leave: Leave) -> None:
    def alive() -> list[str]:
        """Ours alone, where a step may have left some of its own."""
        return [words for words in trial.alive().values() if "maestro" in words or not leave.wild]

    try:
        wait_until(lambda: not alive(), patience=trial.patience / 4)
    except AssertionError:
        trial.violated(f"processes: these live on: {alive()}")
