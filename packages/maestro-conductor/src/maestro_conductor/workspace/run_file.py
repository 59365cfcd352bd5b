"""Read ``run.msgpack``, tolerantly: how the study is to be run."""

from __future__ import annotations

import re
from pathlib import Path

import msgpack

from maestro_conductor.errors import FormatError, WorkspaceError
from maestro_conductor.model.settings import Run, Settings
from maestro_conductor.workspace.checksums import check_sum, has_sum
from maestro_conductor.workspace.field_checks import (
    COUNT,
    FLAG,
    TEXT,
    Checked,
    Place,
    Rules,
    is_pause,
)
from maestro_conductor.workspace.headers import check_header
from maestro_conductor.workspace.paths import RUN
from maestro_conductor.workspace.regular_files import read_regular

__all__ = ["read_run", "read_run_record"]


_RULES: Rules = {
    "study_id": (
        lambda value: isinstance(value, str) and re.fullmatch("[0-9a-f]{12}", value) is not None,
        "12 hexadecimal digits",
    ),
    **dict.fromkeys(("throttle", "rlimit", "attempts"), COUNT),
    "sleep": (is_pause, "a number of seconds from 0 to 1e9"),
    **dict.fromkeys(("usetmp", "dry"), FLAG),
}
#: Fields that came with version 1.1.
_LATER: Rules = {"root": TEXT}


def read_run_record(root: Path) -> Checked:
    """Return the map `Run` of a workspace's ``run.msgpack``, checked.

    Raises:
        WorkspaceError: as for `read_run`.
    """
    path = root / RUN
    try:
        content = read_regular(path)
        value = msgpack.unpackb(content, unicode_errors="surrogateescape")
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, msgpack.UnpackException) as error:
        raise FormatError(f"{path} is damaged ({error}): make the study anew") from error
    if has_sum(value):
        check_sum(path, "the study's settings", content, value)
    run = check_header(value, "maestro-run", str(path))
    place = Place(str(path), "the study")
    place.check(run, _LATER, all_there=False)
    return place.check(run, _RULES)


def read_run(root: Path) -> Run:
    """Read how a workspace's study is to be run.

    Raises:
        WorkspaceError: the file is not there, damaged, or this version cannot read it.
    """
    run = read_run_record(root)
    return Run(
        study_id=run["study_id"],
        settings=Settings(
            throttle=run["throttle"],
            rlimit=run["rlimit"],
            attempts=max(1, run["attempts"]),
            sleep=run["sleep"],
        ),
        usetmp=run["usetmp"],
        dry=run["dry"],
        root=run.get("root", ""),
    )
