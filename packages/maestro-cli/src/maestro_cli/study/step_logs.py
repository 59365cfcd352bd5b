"""Find the output of a step, and read its last lines."""

from __future__ import annotations

import os
import re
from pathlib import Path

from maestro_cli.study.instances import Instance
from maestro_cli.study.workspace_view import StudyView
from maestro_conductor.workspace.attempt_file import read_attempt
from maestro_conductor.workspace.inside import stay_inside
from maestro_conductor.workspace.regular_files import stream_regular

#: No more than this is read of a log for its last lines.
_TAIL_BYTES = 64 * 1024


def logs_of(study: StudyView, instance: Instance) -> list[Path]:
    """Return the output files of all attempts, those of the latest attempt last.

    A local step writes ``<label>.<pid>.out``; elsewhere the scheduler's directives decide, but each
    file's name starts with the label or the script's stem. None where the folder cannot be read, or
    is a link out of the workspace.
    """
    record = study.record(instance)
    folder = study.root / instance.workspace
    stems = (str(record["label"]) + ".", str(record["script"]) + ".")
    try:
        stay_inside(study.root, instance.workspace)
        with os.scandir(folder) as entries:
            found = [
                (entry.stat(follow_symlinks=False).st_mtime_ns, entry.name)
                for entry in entries
                if entry.name.startswith(stems) and entry.name.endswith((".out", ".err"))
            ]
    except OSError:
        return []
    current = [
        (mtime, name) for mtime, name in found if instance.job and _names_job(name, instance.job)
    ]
    earlier = sorted(set(found) - set(current))
    current.sort(key=lambda found: found[1].endswith(".err"))
    return [folder / name for _, name in [*earlier, *current]]


def error_log(study: StudyView, instance: Instance) -> Path | None:
    """Return the latest attempt's error log, or its output where it has none."""
    logs = logs_of(study, instance)
    if instance.job:
        logs = [log for log in logs if _names_job(log.name, instance.job)] or logs
    errors = [log for log in logs if log.suffix == ".err"]
    chosen = errors or logs
    return chosen[-1] if chosen else None


def last_lines(log: Path, number: int = 10) -> list[str]:
    """Return the last lines of a file, as they are; none where it cannot be read."""
    try:
        with stream_regular(log) as file:
            file.seek(0, os.SEEK_END)
            size = file.tell()
            file.seek(max(0, size - _TAIL_BYTES))
            text = file.read().decode("utf-8", "surrogateescape")
    except OSError:
        return []
    return text.splitlines()[-number:] if number else []


def _names_job(name: str, job: str) -> bool:
    return re.search(rf"(^|[^0-9A-Za-z]){re.escape(job)}([^0-9A-Za-z]|$)", name) is not None


def left_behind(study: StudyView, instance: Instance) -> str | None:
    """Return what the command of a running step left in the background: ``name (pid), …``.

    See "The attempt file" on the workspace format page. None: its command has not ended.
    """
    try:
        stay_inside(study.root, instance.workspace)
        left = read_attempt(study.root / instance.workspace, instance.attempt).left
    except OSError:
        return None
    if left is None:
        return None
    entries = (entry.rpartition(":") for entry in left.split(","))
    return ", ".join(f"{name} ({pid})" for name, _, pid in entries)
