"""Check the results that steps say they yield: their files, patterns and names."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from maestro_spec.diagnostics.problems import Path, Problem, problem
from maestro_spec.lint.analysis import Analysis
from maestro_spec.lint.step_links import resolved
from maestro_spec.lint.tokens import find_tokens, names_in, without_part
from maestro_spec.model.study import Result, Step

#: Columns that `maestro results` makes by itself.
COLUMNS = frozenset(
    {"instance", "step", "state", "run_time", "exit_code", "amendment", "row", "study"}
)

#: Tokens that stand for absolute paths, and one that stands for none.
_ABSOLUTE = frozenset({"WORKSPACE", "OUTPUT_PATH", "SPECROOT", "LAUNCHER"})


def check(analysis: Analysis) -> Iterator[Problem]:
    """Check the results of all steps."""
    for step in analysis.study.steps:
        for result in step.results:
            yield from _file(analysis, result)
            yield from _pattern(analysis, result)
            yield from _contradictions(analysis, result)
            yield from _tokens(analysis, result)
        yield from _several_rows(analysis, step)
        yield from _columns(analysis, step)


def _at(analysis: Analysis, path: Path, code: str, message: str, hint: str | None) -> Problem:
    return problem(code, analysis.study.place(path), path, message, hint)


def _file(analysis: Analysis, result: Result) -> Iterator[Problem]:
    text = resolved(result.file, analysis.env)
    parts = text.split("/")
    here, path = text.removeprefix("$(WORKSPACE)/"), (*result.at, "file")
    absolute = [n for n in names_in(text) if n in _ABSOLUTE or n.endswith(".workspace")]
    hint = "Write a path that starts in the folder of the step."
    if here != text:
        message = f"`{text[:80]}` is an absolute path."
        yield _at(analysis, path, "MS701", message, f"Write `{here[:80]}`.")
    elif text.startswith("/") or absolute:
        message = f"`{text[:80]}` is an absolute path; a result lies in the folder of its step."
        yield _at(analysis, path, "MS701", message, hint)
    elif ".." in parts:
        message = f"`{text[:80]}` leads out of the folder of the step."
        yield _at(analysis, path, "MS701", message, hint)
    elif parts[-1] in ("", ".") or "\0" in text:
        message = f"`{text[:80]}` is the name of no file."
        yield _at(analysis, path, "MS701", message, hint)


def groups_of(pattern: str) -> list[str]:
    """Return the names of a pattern's groups.

    Raises:
        ValueError: it is no regular expression; the message says why.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(re.compile(pattern, re.MULTILINE).groupindex)
    except (re.error, OverflowError, RecursionError, MemoryError) as error:
        raise ValueError(str(error) or type(error).__name__) from error


def _pattern(analysis: Analysis, result: Result) -> Iterator[Problem]:
    if result.pattern is None:
        return
    path = (*result.at, "pattern")
    try:
        groups = groups_of(result.pattern)
    except ValueError as error:
        message = f"The pattern is no regular expression: {error}."
        yield _at(analysis, path, "MS702", message, "Python's `re` says what one may be.")
        return
    if not groups:
        message = "The pattern has no named group, so it gives no value."
        hint = r"Write `energy = (?P<energy>\S+)` for a value called energy."
        yield _at(analysis, path, "MS702", message, hint)


def _contradictions(analysis: Analysis, result: Result) -> Iterator[Problem]:
    if result.pattern is not None:
        for key in ("keys", "format"):
            if getattr(result, key) is not None:
                message = f"`{key}` says nothing beside `pattern`, whose groups name the values."
                path = (*result.at, key)
                yield _at(analysis, path, "MS703", message, f"Remove `{key}` or `pattern`.")
    elif result.rows == "all" and is_single(result):
        message = "A file of lines `key = value` has one row."
        hint = "Remove `rows`, or name the `format` of a list or a table."
        yield _at(analysis, (*result.at, "rows"), "MS703", message, hint)


def is_single(result: Result) -> bool:
    """Return whether the file of a result holds one row, as far as is known."""
    endings = (".json", ".jsonl", ".csv", ".tsv", ".yaml", ".yml")
    if result.format is None:
        name = result.file.lower()
        return not name.endswith(endings) and not name.endswith(")")
    return result.format == "keys"


def _several_rows(analysis: Analysis, step: Step) -> Iterator[Problem]:
    several = [result for result in step.results if result.rows == "all"]
    for result in several[1:]:
        message = (
            f"`{step.name}` has two results with `rows: all`, whose rows belong together in no way."
        )
        path = (*result.at, "rows")
        yield _at(analysis, path, "MS703", message, "Leave it at one of them.")


def _tokens(analysis: Analysis, result: Result) -> Iterator[Problem]:
    """Report tokens where only the file takes them."""
    texts = [("pattern", result.pattern or "")]
    texts += [("keys", path) for _, path in result.keys or ()]
    for key, text in texts:
        path = (*result.at, key)
        for name in find_tokens(path, text).names:
            if name in analysis.env or without_part(name) in analysis.parameters:
                message = f"$({name}) has no effect in `{key}` of a result."
                yield _at(analysis, path, "MS407", message, None)


def named_columns(result: Result) -> Iterator[tuple[str, Path]]:
    """Yield the columns that a result names, and where."""
    if result.pattern is not None:
        try:
            for group in groups_of(result.pattern):
                yield group, (*result.at, "pattern")
        except ValueError:
            return
    elif result.keys is not None:
        for column, _ in result.keys:
            yield column, (*result.at, "keys")


def _columns(analysis: Analysis, step: Step) -> Iterator[Problem]:
    seen: set[str] = set()
    for result in step.results:
        for column, path in named_columns(result):
            if column in seen:
                message = f"`{step.name}` has two results called `{column[:60]}`."
                hint = "Rename one of them: `keys: {NAME: path}`, `(?P<NAME>…)`."
                yield _at(analysis, path, "MS704", message, hint)
            elif column in COLUMNS or column in analysis.parameters:
                what = "a column of every table" if column in COLUMNS else "a parameter"
                message = f"The result `{column[:60]}` is called like {what}."
                hint = "Rename it: `keys: {NAME: path}`, `(?P<NAME>…)`."
                yield _at(analysis, path, "MS705", message, hint)
            seen.add(column)
