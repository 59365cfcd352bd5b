"""Tokens: they are defined, and stand where they have an effect. The shell's are left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from maestro_spec.analysis import Analysis
from maestro_spec.launchers import TOKEN, find_launchers
from maestro_spec.model import Step
from maestro_spec.problems import Path, Problem, problem
from maestro_spec.suggest import closest, did_you_mean
from maestro_spec.tokens import BUILT_IN, COMMANDS, Token, find_tokens, texts_in, without_part

_CAPITALS = re.compile(r"[A-Z][A-Z0-9_]+")

#: commands that often stand alone in `$( … )`; they are no mistyped names
_SHELL = frozenset(
    {
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
    """Tokens of steps, of `env` and of the batch block."""
    found = 0
    known = {*analysis.env, *analysis.parameters, *BUILT_IN, *analysis.declared}
    tokens = [token for each in analysis.tokens for token in each]
    env = analysis.study.env
    for variable in (*env.variables, *env.labels):
        tokens += find_tokens(variable.at, str(variable.value))
    for token in tokens:
        for each in _definition(analysis, token, known):
            found += 1
            if found <= _MOST_PROBLEMS:
                yield each
    yield from _misplaced(analysis)
    for step in analysis.study.steps:
        yield from _launchers(analysis, step)


def _definition(analysis: Analysis, token: Token, known: set[str]) -> Iterator[Problem]:
    """Tokens that nothing defines."""
    name = token.name
    if name in known or token.escaped or not token.looks_like_ours:
        return
    place = analysis.study.place_within(token.path, token.text, token.occurrence)
    base, dot, part = name.rpartition(".")
    if dot and part == "workspace":
        unknown = base not in analysis.steps and not analysis.nameless
        if unknown and token.path[-1] in COMMANDS:
            message = f"{token.text} is the workspace of no step."
            hint = did_you_mean(base, analysis.steps, "$({}.workspace)")
            yield problem("MS403", place, token.path, message, hint)
    elif dot and (part in _PARTS or base in analysis.parameters):
        defined = base in analysis.parameters
        if not defined and (base in analysis.env or base not in analysis.declared):
            what = "a name of `env`" if base in analysis.env else "no parameter"
            message = f"`{base}` is {what}; only parameters have a `.{part}`."
            hint = did_you_mean(base, analysis.parameters, f"$({{}}.{part})") or _pgen(analysis)
            yield problem("MS402", place, token.path, message, hint)
        elif defined and part not in _PARTS:
            message = f"A parameter has `.label` and `.name`, and no `.{part}`."
            yield problem("MS402", place, token.path, message, f"Write $({base}) for the value.")
    else:
        yield from _undefined(analysis, token, known)


def _undefined(analysis: Analysis, token: Token, known: set[str]) -> Iterator[Problem]:
    name = token.name
    meant = closest(name, known)
    hint = f"Did you mean $({meant})?" if meant else None
    if _CAPITALS.fullmatch(name):
        shell = f"For a variable of the shell write ${{{name}}}."
        hint = hint or _pgen(analysis) or shell
    elif meant is None or name in _SHELL or not _is_typo(name, meant):
        return
    place = analysis.study.place_within(token.path, token.text, token.occurrence)
    message = f"Nothing defines {token.text}, so the shell would run `{name}` as a command."
    yield problem("MS401", place, token.path, message, hint)


def _is_typo(name: str, meant: str) -> bool:
    """Whether a name in small letters is so close to a known one that no command is meant."""
    same = name.casefold().replace("-", "_") == meant.casefold().replace("-", "_")
    return same or (len(name) >= 5 and meant.islower() and closest(name, [meant]) is not None)


def _pgen(analysis: Analysis) -> str | None:
    if analysis.parameters or analysis.from_pgen:
        return None
    return "If a pgen file gives it, lint with `--parameter NAME`."


def _misplaced(analysis: Analysis) -> Iterator[Problem]:
    """Tokens in places that they do not reach."""
    study = analysis.study
    for step, tokens in zip(study.steps, analysis.tokens, strict=True):
        for token in tokens:
            key = token.path[len(step.at) :]
            if key == ("name",):
                if _is_known(analysis, token):
                    yield _no_effect(analysis, token, "in the name of a step")
            elif key[-1] not in COMMANDS and _is_for_commands(analysis, token):
                yield _no_effect(analysis, token, "outside `cmd` and `restart`")
    texts: list[tuple[Path, object]] = list(_batch_texts(analysis))
    texts += [((*path.at, "path"), path.path) for path in study.env.paths]
    for git in study.env.git:
        texts += [((*git.at, "path"), git.path), ((*git.at, "url"), git.url)]
    for path, value in texts:
        where = "in `batch`" if path[0] == "batch" else "in a dependency"
        for inner, text in texts_in(value, path):
            for token in find_tokens(inner, text):
                if token.name not in analysis.env and _is_known(analysis, token):
                    yield _no_effect(analysis, token, where)
    for field, text in (("name", study.name), ("description", study.description)):
        for token in find_tokens(("description", field), text):
            if _is_known(analysis, token):
                yield _no_effect(analysis, token, "in the description of the study")


def _is_known(analysis: Analysis, token: Token) -> bool:
    return token.name in analysis.env or without_part(token.name) in analysis.parameters


def _is_for_commands(analysis: Analysis, token: Token) -> bool:
    """Whether a token is one of those that only commands get."""
    if _is_known(analysis, token):
        return False
    base, dot, part = token.name.rpartition(".")
    return token.name in {"WORKSPACE", "LAUNCHER"} or (
        part == "workspace" and bool(dot) and base in analysis.steps
    )


def _batch_texts(analysis: Analysis) -> Iterator[tuple[Path, object]]:
    batch = analysis.study.batch
    for key in sorted(batch.given):
        yield ("batch", key), getattr(batch, key, None)


def _no_effect(analysis: Analysis, token: Token, where: str) -> Problem:
    place = analysis.study.place_within(token.path, token.text, token.occurrence)
    message = f"{token.text} has no effect {where}."
    return problem("MS407", place, token.path, message)


def _launchers(analysis: Analysis, step: Step) -> Iterator[Problem]:
    if "LAUNCHER" in analysis.env or "LAUNCHER" in analysis.parameters:
        return
    study, resources = analysis.study, step.resources
    for key, text in (("cmd", step.command), ("restart", step.restart or "")):
        path = (*step.at, "run", key)
        launchers = find_launchers(text)
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
                place = study.place_within(path, last.text)
                yield problem("MS406", place, path, message, hint)
        for launcher in launchers:
            if launcher.legacy:
                new = f"{TOKEN}[{launcher.nodes}n, {launcher.procs}p]"
                message = f"{launcher.text} is the old way to write an allocation."
                place = study.place_within(path, launcher.text)
                yield problem("MS410", place, path, message, f"Write {new}.")
                break
