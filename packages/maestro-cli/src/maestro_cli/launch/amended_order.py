"""Take the settings along with which a study was made, for an amendment of it. Reads its workspace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from attrs import field, frozen

from maestro_cli.errors import StudyError, UsageError
from maestro_cli.launch.order import Order, Origin
from maestro_cli.study.study_file import edited_study_file
from maestro_cli.ui.sanitize import shell_word

if TYPE_CHECKING:
    from maestro_cli.study.workspace_records import RunRecord

__all__ = ["Amended", "Wishes", "order_of"]


@frozen
class Wishes:
    """What the command line gives anew.

    Attributes:
        study_file: Path of the study file; None: the copy in the workspace.
        variables: ``--var`` and ``--env-file``.
        batch: ``--batch`` and ``--adapter``.
        pgen: Path of the generator file; None: that of before.
        pargs: Its arguments, over those of before.
        quiet: Problems are not printed.
    """

    study_file: str | None = None
    variables: Mapping[str, str] = field(factory=dict)
    batch: Mapping[str, str] = field(factory=dict)
    pgen: str | None = None
    pargs: Mapping[str, str] = field(factory=dict)
    quiet: bool = False


class Amended(NamedTuple):
    """A study as it is to become.

    Attributes:
        order: How it is made.
        run: The record of the study as it is.
        taken_along: The options of the command line that hold on, as words.
        notes: Sentences for people.
    """

    order: Order
    run: RunRecord
    taken_along: tuple[str, ...]
    notes: tuple[str, ...]


def order_of(root: Path, wishes: Wishes) -> Amended:
    """Return how an amended study is made: as before, but for what is given anew.

    Args:
        root: The workspace.
        wishes: What is given anew.

    Raises:
        StudyError: The workspace has no study file.
        UsageError: There are arguments, and no generator file.
        maestro_conductor.errors.ConductorError: A file of the workspace is damaged.
        maestro_graph.FormatError: The same of its ``spec.msgpack``.
    """
    from maestro_cli.study.workspace_view import read_head
    from maestro_conductor.workspace.run_file import read_run_record
    from maestro_conductor.workspace.sharing import is_shared
    from maestro_graph.files.spec_file import read_spec

    run = cast("RunRecord", read_run_record(root))
    spec = read_spec(root / ".maestro" / "spec.msgpack")
    copy = root / run["study_file"]
    given = wishes.study_file
    from_copy = given is None or _same(given, copy)
    if from_copy and not copy.is_file():
        raise StudyError(
            f"{root} has no {run['study_file']}: its copy of the study file is gone",
            hint=f"give the study file: maestro amend {shell_word(root)} STUDY.yaml",
        )
    old_pgen = run.get("pgen_file")
    pgen = wishes.pgen or (None if old_pgen is None else str(root / old_pgen))
    pargs = dict(run.get("pargs") or {}) if pgen else {}
    if wishes.pargs and pgen is None:
        raise UsageError("--pargs needs --pgen", hint="give the Python file: --pgen FILE")
    variables, batch = dict(run.get("variables") or {}), dict(run.get("batch") or {})
    order = Order(
        study_file=str(copy) if from_copy else str(given),
        variables={**variables, **wishes.variables},
        batch={**batch, **wishes.batch},
        pgen=pgen,
        pargs={**pargs, **wishes.pargs},
        hashws=bool(read_head(root)[0]["hashws"]),
        shared=is_shared(root),
        usetmp=run["usetmp"],
        dry=run["dry"],
        throttle=run["throttle"],
        rlimit=run["rlimit"],
        attempts=run["attempts"],
        sleep=run["sleep"],
        quiet=wishes.quiet,
        carried=frozenset(variables.keys() - wishes.variables.keys()),
        origin=_origin(root, spec["specroot"], spec["source"]) if from_copy else None,
        start_folder=run.get("started_in"),
    )
    words = [
        *(f"--var {shell_word(f'{k}={v}')}" for k, v in variables.items() if k in order.carried),
        *(f"--batch {shell_word(f'{k}={v}')}" for k, v in batch.items() if k not in wishes.batch),
        *([f"--pgen {shell_word(old_pgen)}"] if old_pgen and not wishes.pgen else []),
        *(f"--pargs {shell_word(f'{k}:{v}')}" for k, v in pargs.items() if k not in wishes.pargs),
    ]
    return Amended(order, run, tuple(words), tuple(_notes(root, run, wishes)))


def _origin(root: Path, specroot: str, source: str | None) -> Origin:
    """Return where the copy came from: its paths mean what they meant in the file that it was.

    Once people have edited the copy, that file is another one, and no longer compared with it.
    """
    edited = edited_study_file(root)
    return Origin(specroot, source if edited is None or edited.parent != root else None)


def _notes(root: Path, run: RunRecord, wishes: Wishes) -> list[str]:
    notes = []
    if run.get("pgen_file") is not None and run.get("pargs") is None:
        notes.append(
            "the arguments of its generator file were not recorded when it was made: "
            "give those that it had, with --pargs"
        )
    edited = edited_study_file(root)
    if edited is not None and wishes.study_file is not None:
        name = run["study_file"]
        if edited == root / name and not _same(wishes.study_file, edited):
            notes.append(f"{edited} was edited, too: {wishes.study_file} takes its place")
    return notes


def _same(one: str, other: Path) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False
