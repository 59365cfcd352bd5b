"""Resolve a study's relative paths that are meant from the folder in which maestro was started.

A relative path of a dependency starts from the study file's folder, so that it means the same
wherever `run` is called. maestrowf starts it from the current folder. Where there is nothing at
the first place and something at the second, the second is meant. This module looks at the disk.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from maestro_spec import Study

__all__ = ["from_start_folder"]

#: What git takes for a place on another machine.
_REMOTE = re.compile(r"[^/]*://|[^/:]{2,}:")


def from_start_folder(study: Study, folder: Path) -> tuple[Study, list[str]]:
    """Make those relative paths absolute that only start from the current folder.

    Args:
        study: as it was read.
        folder: where maestro was started.

    Returns:
        The study, and a sentence for people on each path that was changed.
    """
    told: list[str] = []

    def placed(name: str, written: str) -> str:
        if "$(" in written or Path(written).is_absolute() or _REMOTE.match(written):
            return written
        here = os.path.normpath(folder / written)
        if os.path.lexists(Path(study.specroot, written)) or not os.path.lexists(here):
            return written
        told.append(
            f"{name} is {here}: there is no {written} in {study.specroot}, where the study file is"
        )
        return here

    paths = tuple(attrs.evolve(each, path=placed(each.name, each.path)) for each in study.env.paths)
    git = tuple(
        attrs.evolve(each, url=placed(f"the repository of {each.name}", each.url))
        for each in study.env.git
    )
    return attrs.evolve(study, env=attrs.evolve(study.env, paths=paths, git=git)), told
