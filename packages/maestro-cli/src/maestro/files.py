"""Write what is made of a study: a report, an archive; and delete what it no longer needs. Works on files."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from maestro.errors import StudyError
from maestro.reading import Where, selection_of, view

__all__ = ["archive", "clean", "report"]


def report(folder: Path, file: str | os.PathLike[str], *, rows: int | None) -> Path:
    """Write the page of a study, in place of what stands there."""
    from maestro_cli.report import MOST_ROWS
    from maestro_cli.report.gather import gather
    from maestro_cli.report.page import page
    from maestro_cli.ui.output_file import write_output

    found = gather(
        view(folder, "report"), now=time.time_ns() // 1_000_000, most_rows=rows or MOST_ROWS
    )
    write_output(os.fspath(file), page(found))
    return Path(file)


def archive(
    folder: Path,
    file: str | os.PathLike[str] | None,
    *,
    logs: bool,
    only: Sequence[str],
    environment: bool,
    running: bool,
) -> Path:
    """Pack a study."""
    from maestro_cli.study.folders import absolute
    from maestro_cli.upkeep import archive as packing
    from maestro_cli.upkeep.compression import ending_of, has_zstd

    study = view(folder, "archive")
    default = f"{folder.name}{'.tar.zst' if has_zstd() else '.tar.gz'}"
    wanted = absolute(default if file is None else file)
    ending_of(wanted.name)
    wishes = packing.Wishes(logs=logs, only=tuple(only), environment=environment, running=running)
    return packing.archive(study, wanted, wishes).file


def clean(
    folder: Path,
    names: Sequence[str],
    where: Where,
    *,
    scratch: bool,
    logs: bool,
    dry: bool,
) -> dict[str, list[Path]]:
    """Delete files of a study; its records stay."""
    from maestro_cli.study.selection import choose
    from maestro_cli.upkeep.cleaning import Wishes, delete, plan
    from maestro_cli.upkeep.quiet import moment

    seen = moment(folder)
    study = view(folder, "clean")
    selection = selection_of(names, where)
    chosen = list(choose(study, selection)) if selection else None
    wishes = Wishes(
        scratch=scratch and chosen is None,
        logs=logs,
        instances=chosen,
        whole=chosen is not None and not logs,
    )
    planned = plan(study, wishes)
    if not dry and (refused := dict(delete(study, planned, seen))):
        name, why = next(iter(refused.items()))
        raise StudyError(f"{len(refused)} files could not be deleted, {name} among them: {why}")
    return {what: [folder / name for name in group.files] for what, group in planned.groups.items()}
