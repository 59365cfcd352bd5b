"""Open the study of a folder, and find those below one. Reads folders."""

from __future__ import annotations

import os
from pathlib import Path

from maestro.errors import NotAStudyError, in_our_words
from maestro.study import Study

__all__ = ["find", "open_study"]


def open_study(folder: str | os.PathLike[str] = ".") -> Study:
    """Open the study of a folder, or of the one above in which a folder lies.

    Args:
        folder: That of a study, or one in it.

    Returns:
        A handle; it reads the study whenever it is asked something.

    Raises:
        NotAStudyError: There is none.
        StudyError: It may not be read, or is damaged.

    >>> study = maestro.open("OUT")
    >>> study.state
    'FINISHED'
    """
    from maestro.reading import view
    from maestro_cli.study.folders import GRAPH, absolute

    wanted = absolute(folder)
    above = (each for each in wanted.parents if (each / GRAPH).is_file())
    root = wanted if (wanted / GRAPH).is_file() else next(above, wanted)
    with in_our_words():
        view(root, "open")
    return Study(root)


def find(folder: str | os.PathLike[str] = ".", *, depth: int = 3) -> list[Study]:
    """Find the studies in a folder and below it, the newest first; no link is followed.

    Args:
        folder: Where to look.
        depth: How many folders deep.

    Raises:
        NotAStudyError: There is no such folder.

    >>> [study.name for study in maestro.find(".")]
    ['chain']
    """
    from maestro_cli.study.find import find_studies
    from maestro_cli.study.folders import absolute

    wanted = absolute(folder)
    if not wanted.is_dir():
        raise NotAStudyError(f"{wanted} is no folder", "give a folder to look into", "not-a-study")
    with in_our_words():
        return sorted(map(Study, find_studies(wanted, depth=depth)), key=_made, reverse=True)


def _made(study: Study) -> float:
    """Return when a study was made, as its folder says: one that cannot be read counts, too."""
    return Path(study.folder, ".maestro").stat().st_ctime
