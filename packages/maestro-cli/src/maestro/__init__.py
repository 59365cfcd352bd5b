"""Run, follow, change and read parameter studies from Python: what the ``maestro`` command does.

::

    import maestro

    study = maestro.run("study.yaml", out="OUT")
    study.wait(progress=print)
    table = pandas.DataFrame(study.results())

A `Study` is a handle on a folder: each property and method reads anew. What they return are values
that do not change: `Status`, `Step`, `Instance`, `Failure`, …. All errors are a `MaestroError`.
Nothing is printed, and nothing asked. The names in ``__all__`` are stable: see docs/python-api.md.
"""

from maestro.errors import (
    LaunchError,
    MaestroError,
    NotAStudyError,
    StudyError,
    StudyFileError,
    UsageError,
    WaitTimeoutError,
)
from maestro.finding import find
from maestro.finding import open_study as open  # noqa: A004 - `maestro.open`, as `gzip.open`
from maestro.records import (
    Attempt,
    Change,
    Conductor,
    Effect,
    Event,
    Explanation,
    Failure,
    Instance,
    Problem,
    Settings,
    Status,
    Step,
)
from maestro.results import Missing, Results
from maestro.starting import check, run
from maestro.study import Study
from maestro_cli.__about__ import __version__

__all__ = [
    "Attempt",
    "Change",
    "Conductor",
    "Effect",
    "Event",
    "Explanation",
    "Failure",
    "Instance",
    "LaunchError",
    "MaestroError",
    "Missing",
    "NotAStudyError",
    "Problem",
    "Results",
    "Settings",
    "Status",
    "Step",
    "Study",
    "StudyError",
    "StudyFileError",
    "UsageError",
    "WaitTimeoutError",
    "__version__",
    "check",
    "find",
    "open",
    "run",
]
