"""Check the `batch` block, by type of scheduler."""

from __future__ import annotations

import re
from collections.abc import Iterator

from maestro_spec.diagnostics.problems import Problem, problem
from maestro_spec.lint.analysis import Analysis

#: What all our schedulers make something of,
_SCHEDULED = frozenset({"host", "bank", "queue", "nodes", "procs", "gpus", "user_throttle"})
#: and what each of our adapters makes something of, beside `type`, `shell` and the free options.
_USED = {
    "local": frozenset({"local_slots", "launcher"}),
    "slurm": _SCHEDULED | {"reservation", "qos", "array"},
    "lsf": _SCHEDULED | {"reservation"},
    "flux": _SCHEDULED | {"uri", "flux_uri", "version", "args"},
}
_COMMON = frozenset(
    {"type", "shell", "allocation_args", "launcher_args", "launcher", "local_slots"}
)

#: what a launcher template may hold; `${procs}` is a variable of the shell
_PLACEHOLDERS = frozenset({"procs", "nodes", "cores_per_task", "gpus"})
_PLACEHOLDER = re.compile(r"(?<!\$)\{(\w*)\}")


def check(analysis: Analysis) -> Iterator[Problem]:
    """Check the `batch` block."""
    study, batch = analysis.study, analysis.study.batch
    if "batch" in study.gaps:
        return
    used = _USED.get(batch.type)
    if used is None:
        path = ("batch", "type")
        message = (
            f"`{batch.type}` is none of our schedulers; an adapter of this name must be installed."
        )
        hint = analysis.suggest.did_you_mean(batch.type, _USED) or f"Ours are {', '.join(_USED)}."
        yield problem("MS502", study.place(path), path, message, hint)
    for key in sorted(batch.given - _COMMON - (used if used is not None else batch.given)):
        path = ("batch", key)
        message = f"`{key}` has no effect with the scheduler `{batch.type}`."
        yield problem("MS503", study.place(path, at_key=True), path, message)
    yield from _values(analysis)


def _values(analysis: Analysis) -> Iterator[Problem]:
    study, batch = analysis.study, analysis.study.batch
    for key in ("nodes", "procs", "gpus"):
        value = getattr(batch, key)
        if isinstance(value, str) and "$(" not in value:
            path = ("batch", key)
            message = f"`{key}` is `{value[:60]}`, and no whole number."
            yield problem("MS508", study.place(path), path, message)
    for name in _PLACEHOLDER.findall(batch.launcher or ""):
        if name not in _PLACEHOLDERS:
            path = ("batch", "launcher")
            message = f"The launcher has no placeholder {{{name}}}."
            hint = (
                analysis.suggest.did_you_mean(name, _PLACEHOLDERS, "{{{}}}")
                or "It has {procs}, {nodes}, …"
            )
            place = study.place_within(path, f"{{{name}}}")
            yield problem("MS509", place, path, message, hint)
