"""Check the names of `env`: distinct, not reserved, and not made of each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from maestro_spec.diagnostics.problems import Path, Problem, problem
from maestro_spec.lint.analysis import Analysis
from maestro_spec.lint.token_graph import innermost_first
from maestro_spec.lint.tokens import names_in

#: what upstream adds to the environment by itself, and refuses to find there
_RESERVED = frozenset({"SPECROOT"})

_WORD = re.compile(r"\w")


def check(analysis: Analysis) -> Iterator[Problem]:
    """Check the names of `env`, and git dependencies."""
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
    """Find names of `env`, and values and labels of parameters, that lead back to themselves."""
    env = analysis.study.env
    paths = {v.name: v.at for v in (*env.variables, *env.labels)}
    texts = {name: [text] for name, text in analysis.env.items()}
    cycle = _cycle(texts)
    if not cycle:
        for column in analysis.columns.values():
            for name, given in (
                (f"{column.name}.label", column.labels),
                (column.name, column.values),
            ):
                if name not in texts:
                    texts[name] = [text for text in given or () if "$(" in text]
                    paths[name] = column.path
        cycle = _cycle(texts)
    if not cycle:
        return
    path = next((paths[name] for name in cycle if name in paths), ("env",))
    shown = [f"$({name})" for name in [*cycle[:12], cycle[0]]]
    message = f"These names contain each other: {' → '.join(shown)}."
    hint = "Give one of them a value without such a token."
    if len(cycle) == 1:
        name = cycle[0]
        if texts[name] == [f"$({name})"] and name in analysis.env:
            message = f"`{name}` stands for itself, and no parameter is called `{name}`."
            hint = "Give it a value, or add the parameter."
            if not analysis.parameters and not analysis.from_pgen:
                hint = f"Give it a value. If a pgen file gives it, lint with `--parameter {name}`."
        else:
            message = f"The value of {shown[0]} contains {shown[0]} itself."
            hint = f"Write the value without {shown[0]}."
    yield problem("MS404", analysis.study.place(path), path, message, hint)


def _cycle(texts: dict[str, list[str]]) -> list[str]:
    """Return the names of one cycle among those whose texts hold each other's tokens, or none."""
    holds = {
        name: {token for text in each for token in names_in(text) if token in texts}
        for name, each in texts.items()
    }
    return innermost_first(holds)[1]
