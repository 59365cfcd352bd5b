"""The names of `env`: distinct, not reserved, and not made of each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from maestro_spec.analysis import Analysis, innermost_first
from maestro_spec.problems import Path, Problem, problem
from maestro_spec.tokens import names_in

#: what upstream adds to the environment by itself, and refuses to find there
_RESERVED = frozenset({"SPECROOT"})

_WORD = re.compile(r"\w")


def check(analysis: Analysis) -> Iterator[Problem]:
    """Names of `env`, and git dependencies."""
    study, env = analysis.study, analysis.study.env
    names: list[tuple[str, Path]] = [(v.name, v.at) for v in (*env.variables, *env.labels)]
    names += [(path.name, (*path.at, "name")) for path in env.paths]
    names += [(git.name, (*git.at, "name")) for git in env.git]
    seen: set[str] = set()
    for name, path in names:
        for code, message in _wrong_with(name, path, seen):
            place = study.place(path, at_key=path[1] != "dependencies")
            yield problem(code, place, path, message, "Choose another name.")
        seen.add(name)
    yield from _cycles(analysis)
    for git in env.git:
        refs = [key for key in ("tag", "hash", "branch") if getattr(git, key)]
        if len(refs) > 1:
            message = f"`{git.name}` asks for {' and '.join(refs)} at once."
            place = study.place((*git.at, refs[1]), at_key=True)
            hint = "Keep one of tag, hash and branch."
            yield problem("MS507", place, (*git.at, refs[1]), message, hint)


def _wrong_with(name: str, path: Path, seen: set[str]) -> Iterator[tuple[str, str]]:
    if name in _RESERVED:
        yield "MS409", f"`{name}` is defined by maestro itself."
    elif name in seen:
        yield "MS408", f"`{name}` is defined in `env` for the second time."
    if path[1] == "dependencies" and not _WORD.search(name):
        yield "MS411", f"The name `{name}` has no letter."


def _cycles(analysis: Analysis) -> Iterator[Problem]:
    holds = {name: names_in(text) & analysis.env.keys() for name, text in analysis.env.items()}
    cycle = innermost_first(holds)[1]
    if not cycle:
        return
    env = analysis.study.env
    paths = {v.name: v.at for v in (*env.variables, *env.labels)}
    path = next((paths[name] for name in cycle if name in paths), ("env",))
    shown = [f"$({name})" for name in [*cycle[:12], cycle[0]]]
    message = f"These names contain each other: {' → '.join(shown)}."
    hint = "Give one of them a value without such a token."
    yield problem("MS404", analysis.study.place(path), path, message, hint)
