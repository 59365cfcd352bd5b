"""Tell where a study was before, and whether it was moved or copied from there. Looks at the disk."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import attrs

from maestro_conductor.errors import WorkspaceError
from maestro_conductor.model.records import OpenedRecord
from maestro_conductor.workspace.conductor_record import boot_id
from maestro_conductor.workspace.folder_identity import identify
from maestro_conductor.workspace.run_file import read_run

__all__ = ["Origin", "find_origin"]


@attrs.frozen
class Origin:
    """From where a study came.

    Attributes:
        path: the folder in which it was last run, or made.
        copied: it is another folder than that one; False: it was moved.
    """

    path: str
    copied: bool


def find_origin(
    root: Path, opened: OpenedRecord | None, made_in: str, study_id: str
) -> Origin | None:
    """Return from where a study came; None: it is where it was.

    A folder that is reached by another path, through a link or a bind mount, is where it was. Where the
    file system does not tell a folder from its copy, it was copied if the other one still has it.

    Args:
        root: the workspace.
        opened: the journal's latest record of that kind; None: it was never run.
        made_in: absolute path of the folder in which it was made; empty: nobody knows.
        study_id: of its ``run.msgpack``.
    """
    before = (opened.get("root") if opened is not None else None) or made_in
    if before in ("", str(root)):
        return None
    try:
        if os.path.samestat(os.stat(before), os.stat(root)):  # noqa: PTH116 - beside the path's text
            return None
        copied = read_run(Path(before)).study_id == study_id
    except (OSError, WorkspaceError):  # nothing is there, or another thing
        copied = False
    same = _is_the_same(root, opened)
    return Origin(before, copied if same is None else not same)


def _is_the_same(root: Path, opened: OpenedRecord | None) -> bool | None:
    """Tell whether it is the folder itself in which the study was last run; None: nobody knows."""
    before = None if opened is None else opened.get("folder")
    if opened is None or not before or len(before) != 2:
        return None
    if (opened["host"], opened["boot"]) != (platform.node(), boot_id()):
        return None  # devices have other numbers
    now = identify(root)
    if now is None or now.device != before[0]:
        return None
    return now.inode == before[1]
