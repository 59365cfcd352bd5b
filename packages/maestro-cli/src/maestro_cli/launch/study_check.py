"""Refuse, before a folder is made, a study that could not be run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from maestro_cli.errors import StudyError
from maestro_cli.ui.console import warn
from maestro_cli.ui.sanitize import shell_word
from maestro_cli.ui.style import colour_ok

if TYPE_CHECKING:
    from maestro_spec import Problem, Study
    from maestro_spec.loading import Reading
    from maestro_spec.yaml.nodes import Document

__all__ = ["BadStudyError", "check_study", "refuse_reading", "require_adapter"]

#: More problems than this are not printed, only counted.
_MOST_SHOWN = 20


class BadStudyError(StudyError):
    """The linter found errors; they have been shown."""

    code = "bad-study"

    def __init__(self, message: str, problems: Sequence[Problem], *, hint: str) -> None:
        from maestro_spec.reporting.json import as_json

        super().__init__(message, hint=hint)
        self.details = [as_json(problem) for problem in problems]


def check_study(
    study: Study, file: str, *, parameters: Sequence[str] | None = None, quiet: bool = False
) -> list[Problem]:
    """Lint a study, show its warnings, and return them.

    Args:
        study: The study.
        file: Its file, for messages.
        parameters: Names of the parameters that a generator file made; None: the study's own.
        quiet: Show nothing.

    Raises:
        BadStudyError: It has errors; they have been shown.
    """
    from maestro_spec import check, has_errors

    problems = check(study, parameters=parameters)
    if has_errors(problems):
        raise _bad(problems, study.document, file, quiet)
    warnings = [each for each in problems if each.severity == "warning"]
    _show(warnings, study.document, file, quiet)
    return warnings


def refuse_reading(reading: Reading, file: str, *, quiet: bool = False) -> BadStudyError:
    """Show why a study file could not be read, and return the error that says so."""
    from maestro_spec import check

    study = reading.study
    found = list(reading.problems) if study is None else check(study)
    return _bad(found, reading.document, file, quiet)


def require_adapter(name: str) -> None:
    """Make sure that a study's adapter is installed.

    Raises:
        StudyError: It is not.
    """
    # Searching what is installed is slow, and these come with maestro.
    if name in ("local", "slurm", "lsf", "flux"):
        return
    import difflib

    from maestro_adapters import names

    known = names()
    if name in known:
        return
    near = difflib.get_close_matches(name.lower(), known, n=1)
    there = f"there are {', '.join(known)}" if known else "there is none: install maestro-adapters"
    raise StudyError(
        f"no adapter {name!r} is installed; nothing was done",
        hint=f"did you mean {near[0]}? {there}" if near else there,
    )


def _bad(
    problems: Sequence[Problem], document: Document | None, file: str, quiet: bool
) -> BadStudyError:
    errors = [problem for problem in problems if problem.severity == "error"]
    _show([each for each in problems if each.severity != "hint"], document, file, quiet)
    number = "an error" if len(errors) == 1 else f"{len(errors)} errors"
    return BadStudyError(
        f"{file} has {number}; nothing was done",
        problems,
        hint=f"maestro-spec explain {errors[0].code} says more about {errors[0].code}",
    )


def _show(problems: Sequence[Problem], document: Document | None, file: str, quiet: bool) -> None:
    if quiet or not problems:
        return
    from maestro_spec.reporting import render_text

    # Errors first: the last of very many lines are not read.
    ranked = sorted(problems, key=lambda problem: problem.severity != "error")
    text = render_text(ranked[:_MOST_SHOWN], document, colour=colour_ok(sys.stderr))
    warn(text.rstrip("\n"))
    if len(ranked) > _MOST_SHOWN:
        warn(f"… and {len(ranked) - _MOST_SHOWN} more: maestro validate {shell_word(file)}")
