"""Name what goes wrong at the command line.

::

    CliError                 a message for people, and an exit code
    ├── UsageError           64: the command line itself makes no sense
    ├── StudyError            1: a study file or a folder is not what it should be
    │   ├── NotAStudyError      no study workspace
    │   └── UpstreamStudyError  a workspace of maestrowf 1.x
    ├── LaunchError           1: the conductor did not start
    └── Declined              0: somebody answered no

A message says what happened, why, and (``hint``) what to do. Exit codes: 0 done, 1 a bad study or
folder, 2 failed steps, 3 cancelled, 64 wrong usage, 130 interrupted.
"""

from __future__ import annotations

EXIT_OK = 0
EXIT_BAD = 1
EXIT_FAILED = 2
EXIT_CANCELLED = 3
#: EX_USAGE of sysexits.h. argparse's own 2 would read as "a step failed".
EXIT_USAGE = 64
#: 128 + SIGINT, as a shell reports it.
EXIT_INTERRUPTED = 130


class CliError(Exception):
    """Anything that ends a command with a message instead of a result.

    Args:
        message: What happened and why, in one sentence or a few lines.
        hint: What to do about it.
    """

    exit_code = EXIT_BAD
    #: A fixed word for programs, in the JSON form of the error.
    code = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(CliError):
    """The command line makes no sense."""

    exit_code = EXIT_USAGE
    code = "usage"


class StudyError(CliError):
    """A study file or a folder is not what the command needs."""

    code = "study"


class NotAStudyError(StudyError):
    """The folder holds no study."""

    code = "not-a-study"


class UpstreamStudyError(StudyError):
    """The folder is a workspace of maestrowf 1.x."""

    code = "maestrowf-workspace"


class LaunchError(CliError):
    """The background conductor did not come alive."""

    code = "launch"


class Declined(CliError):  # noqa: N818 - an answer, not an error
    """Somebody answered no."""

    exit_code = EXIT_OK
    code = "declined"
