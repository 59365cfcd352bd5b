"""``maestro amend``: a study that was made goes on in another form."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from maestro_cli.errors import EXIT_OK, Declined, UsageError
from maestro_cli.ui.console import say, warn
from maestro_cli.ui.parser import add_json, path, setting
from maestro_cli.ui.sanitize import clean, shell_word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from maestro_cli.launch.amend_session import Session
    from maestro_cli.launch.amended_order import Wishes
    from maestro_cli.ui.parser import Commands
    from maestro_conductor.core.amendment import Affected, AmendPlan

_EPILOG = """\
examples:
  maestro amend OUT                   after OUT/study.yaml was edited: shows what would run again,
                                      and asks
  maestro amend OUT study.yaml        the same from the file beside it
  maestro amend --dry-run OUT         only shows it
  maestro amend --only-new OUT        runs what was added; what was changed stays as it ran
  maestro amend --var SIZE=20 OUT     another value of env.variables
  maestro amend --pargs N:30 OUT      other arguments for the generator file it was made with

Options of `maestro run` with which the study was made hold on, unless they are given anew.
A study that runs goes on meanwhile; one that does not is started by `maestro resume`.
"""


class AmendOptions(NamedTuple):
    """What a study becomes.

    Attributes:
        directory: The study.
        wishes: What is given anew.
        only_new: What was changed stays as it ran.
        descendants: What comes after a changed one runs again, too.
        yes: Nothing is asked.
        dry: Nothing is done.
        as_json: Print JSON.
    """

    directory: str
    wishes: Wishes
    only_new: bool
    descendants: bool
    yes: bool
    dry: bool
    as_json: bool


class AffectedRecord(TypedDict):
    """An instance in what ``--json`` prints; see docs/commands.md."""

    name: str
    step: str
    workspace: str
    state: str | None
    differs: Sequence[str]


class AmendRecord(TypedDict):
    """What ``--json`` prints; see docs/commands.md."""

    path: str
    study: str
    amendment: str | None
    effect: str
    kept: int
    changed: Sequence[AffectedRecord]
    again: Sequence[AffectedRecord]
    new: Sequence[AffectedRecord]
    gone: Sequence[AffectedRecord]
    left: Sequence[AffectedRecord]
    stopped: Sequence[str]
    held: Sequence[str]
    renamed: Sequence[str]
    study_changes: Sequence[str]
    warnings: Sequence[object]


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "amend",
        help="apply an edited study file to a study that was made before",
        description="Compares a study with its edited study file, shows what would be kept, run"
        " again, added and forgotten, and does that after a question.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    parser.add_argument(
        "specification",
        type=path,
        nargs="?",
        metavar="STUDY.yaml",
        help="the edited study file (default: the copy in DIR)",
    )
    what = parser.add_argument_group("what it becomes")
    what.add_argument(
        "-p",
        "--pgen",
        type=path,
        metavar="FILE",
        help="Python file with get_custom_generator() (default: the copy in DIR, if it had one)",
    )
    what.add_argument(
        "--pargs",
        action="append",
        default=[],
        metavar="KEY:VALUE",
        help="argument for the function in the Python file; may be repeated",
    )
    what.add_argument(
        "--var",
        action="append",
        type=setting,
        default=[],
        metavar="NAME=VALUE",
        help="another value for a name in env.variables; may be repeated",
    )
    what.add_argument(
        "--env-file",
        type=path,
        metavar="FILE",
        help="the same from a file with lines NAME=VALUE; --var goes before it",
    )
    which = parser.add_argument_group("what runs again")
    which.add_argument(
        "--only-new",
        action="store_true",
        help="run what was added; what was changed stays as it ran",
    )
    which.add_argument(
        "--no-descendants",
        action="store_true",
        help="leave what has finished after a changed instance as it is",
    )
    how = parser.add_argument_group("questions").add_mutually_exclusive_group()
    how.add_argument("-y", "--autoyes", action="store_true", help="answer every question with yes")
    how.add_argument(
        "--dry-run", action="store_true", help="show what would be done, and leave nothing behind"
    )
    add_json(parser, "print what becomes of each instance, and errors, as JSON")


def read_args(args: argparse.Namespace) -> AmendOptions:
    """Read what the command line says, and the file of ``--env-file``.

    Raises:
        UsageError: Options do not fit each other, or have the wrong form.
        StudyError: The file has the wrong form.
    """
    from maestro_cli.launch.amended_order import Wishes
    from maestro_cli.launch.env_file import read_env_file
    from maestro_cli.launch.order import read_pargs

    if args.json and not (args.autoyes or args.dry_run):
        raise UsageError("--json cannot ask", hint="add -y or --dry-run")
    variables = read_env_file(args.env_file) if args.env_file else {}
    return AmendOptions(
        directory=args.directory,
        wishes=Wishes(
            study_file=args.specification,
            variables={**variables, **dict(args.var)},
            pgen=args.pgen,
            pargs=read_pargs(args.pargs),
            quiet=args.json,
        ),
        only_new=args.only_new,
        descendants=not args.no_descendants,
        yes=args.autoyes,
        dry=args.dry_run,
        as_json=args.json,
    )


def run(options: AmendOptions) -> int:
    """Expand the study in its new form, show what that means, ask, and do it."""
    amend(options)
    return EXIT_OK


def amend(options: AmendOptions) -> str:
    """Amend a study, and tell what came of it.

    Returns:
        ``in force``, ``waiting``, ``planned`` or ``nothing``, as ``effect`` in docs/commands.md.

    Raises:
        Declined: The answer was no.
        StudyError: The folder or the study file is not what it should be.
    """
    from maestro_cli.launch.amend_session import carry_out, opened, prepared
    from maestro_cli.study.folders import expand_one, require_study

    root = require_study(expand_one(options.directory), verb="amend")
    how = {"only_new": options.only_new, "descendants": options.descendants}
    amended = opened(root, options.wishes, settle=not options.dry)
    for sentence in amended.notes if not options.as_json else ():
        warn(f"note: {clean(sentence)}")
    with prepared(root, amended, **how) as session:
        if not options.as_json:
            _show(session)
        effect = "nothing" if session.nothing else "planned"
        if not options.dry:
            if not (session.nothing or options.yes):
                _ask(root, session.plan)
            effect = carry_out(session, **how)
    if options.as_json:
        _print_json(session, effect)
    elif effect in ("in force", "waiting"):
        _report(root, effect, session.plan)
    elif effect == "planned":
        say("Only shown: nothing was changed.")
    return effect


def _show(session: Session) -> None:
    import sys

    from maestro_cli.launch import amendment
    from maestro_cli.ui.style import Paint, unicode_ok, width
    from maestro_cli.views import amend_plan

    staged, amended, plan = session.staged, session.amended, session.plan
    root, graph = staged.folder.root, staged.planning.graph
    if session.nothing:
        said = f"{root}: {amended.order.study_file} says what runs already"
        say(f"{clean(said)}: there is nothing to amend")
        return
    shown = amend_plan.Shown(
        study=graph.name,
        root=str(root),
        study_file=amended.order.study_file,
        taken_along=amended.taken_along,
        plan=plan,
        study_changes=session.changes,
        sizes={step.name: step.count for step in graph.steps},
        lost_time=amendment.lost_time(staged, plan),
    )
    for line in amend_plan.lines(
        shown, paint=Paint(), unicode=unicode_ok(sys.stdout), width=width()
    ):
        say(line)


def _ask(root: Path, plan: AmendPlan) -> None:
    """Ask whether to do it, and once more where nothing of a step would be kept.

    Raises:
        Declined: The answer was no.
    """
    from maestro_cli.ui.prompt import agreed
    from maestro_cli.views import amend_plan

    hint = "answer in advance with -y, or only look with --dry-run"
    declined = Declined(f"{root} stays as it is")
    if not agreed(amend_plan.question(plan), hint=hint):
        raise declined
    sentence = amend_plan.renaming(plan)
    if sentence is not None:
        say(clean(sentence))
        if not agreed("Really begin these anew?", hint=hint):
            raise declined


def _report(root: Path, effect: str, plan: AmendPlan) -> None:
    from maestro_conductor.workspace.conductor_lock import holder

    shown, where = clean(root), shell_word(root)
    if holder(root) is not None:
        if effect == "in force":
            say(f"{shown} is amended, and goes on; `maestro status` follows it")
        else:
            first = f"; {len(plan.stopped)} jobs are cancelled first" if plan.stopped else ""
            say(
                f"{shown}: its conductor has been asked to amend it{first}; `maestro status` follows it"
            )
        return
    if effect == "in force":
        say(f"{shown} is amended")
    else:
        why = "as jobs of it must be cancelled first" if plan.stopped else "after other requests"
        say(f"{shown} will be amended at its next start, {why}")
    say(f"Run it with: maestro resume {where}")


def _print_json(session: Session, effect: str) -> None:
    import json

    from maestro_spec.reporting.json import as_json

    staged, plan = session.staged, session.plan
    record: AmendRecord = {
        "path": str(staged.folder.root),
        "study": staged.planning.graph.name,
        "amendment": staged.folder.id if effect in ("in force", "waiting") else None,
        "effect": effect,
        "kept": plan.kept,
        "changed": _records(plan.changed),
        "again": _records(plan.again),
        "new": _records(plan.new),
        "gone": _records(plan.gone),
        "left": _records(plan.left),
        "stopped": [each.name for each in plan.stopped],
        "held": [each.name for each in plan.held_new],
        "renamed": list(plan.renamed),
        "study_changes": list(session.changes),
        "warnings": [as_json(each) for each in staged.warnings],
    }
    say(json.dumps(record))


def _records(affected: Sequence[Affected]) -> list[AffectedRecord]:
    return [
        {
            "name": each.name,
            "step": each.step,
            "workspace": each.workspace,
            "state": each.state or None,
            "differs": list(each.differs),
        }
        for each in affected
    ]
