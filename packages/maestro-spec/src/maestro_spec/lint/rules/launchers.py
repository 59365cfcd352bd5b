"""Check the launchers in commands: their steps have nodes or procs, and enough of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from maestro_spec.diagnostics.problems import Problem, problem
from maestro_spec.format_rules.launcher import TOKEN, find_launchers
from maestro_spec.lint.analysis import Analysis
from maestro_spec.model.study import Step

#: More in one command than anybody writes.
_MOST = 10_000


def check(analysis: Analysis) -> Iterator[Problem]:
    """Check the launchers of all steps."""
    for step in analysis.study.steps:
        yield from _launchers(analysis, step)


def _launchers(analysis: Analysis, step: Step) -> Iterator[Problem]:
    if "LAUNCHER" in analysis.env or "LAUNCHER" in analysis.parameters:
        return
    study, resources = analysis.study, step.resources
    for key, text in (("cmd", step.command), ("restart", step.restart or "")):
        path = (*step.at, "run", key)
        launchers = list(islice(find_launchers(text), _MOST))
        if launchers and resources.nodes is None and resources.procs is None:
            message = (
                f"`{step.name}` has neither nodes nor procs, so {TOKEN} starts nothing in parallel."
            )
            place = study.place_within(path, TOKEN)
            yield problem("MS405", place, path, message, "Add `procs` to the step.")
        for what in ("nodes", "procs"):
            most = getattr(resources, what)
            asked = sum(getattr(launcher, what) or 0 for launcher in launchers)
            if isinstance(most, int) and asked > most:
                last = next(la for la in reversed(launchers) if getattr(la, what))
                message = f"The launchers of `{step.name}` take {asked} {what}, and it has {most}."
                hint = f"Raise `{what}`, or let them take less."
                place = study.place_within(path, text[last.start : last.end])
                yield problem("MS406", place, path, message, hint)
        for launcher in launchers:
            if launcher.legacy:
                new = f"{TOKEN}[{launcher.nodes}n, {launcher.procs}p]"
                old = text[launcher.start : launcher.end]
                message = f"{old} is the old way to write an allocation."
                place = study.place_within(path, old)
                yield problem("MS410", place, path, message, f"Write {new}.")
                break
