"""Check tokens: they are defined, and stand where they have an effect. The shell's are left alone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from maestro_spec.diagnostics.problems import Path, Problem, problem
from maestro_spec.lint.analysis import Analysis
from maestro_spec.lint.tokens import (
    BUILT_IN,
    COMMANDS,
    Text,
    find_tokens,
    looks_like_ours,
    texts_in,
    without_part,
)

#: Commands are written in small letters; a name with a capital is one of the study's, or mistyped.
_CAPITALS = re.compile(r"\w*[A-Z]\w*")

#: commands that often stand alone in `$( … )`, and awk's fields; they are no mistyped names
_SHELL = frozenset(
    {
        "NF",
        "NR",
        "FNR",
        "Rscript",
        "arch",
        "cat",
        "date",
        "dirname",
        "env",
        "false",
        "groups",
        "hostid",
        "hostname",
        "id",
        "jobs",
        "locale",
        "logname",
        "ls",
        "nproc",
        "printenv",
        "ps",
        "pwd",
        "sinfo",
        "squeue",
        "sync",
        "time",
        "times",
        "true",
        "tty",
        "umask",
        "uname",
        "uptime",
        "users",
        "wait",
        "whoami",
        "which",
        "who",
        "yes",
    }
)
_PARTS = ("label", "name")
_MOST_PROBLEMS = 500


def check(analysis: Analysis) -> Iterator[Problem]:
    """Check the tokens of steps, of `env` and of the batch block."""
    yield from itertools.islice(_definitions(analysis), _MOST_PROBLEMS)
    yield from itertools.islice(_misplaced(analysis), _MOST_PROBLEMS)


def _definitions(analysis: Analysis) -> Iterator[Problem]:
    """Find tokens that nothing defines, each once in each text."""
    known = {*analysis.env, *analysis.parameters, *BUILT_IN, *analysis.declared}
    env = analysis.study.env
    texts = [text for each in analysis.texts for text in each]
    texts += [find_tokens(v.at, str(v.value)) for v in (*env.variables, *env.labels)]
    for text in texts:
        for name in text.names:
            if name not in known and looks_like_ours(name):
                yield from _definition(analysis, text, name, known)


def _definition(analysis: Analysis, text: Text, name: str, known: set[str]) -> Iterator[Problem]:
    base, dot, part = name.rpartition(".")
    suggest = analysis.suggest
    defined = base in analysis.parameters
    if dot and part == "workspace":
        unknown = base not in analysis.steps and not analysis.nameless
        if unknown and text.path[-1] in COMMANDS:
            hint = suggest.did_you_mean(base, analysis.steps, "$({}.workspace)")
            yield from _found(
                "MS403", analysis, text, name, f"$({name}) is the workspace of no step.", hint
            )
    elif dot and (part in _PARTS or defined):
        if not defined and (base in analysis.env or base not in analysis.declared):
            what = "a name of `env`" if base in analysis.env else "no parameter"
            message = f"`{base}` is {what}; only parameters have a `.{part}`."
            form = f"$({{}}.{part})"
            hint = suggest.did_you_mean(base, analysis.parameters, form) or _pgen(analysis)
            yield from _found("MS402", analysis, text, name, message, hint)
        elif defined and part not in _PARTS:
            message = f"A parameter has `.label` and `.name`, and no `.{part}`."
            hint = f"Write $({base}) for the value."
            yield from _found("MS402", analysis, text, name, message, hint)
    elif dot and text.path[-1] in COMMANDS and _is_workspace(analysis, base, part):
        hint = analysis.suggest.did_you_mean(base, analysis.steps, "$({}.workspace)")
        if base in analysis.steps:
            hint = f"Did you mean $({base}.workspace)?"
        message = f"$({name}) is nothing of a step: a step has `.workspace` alone."
        yield from _found("MS403", analysis, text, name, message, hint)
    else:
        yield from _undefined(analysis, text, name, known)


def _is_workspace(analysis: Analysis, base: str, part: str) -> bool:
    """Return whether ``base.part`` was meant to be the workspace of a step."""
    steps = analysis.steps
    return analysis.suggest.closest(part, ["workspace"]) is not None and (
        base in steps or analysis.suggest.closest(base, steps) is not None
    )


def _undefined(analysis: Analysis, text: Text, name: str, known: set[str]) -> Iterator[Problem]:
    capitals = _CAPITALS.fullmatch(name)
    if name in _SHELL:
        return
    meant = analysis.suggest.closest(name, known)
    if not capitals and (meant is None or not _is_typo(name, meant)):
        return
    hint = f"Did you mean $({meant})?" if meant else None
    hint = hint or _pgen(analysis) or f"For a variable of the shell write ${{{name}}}."
    message = f"Nothing defines $({name}), so the shell would run `{name}` as a command."
    yield from _found("MS401", analysis, text, name, message, hint)


def _found(
    code: str, analysis: Analysis, text: Text, name: str, message: str, hint: str | None = None
) -> Iterator[Problem]:
    """Report a problem, unless a backslash hides all tokens of this name from maestro."""
    occurrence = text.occurrence(name)
    if occurrence is not None:
        place = analysis.study.place_within(text.path, f"$({name})", occurrence)
        yield problem(code, place, text.path, message, hint)


def _is_typo(name: str, meant: str) -> bool:
    """Return whether a name in small letters is so close to a known one that no command is meant."""
    same = name.casefold().replace("-", "_") == meant.casefold().replace("-", "_")
    return same or (len(name) >= 5 and meant.islower())


def _pgen(analysis: Analysis) -> str | None:
    if analysis.parameters or analysis.from_pgen:
        return None
    return "If a pgen file gives it, lint with `--parameter NAME`."


def _misplaced(analysis: Analysis) -> Iterator[Problem]:
    """Find tokens in places where they have no effect."""
    study, env = analysis.study, analysis.env
    for step, texts in zip(study.steps, analysis.texts, strict=True):
        for text in texts:
            key = text.path[len(step.at) :]
            where = "in the name of a step" if key == ("name",) else "outside `cmd` and `restart`"
            if "results" in key:
                continue  # that is a path out of the step's folder, which the rule of results tells
            for name in text.names if key[-1] not in COMMANDS else ():
                in_name = key == ("name",) and _is_known(analysis, name)
                if in_name or (key != ("name",) and _is_for_commands(analysis, name)):
                    yield from _no_effect(analysis, text, name, where)
    for path, value in _other_texts(analysis):
        where = "in `batch`" if path[0] == "batch" else "in a dependency"
        for text in (find_tokens(inner, each) for inner, each in texts_in(value, path)):
            for name in text.names:
                if name not in env and _is_known(analysis, name):
                    yield from _no_effect(analysis, text, name, where)
    for field, each in (("name", study.name), ("description", study.description)):
        text = find_tokens(("description", field), each)
        for name in text.names:
            if _is_known(analysis, name):
                yield from _no_effect(analysis, text, name, "in the description of the study")


def _is_known(analysis: Analysis, name: str) -> bool:
    return name in analysis.env or without_part(name) in analysis.parameters


def _is_for_commands(analysis: Analysis, name: str) -> bool:
    """Return whether a token is one of those that only commands get."""
    if _is_known(analysis, name):
        return False
    base, dot, part = name.rpartition(".")
    return name in {"WORKSPACE", "LAUNCHER"} or (
        part == "workspace" and bool(dot) and base in analysis.steps
    )


def _other_texts(analysis: Analysis) -> Iterator[tuple[Path, object]]:
    """Yield the texts of the batch block and of dependencies."""
    batch, env = analysis.study.batch, analysis.study.env
    for key in sorted(batch.given):
        yield ("batch", key), getattr(batch, key, None)
    for path in env.paths:
        yield (*path.at, "path"), path.path
    for git in env.git:
        yield (*git.at, "path"), git.path
        yield (*git.at, "url"), git.url


def _no_effect(analysis: Analysis, text: Text, name: str, where: str) -> Iterator[Problem]:
    return _found("MS407", analysis, text, name, f"$({name}) has no effect {where}.")
