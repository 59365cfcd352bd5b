"""``maestro archive``: pack a study into one file."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from maestro_cli.errors import EXIT_OK
from maestro_cli.ui.console import say, warn
from maestro_cli.ui.parser import add_json, path
from maestro_cli.ui.sanitize import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from maestro_cli.ui.parser import Commands
    from maestro_cli.upkeep.archive import Archived, Wishes

_EPILOG = """\
examples:
  maestro archive OUT                      into OUT.tar.zst, here
  maestro archive OUT -o /data/OUT.tar.gz
  maestro archive OUT --no-logs            without what steps and conductor printed
  maestro archive OUT --only '*.csv'       the records, and these results

Elsewhere: tar xf OUT.tar.zst; then status, resume, amend, results work there as here.
meta/environment.yaml stays here, unless --environment is given.
"""

#: Paths that a line names.
_NAMED = 3


class ArchiveOptions(NamedTuple):
    """Which study is packed, where to, and how much of it."""

    directory: str
    file: str | None
    wishes: Wishes
    as_json: bool


class ArchiveRecord(TypedDict):
    """What ``--json`` prints; see docs/commands.md."""

    path: str
    study: str
    archive: str
    files: int
    bytes: int
    size: int
    left_out: Mapping[str, Sequence[str]]
    outside: Sequence[str]
    shrunk: Sequence[str]


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "archive",
        help="pack a study into one file",
        description="Packs a study into one file that can be unpacked elsewhere, and be followed, resumed and amended there. The file is there when it is whole, and not before. The study stays as it is.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    parser.add_argument(
        "-o",
        "--out",
        type=path,
        metavar="FILE",
        help="the archive: .tar.zst or .tar.gz (default: its name.tar.zst here, or .tar.gz where"
        " nothing can write zstd)",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--no-logs", action="store_true", help="leave out what steps and conductor printed"
    )
    which.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="GLOB",
        help="beside the records only what fits: a file's name, or with a / its path in the study;"
        " may be repeated",
    )
    parser.add_argument(
        "--environment",
        action="store_true",
        help="with meta/environment.yaml, the environment in which the study was made",
    )
    parser.add_argument(
        "--running", action="store_true", help="also a study that runs, as it is just now"
    )
    add_json(parser, "print what was packed, and errors, as JSON")


def read_args(args: argparse.Namespace) -> ArchiveOptions:
    """Read what the command line says."""
    from maestro_cli.upkeep.archive import Wishes

    wishes = Wishes(
        logs=not args.no_logs,
        only=tuple(args.only),
        environment=args.environment,
        running=args.running,
    )
    return ArchiveOptions(args.directory, args.out, wishes, args.json)


def run(options: ArchiveOptions) -> int:
    """Pack it, and tell what was left out."""
    from maestro_cli.study.folders import absolute, expand_one, require_study
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.upkeep.archive import archive
    from maestro_cli.upkeep.compression import ending_of, has_zstd

    if options.file is not None:
        ending_of(options.file)
    study = open_study(require_study(expand_one(options.directory), verb="archive"))
    default = f"{study.root.name}{'.tar.zst' if has_zstd() else '.tar.gz'}"
    done = archive(study, absolute(options.file or default), options.wishes)
    if options.as_json:
        import json

        record: ArchiveRecord = {
            "path": str(study.root),
            "study": study.name,
            "archive": str(done.file),
            "files": done.survey.files,
            "bytes": done.survey.size,
            "size": done.size,
            "left_out": done.survey.special,
            "outside": done.outside,
            "shrunk": done.shrunk,
        }
        say(json.dumps(record))
    else:
        _tell(done)
    return EXIT_OK


def _tell(done: Archived) -> None:
    from maestro_cli.views.sizes import in_bytes

    files = done.survey.files
    say(
        f"{clean(done.file)}: {files} file{'' if files == 1 else 's'},"
        f" {in_bytes(done.survey.size)} packed into {in_bytes(done.size)}"
    )
    for kind, paths in done.survey.special.items():
        several = kind if len(paths) == 1 else f"{kind}s"
        warn(f"note: {len(paths)} {several} cannot be packed: {_some(paths)}")
    if done.outside:
        told = "lead out of the study, and what they name is not packed"
        warn(f"note: {len(done.outside)} links {told}: {_some(done.outside)}")
    if done.shrunk:
        told = "became shorter while they were read, and end in zeros"
        warn(f"note: {len(done.shrunk)} files {told}: {_some(done.shrunk)}")


def _some(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return ", ".join(clean(path) for path in paths[:_NAMED]) + more
