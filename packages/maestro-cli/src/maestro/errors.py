"""Errors of the Python API, each with what happened, why, and what to do.

::

    MaestroError
    ├── UsageError        arguments that make no sense (also a ValueError)
    ├── StudyFileError    a study file that has errors: `problems`
    ├── StudyError        a study that is not what it should be, or refused what was asked
    │   └── NotAStudyError   a folder that holds none
    ├── LaunchError       a conductor that did not come alive
    └── WaitTimeoutError  a study that was not waited for any longer (also a TimeoutError)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maestro.records import Problem

__all__ = [
    "LaunchError",
    "MaestroError",
    "NotAStudyError",
    "StudyError",
    "StudyFileError",
    "UsageError",
    "WaitTimeoutError",
    "in_our_words",
]


class MaestroError(Exception):
    """Anything that went wrong.

    Attributes:
        message: What happened, and why.
        hint: What to do; may be empty.
        code: A fixed word for programs, that of ``--json`` (docs/commands.md).
    """

    def __init__(self, message: str, hint: str = "", code: str = "error") -> None:
        super().__init__(message)
        self.message, self.hint, self.code = message, hint, code

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(MaestroError, ValueError):
    """Arguments make no sense."""


class StudyError(MaestroError):
    """A study is not what it should be, or its conductor refused what was asked."""


class NotAStudyError(StudyError):
    """A folder holds no study."""


class StudyFileError(MaestroError):
    """A study file has errors, or cannot be expanded.

    Attributes:
        problems: All that was found, as `maestro.check` returns it.
    """

    def __init__(
        self, message: str, hint: str = "", code: str = "error", problems: Sequence[Problem] = ()
    ) -> None:
        super().__init__(message, hint, code)
        self.problems = tuple(problems)


class LaunchError(MaestroError):
    """A conductor did not come alive."""


class WaitTimeoutError(MaestroError, TimeoutError):
    """A study was not waited for any longer; it goes on."""


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn the errors of the packages below into those of the API; a bug stays what it is.

    Raises:
        MaestroError: Something below failed in a way that it has a message for.
    """
    try:
        yield
    except MaestroError:
        raise
    except Exception as error:
        told = _translated(error)
        if told is None:
            raise
        raise told from None


def _translated(error: Exception) -> MaestroError | None:
    from maestro_cli.errors import (
        CliError,
        UpstreamStudyError,
    )
    from maestro_cli.errors import (
        LaunchError as NotLaunched,
    )
    from maestro_cli.errors import (
        NotAStudyError as NoStudy,
    )
    from maestro_cli.errors import (
        UsageError as WrongUsage,
    )
    from maestro_cli.ui.failures import explain

    found = explain(error)
    if found.code == "bug":
        return None
    told = found.message, found.hint, found.code
    if isinstance(error, CliError):
        if found.details:
            from maestro.records import problem_of

            return StudyFileError(*told, problems=[problem_of(each) for each in found.details])
        if isinstance(error, WrongUsage):
            return UsageError(*told)
        if isinstance(error, (NoStudy, UpstreamStudyError)):
            return NotAStudyError(*told)
        return LaunchError(*told) if isinstance(error, NotLaunched) else StudyError(*told)
    if found.code in ("spec", "graph"):
        from maestro.records import problems_of

        return StudyFileError(*told, problems=problems_of(getattr(error, "problems", ())))
    return StudyError(*told)
