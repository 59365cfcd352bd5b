"""Check dependencies: they exist, they make no cycle, and none is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from maestro_spec.diagnostics.problems import Problem, problem
from maestro_spec.lint.analysis import Analysis
from maestro_spec.lint.step_links import funnel_target, resolved
from maestro_spec.lint.token_graph import innermost_first
from maestro_spec.model.study import Step

#: how many ancestors of a step are looked at in search of one
_MOST_ANCESTORS = 2_000


def check(analysis: Analysis) -> Iterator[Problem]:
    """Check dependencies and workspaces of all steps."""
    for step in analysis.study.steps:
        yield from _dependencies(analysis, step)
    yield from _cycle(analysis)
    for step in analysis.steps.values():
        yield from _workspaces(analysis, step)
        yield from _forgotten_stars(analysis, step)


def _dependencies(analysis: Analysis, step: Step) -> Iterator[Problem]:
    study = analysis.study
    for number, written in enumerate(step.depends):
        path = (*step.at, "run", "depends", number)
        name = resolved(written, analysis.env)
        target = funnel_target(name) if "*" in name else name
        if target == step.name:
            message = f"The step `{step.name}` depends on itself."
            hint = "Remove the dependency."
            yield problem("MS303", study.place(path), path, message, hint)
        elif target not in analysis.steps and not analysis.nameless:
            message = f"`{step.name}` depends on `{target}`, which is no step."
            meant = analysis.suggest.did_you_mean(target, analysis.steps)
            yield problem("MS302", study.place(path), path, message, meant)
        elif "*" in name and _is_single(analysis, target):
            message = f"`{target}` uses no parameter, so `{written}` waits for a single instance."
            yield problem("MS305", study.place(path), path, message, f"Write `{target}`.")


def _is_single(analysis: Analysis, name: str) -> bool:
    """Return whether a step surely has one instance alone."""
    if analysis.used is None or not analysis.is_whole("study", "env", "global.parameters"):
        return False
    return name in analysis.used and not analysis.used[name]


def _cycle(analysis: Analysis) -> Iterator[Problem]:
    waits = {
        name: ({*each.plain, *each.funnels, *each.implied} - {name})
        for name, each in analysis.links.items()
    }
    cycle = innermost_first(waits)[1]
    if not cycle:
        return
    shown = cycle if len(cycle) <= 12 else [*cycle[:6], "…", *cycle[-5:]]
    message = f"These steps wait for each other: {' → '.join([*shown, cycle[0]])}."
    step = analysis.steps[cycle[0]]
    path = (*step.at, "run", "depends")
    if cycle[1] in analysis.links[step.name].implied:
        path = (*step.at, "run", "cmd")
    hint = "Remove one of these dependencies or workspace tokens."
    yield problem("MS304", analysis.study.place(path, at_key=True), path, message, hint)


def _workspaces(analysis: Analysis, step: Step) -> Iterator[Problem]:
    """Find workspaces of steps that the step need not wait for."""
    implied = [n for n in analysis.links[step.name].implied if not _waits(analysis, step.name, n)]
    for name in implied:
        token = f"$({name}.workspace)"
        path = (*step.at, "run", "cmd")
        if token not in step.command and token in (step.restart or ""):
            path = (*step.at, "run", "restart")
        message = f"`{step.name}` uses {token} without a dependency on `{name}`; one is implied."
        hint = f"Add `{name}` to `depends`."
        yield problem("MS306", analysis.study.place_within(path, token), path, message, hint)


def _waits(analysis: Analysis, name: str, other: str) -> bool:
    """Return whether a step waits for another one through its dependencies."""
    first = analysis.links[name]
    seen = {*first.plain, *first.funnels}
    queue = list(seen)
    while queue and len(seen) < _MOST_ANCESTORS:
        links = analysis.links[queue.pop()]
        new = {*links.plain, *links.funnels} - seen
        seen |= new
        queue += new
    return other in seen


def _forgotten_stars(analysis: Analysis, step: Step) -> Iterator[Problem]:
    """Find patterns over the folders of all instances, where only the one of the same row is waited for."""
    links = analysis.links[step.name]
    for name in (*links.plain, *links.implied):
        if not (analysis.used or {}).get(name):
            continue
        token = f"$({name}.workspace)"
        pattern = re.compile(re.escape(token) + r"[\"'}]*/\*/")
        for key, text in (("cmd", step.command), ("restart", step.restart or "")):
            if pattern.search(text):
                path = (*step.at, "run", key)
                message = (
                    f"{token} is the folder of one instance of `{name}` here, so `{token}/*/` does"
                    " not find the others."
                )
                hint = f"Write `{name}_*` in `depends` to wait for all of them and to get the folder above."
                yield problem(
                    "MS311", analysis.study.place_within(path, token), path, message, hint
                )
