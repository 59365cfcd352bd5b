"""Tell whether the study file of a workspace was edited since it was expanded. Reads files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from maestro_cli.study.workspace_records import RunRecord

__all__ = ["IN_FORCE", "edited_study_file"]

#: The study file as it was expanded, byte by byte: people edit the copy that lies beside it.
IN_FORCE = Path(".maestro", "study.yaml")


def edited_study_file(root: Path) -> Path | None:
    """Return the study file that differs from what runs.

    Args:
        root: The workspace.

    Returns:
        The copy in the workspace, or else the file that it was copied from. None: neither differs,
        or that cannot be told, as in a workspace of version 1.0.
    """
    from maestro_conductor.errors import ConductorError
    from maestro_conductor.workspace.run_file import read_run_record

    in_force = _content(root / IN_FORCE)
    if in_force is None:
        return None
    try:
        copy = root / cast("RunRecord", read_run_record(root))["study_file"]
    except (ConductorError, KeyError):
        return None
    if _content(copy) not in (in_force, None):
        return copy
    source = _source(root)
    if source is None or _content(source) in (in_force, None):
        return None
    return source


def _source(root: Path) -> Path | None:
    """Return the file from which the study was made; None: the workspace does not say."""
    from maestro_conductor.workspace.regular_files import MOST
    from maestro_graph import GraphError, read_spec

    path = root / ".maestro" / "spec.msgpack"
    try:
        if path.stat().st_size > MOST:  # for a mere note, no more is read
            return None
        source = read_spec(path)["source"]
    except (GraphError, OSError, KeyError):
        return None
    return None if source is None else Path(source)


def _content(path: Path) -> bytes | None:
    """Return what a file holds; None: it is no file, is very large, or may not be read."""
    from maestro_conductor.workspace.regular_files import read_regular

    try:
        return read_regular(path)
    except OSError:
        return None
