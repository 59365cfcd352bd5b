"""Make studies for tests: histories as a conductor would have written them, and outlines to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from maestro_cli.study.instances import Step
from maestro_cli.study.outline import Outline
from maestro_cli.study.workspace_view import read_head
from maestro_conductor.journal import JournalWriter
from maestro_conductor.model import records
from maestro_conductor.model.settings import Settings
from maestro_conductor.workspace.run_file import read_run

#: 2026-11-22 10:00:00 UTC, in ms.
T0 = 1_795_341_600_000


def write_history(root: Path, past: Sequence[records.Record]) -> Path:
    """Give a staged study a past: these records, after those that every journal begins with."""
    head, _ = read_head(root)
    journal = JournalWriter.create(
        root / ".maestro" / "journal.msgpack", read_run(root).study_id, head["instances"]
    )
    journal.add(
        records.opened(T0, "host7", "boot", 4242, "0.1.0", str(root), read_run(root).study_id)
    )
    journal.add(records.settings(T0, "run", Settings()))
    for record in past:
        journal.add(record)
    journal.flush()
    journal.close()
    return root


def attempt(
    instance: int, state: str, code: int | None, reason: str | None = None
) -> list[records.Record]:
    """Return the three records of an attempt that took 90 s: intent, submitted, its end."""
    begin = T0 + 1000 * instance
    end = begin + 90_500
    return [
        records.intent(
            begin, [records.IntentRow(instance, 1, f"m0.{instance}.1", "first", "main")]
        ),
        records.submitted(
            begin + 500, [records.SubmittedRow(instance, 1, str(1000 + instance), "RUNNING")]
        ),
        records.state(end, [records.StateRow(instance, 1, state, end, code, reason)]),
    ]


def asked(
    time: int,
    word: str,
    by: str | None,
    text: str,
    instances: int,
    *,
    accepted: bool = True,
    message: str = "",
) -> records.Record:
    """Return the record of a request that was taken in, or refused."""
    return records.request(time, word, by, text, instances, accepted, message)


#: Names that mean something to a terminal, to XML, to Mermaid, to Graphviz, or to a reader's eyes.
HOSTILE = (
    "</script><script>alert(1)</script>",
    "\x1b[31mred\x07\r\nnext",
    "`\"'quote&lt;#35;\\N",
    "\u202egnp.exe",
    "\udc80 \ufffe\x00",
    "end",
    "--> n0",
    '"]; n0 -> n1; x["',
    "日本語",
)


def outline(
    steps: Sequence[tuple[str, int]],
    needs: Mapping[int, Sequence[int]] | None = None,
    groups: Mapping[int, Sequence[int]] | None = None,
    states: Sequence[str] | None = None,
) -> Outline:
    """Return the outline of steps with so many instances each."""
    made: list[Step] = []
    names: list[str] = []
    for name, size in steps:
        made.append(Step(name, len(names), size))
        names += [name if size == 1 else f"{name}_N.{index + 1}" for index in range(size)]
    return Outline(
        "study",
        made,
        names,
        lambda index: (needs or {}).get(index, ()),
        lambda index: (groups or {}).get(index, ()),
        states,
    )


def funnel(size: int = 3, states: Sequence[str] | None = None) -> Outline:
    """Return `make`, after each of it `post`, and `collect` after all of both."""
    needs = {size + index: [index] for index in range(size)}
    steps = [("make", size), ("post", size), ("collect", 1)]
    return outline(steps, needs, {2 * size: [0, 1]}, states)


def hostile() -> Outline:
    """Return a chain of steps with names that nobody should have."""
    chain = {number: [number - 1] for number in range(1, len(HOSTILE))}
    return outline([(name, 1) for name in HOSTILE], chain)
