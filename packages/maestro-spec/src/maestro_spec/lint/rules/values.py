"""Check the values of steps: walltimes, numbers, switches and exit codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from maestro_spec.diagnostics.problems import Problem, problem
from maestro_spec.format_rules.resource_values import COUNTS, SWITCHES, switch, whole_number
from maestro_spec.format_rules.walltime import SCHEDULERS, is_ambiguous, is_foreign, is_walltime
from maestro_spec.lint.analysis import Analysis
from maestro_spec.lint.step_links import resolved
from maestro_spec.model.study import Step

_TOKEN = re.compile(r"\$\(([^()$]+)\)")

_NAMES = {"exclusive_allocation": "exclusive", "exclusive_launcher": "exclusive"}

_TITLES = {"lsf": "LSF", "flux": "Flux"}


def check(analysis: Analysis) -> Iterator[Problem]:
    """Check the values of all steps."""
    for step in analysis.study.steps:
        yield from _walltime(analysis, step)
        yield from _numbers(analysis, step)
        yield from _flags(analysis, step)
        yield from _exit_codes(analysis, step)
        yield from _restart(analysis, step)


def _is_scheduled(step: Step) -> bool:
    return step.resources.nodes is not None or step.resources.procs is not None


def _walltime(analysis: Analysis, step: Step) -> Iterator[Problem]:
    text = step.resources.walltime
    if text is None:
        return
    path = (*step.at, "run", "walltime")
    place = analysis.study.place(path)
    kind = analysis.study.batch.type
    scheduled = _is_scheduled(step) and kind in SCHEDULERS
    for value, token in _said(analysis, text):
        said = f"`{value[:60]}`" + (f", which {token} gives," if token else "")
        if not is_walltime(value):
            message = f"{said} is no walltime."
            hint = "Write minutes (90), HH:MM:SS (24:00:00) or days (2-00:00:00)."
            matters = scheduled or step.resources.enforce_walltime
            yield problem("MS504" if matters else "MS505", place, path, message, hint)
        elif scheduled and is_foreign(value, kind):
            message = f"{said} is no word of {_TITLES[kind]}."
            instead = "write inf" if kind == "flux" else "say how long"
            hint = f"Leave `walltime` out for the limit of the queue, or {instead}."
            yield problem("MS504", place, path, message, hint)
        elif is_ambiguous(value) and scheduled:
            message = (
                f"{said} is minutes and seconds for Slurm and Flux, hours and minutes for LSF."
            )
            yield problem("MS506", place, path, message, "Write HH:MM:SS.")
        else:
            continue
        return


def _said(analysis: Analysis, text: str) -> Iterator[tuple[str, str]]:
    """Yield the values that a text may have, and the token that gives them; blank ones say nothing."""
    token = _TOKEN.fullmatch(text.strip())
    if token:
        yield from ((v, token[0]) for v in _values_of(analysis, token[1]) if v.strip())
    elif "$(" not in text:
        yield text, ""


def _numbers(analysis: Analysis, step: Step) -> Iterator[Problem]:
    """Check whole numbers that a variable or a parameter gives; a blank one says nothing."""
    for field, least in COUNTS.items():
        text = getattr(step.resources, field)
        for value, token in _said(analysis, text) if isinstance(text, str) else ():
            number = whole_number(value)
            if token and (number is None or number < least):
                name = field.replace("_", " ")
                path = (*step.at, "run", name)
                message = f"`{name}` must be a whole number, and {token} gives `{value[:60]}`."
                if number is not None:
                    message = f"`{name}` must be at least 1, and {token} gives `{value[:60]}`."
                yield problem("MS512", analysis.study.place(path), path, message)
                break


def _flags(analysis: Analysis, step: Step) -> Iterator[Problem]:
    """Check switches that a variable or a parameter gives."""
    for field in SWITCHES:
        text = getattr(step.resources, field)
        for value, token in _said(analysis, text) if isinstance(text, str) else ():
            if switch(value) is None:
                name = _NAMES.get(field, field.replace("_", " "))
                path = (*step.at, "run", name)
                message = f"`{name}` must be true or false, and {token} gives `{value[:60]}`."
                yield problem("MS513", analysis.study.place(path), path, message)
                break


def _values_of(analysis: Analysis, name: str) -> tuple[str, ...]:
    """Return what a token gives, as far as that can be seen here."""
    if name in analysis.env:
        text = resolved(analysis.env[name], analysis.env)
        return () if "$(" in text else (text,)
    column = analysis.columns.get(name)
    return tuple(v for v in (column.values if column else None) or () if "$(" not in v)


def _exit_codes(analysis: Analysis, step: Step) -> Iterator[Problem]:
    path = (*step.at, "run", "exit codes")
    for message, hint in _contradictions(step):
        yield problem("MS510", analysis.study.place(path, at_key=True), path, message, hint)


def _contradictions(step: Step) -> Iterator[tuple[str, str]]:
    failure = step.failure
    retry, restart = set(failure.retry_codes or ()), set(failure.restart_codes)
    both = sorted((set(failure.success_codes) & (retry | restart)) | (retry & restart))
    if both:
        codes = ", ".join(map(str, both[:10]))
        yield f"The exit code {codes} of `{step.name}` has two meanings.", "Leave it in one list."
    if failure.retry_codes is not None and not failure.retries:
        message = f"`{step.name}` names exit codes for a retry, but has no `retries`."
        yield message, "Add `retries: 1`."
    if failure.restart_codes and step.restart is None:
        message = f"`{step.name}` names exit codes for a restart, but has no `restart`."
        yield message, "Add `restart`, or use `retry`."


def _restart(analysis: Analysis, step: Step) -> Iterator[Problem]:
    if step.restart is None or _is_scheduled(step) or step.failure.restart_codes:
        return
    if step.resources.enforce_walltime:
        return
    path = (*step.at, "run", "restart")
    message = f"`{step.name}` runs locally and never times out, so its `restart` is never used."
    hint = "Give it nodes or procs, or a `walltime` with `enforce walltime: true`."
    yield problem("MS511", analysis.study.place(path, at_key=True), path, message, hint)
