"""Compares both sides of a study."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.case import Case, Instances
from conformance.normalisers import acting
from conformance.sides import Expanded

#: Directives that name log files or hold comments, which the comparison leaves out.
_LEFT_OUT = (
    *("#SBATCH --output", "#SBATCH --error", "#SBATCH --comment", "#BSUB -o ", "#BSUB -e "),
    *("#flux: --output", "#flux: --error", "#MAESTRO-INFO "),
)


def compare(
    case: Case, theirs: Sequence[Expanded], ours: Sequence[Expanded]
) -> tuple[list[str], list[str]]:
    """Compare what both sides made of a study.

    Returns:
        What differs, one line each, and the names of the normalisers that were needed.
    """
    left = {each.name: each for each in theirs}
    right = {each.name: each for each in ours}
    assert len(left) == len(theirs)
    assert len(right) == len(ours)
    acted = []
    differences = list(_differences(left, right))
    if differences:
        for name, (left_after, right_after) in acting(case, left, right):
            fewer = list(_differences(left_after, right_after))
            if fewer != differences:
                acted.append(name)
            left, right, differences = left_after, right_after, fewer
    return differences, acted


def _differences(theirs: Instances, ours: Instances) -> Iterator[str]:
    for name in sorted(theirs.keys() - ours.keys()):
        yield f"only the oracle has {name}"
    for name in sorted(ours.keys() - theirs.keys()):
        yield f"only we have {name}"
    for name in sorted(theirs.keys() & ours.keys()):
        for what, expected, found in _parts(theirs[name], ours[name]):
            if expected != found:
                yield f"{name}: {what}: {expected!r} became {found!r}"


def _parts(theirs: Expanded, ours: Expanded) -> Iterator[tuple[str, object, object]]:
    yield "workspace", theirs.workspace, ours.workspace
    yield "parameters", theirs.parameters, ours.parameters
    yield "needs", sorted(theirs.needs), sorted(ours.needs)
    yield "scheduled", theirs.scheduled, ours.scheduled
    yield "script files", sorted(theirs.scripts), sorted(ours.scripts)
    for file in sorted(theirs.scripts.keys() & ours.scripts.keys()):
        expected, found = split(theirs.scripts[file]), split(ours.scripts[file])
        yield f"first line of {file}", expected[0], found[0]
        yield (
            f"directives of {file}",
            sorted(expected[1] - found[1]),
            sorted(found[1] - expected[1]),
        )
        yield f"body of {file}", expected[2], found[2]


def split(script: str) -> tuple[str, set[str], str]:
    """Return a script's first line, its directives but for those left out, and its body."""
    head, _, body = script.partition("\n\n")
    first, *directives = head.split("\n")
    kept = {line for line in directives if line != "#" and not line.startswith(_LEFT_OUT)}
    return first, kept, body
