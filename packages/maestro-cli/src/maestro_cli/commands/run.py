"""``maestro run``: from a study file to a running study."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from maestro_cli.errors import EXIT_OK, UsageError
from maestro_cli.ui.parser import add_json, add_on_end, path, seconds, setting, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from maestro_cli.launch.order import Order
    from maestro_cli.launch.output_folder import InTheWay
    from maestro_cli.launch.start import Started, StartOptions
    from maestro_cli.ui.parser import Commands
    from maestro_spec import Problem

_EPILOG = """\
examples:
  maestro run study.yaml                         asks before it starts; goes on in the background
  maestro run -fg -y -o OUT study.yaml           stay until it ends; exit code 2 if a step failed
  maestro run --dry -o OUT study.yaml            write folders and scripts, run nothing
  maestro run --var SIZE=10 -t 4 study.yaml      another value of env.variables; 4 jobs at once
  maestro run --adapter slurm --batch queue=debug study.yaml
  maestro run --on-end 'mail -s "$MAESTRO_STUDY: $MAESTRO_STATE" me@example.org </dev/null' study.yaml
  maestro run -p gen.py --pargs N:20 study.yaml  parameters from a Python file
"""


class RunOptions(NamedTuple):
    """What is made, and what becomes of it.

    Attributes:
        order: The study as it is to be made.
        out: Its folder; None: a new one, named by the study and the time.
        answer: To every question; None: they are asked.
        start: How it is started.
        as_json: Print JSON.
    """

    order: Order
    out: str | None
    answer: bool | None
    start: StartOptions
    as_json: bool


class RunRecord(TypedDict, total=False):
    """What ``--json`` prints; see docs/commands.md.

    ``exit_code`` is there only in the foreground, ``replaced`` only where a study was.
    """

    path: str
    launched: bool
    dry: bool
    pid: int | None
    exit_code: int
    replaced: Mapping[str, int | None]
    warnings: Sequence[object]


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "run",
        help="make a study's folder and start it",
        description="Makes the folder of a study and runs it, in the background unless told otherwise.",
        epilog=_EPILOG,
    )
    parser.add_argument("specification", type=path, metavar="STUDY.yaml", help="the study file")

    place = parser.add_argument_group("where")
    place.add_argument(
        "-o",
        "--out",
        type=path,
        metavar="DIR",
        help="the study's folder; over OUTPUT_PATH in the study file"
        " (default: <study name>_<time>, in OUTPUT_PATH or here)",
    )
    place.add_argument(
        "--hashws",
        action="store_true",
        help="number the folders of parameterised steps instead of naming them by their values",
    )
    place.add_argument(
        "--usetmp",
        action="store_true",
        help="keep scripts in a temporary folder, not in the study's",
    )
    place.add_argument(
        "--group-access",
        action="store_true",
        help="the folder's group may follow the study (status, why, logs), cancel and update it,"
        " whatever the umask",
    )

    how = parser.add_argument_group("how it runs")
    how.add_argument(
        "-fg", action="store_true", help="stay in the foreground until the study has ended"
    )
    how.add_argument(
        "--dry", action="store_true", help="write folders and scripts, but run nothing"
    )
    how.add_argument(
        "-t",
        "--throttle",
        type=whole(0),
        default=0,
        metavar="N",
        help="most jobs submitted at once, started or not; 0: no limit (default: 0)",
    )
    how.add_argument(
        "-r",
        "--rlimit",
        type=whole(0),
        default=1,
        metavar="N",
        help="most restarts of a step that timed out and has a restart command; 0: no limit"
        " (default: 1)",
    )
    how.add_argument(
        "-a",
        "--attempts",
        type=whole(1),
        default=1,
        metavar="N",
        help="how often the scheduler may refuse a step before it fails (default: 1)",
    )
    how.add_argument(
        "-s",
        "--sleeptime",
        type=seconds,
        default=60,
        metavar="SECONDS",
        help="longest pause between two questions to the scheduler (default: 60)",
    )

    add_on_end(how)

    what = parser.add_argument_group("what it runs")
    what.add_argument(
        "-p",
        "--pgen",
        type=path,
        metavar="FILE",
        help="Python file with get_custom_generator(), which makes the parameters",
    )
    what.add_argument(
        "--pargs",
        action="append",
        default=[],
        metavar="KEY:VALUE",
        help="argument for the function in --pgen; may be repeated",
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
    what.add_argument(
        "--adapter", metavar="TYPE", help="scheduler to use instead of batch.type: local, slurm, …"
    )
    what.add_argument(
        "--batch",
        action="append",
        type=setting,
        default=[],
        metavar="KEY=VALUE",
        help="another value for a key of the batch block; may be repeated",
    )

    answers = parser.add_argument_group("questions").add_mutually_exclusive_group()
    answers.add_argument(
        "-n", "--autono", action="store_true", help="answer every question with no"
    )
    answers.add_argument(
        "-y", "--autoyes", action="store_true", help="answer every question with yes"
    )
    add_json(parser, "print what was started, and errors, as JSON")


def read_args(args: argparse.Namespace) -> RunOptions:
    """Read what the command line says, and the file of ``--env-file``.

    Raises:
        UsageError: Options do not fit each other, or have the wrong form.
        StudyError: The file has the wrong form.
    """
    from maestro_cli.launch.env_file import read_env_file
    from maestro_cli.launch.order import Order, read_pargs
    from maestro_cli.launch.start import StartOptions

    if args.pargs and not args.pgen:
        raise UsageError("--pargs needs --pgen", hint="give the Python file: --pgen FILE")
    if args.json and not (args.autoyes or args.autono or args.dry):
        raise UsageError("--json cannot ask", hint="add -y or -n")
    pargs = read_pargs(args.pargs)
    variables = read_env_file(args.env_file) if args.env_file else {}
    adapter = {"type": args.adapter} if args.adapter else {}
    order = Order(
        study_file=args.specification,
        variables={**variables, **dict(args.var)},
        batch={**dict(args.batch), **adapter},
        pgen=args.pgen,
        pargs=pargs,
        hashws=args.hashws,
        shared=args.group_access,
        usetmp=args.usetmp,
        dry=args.dry,
        throttle=args.throttle,
        rlimit=args.rlimit,
        attempts=args.attempts,
        sleep=args.sleeptime,
        quiet=args.json,
    )
    return RunOptions(
        order=order,
        out=args.out,
        answer=True if args.autoyes else False if args.autono else None,
        start=StartOptions(
            foreground=args.fg or args.dry,
            log_level=args.debug_lvl,
            logpath=args.logpath,
            talkative=args.logstdout and not args.json,
            on_end=args.on_end,
        ),
        as_json=args.json,
    )


def run(options: RunOptions) -> int:
    """Make the study, ask, and start it."""
    from maestro_cli.launch import pipeline, report
    from maestro_cli.launch.output_folder import choose_way, in_the_way, reserve_output
    from maestro_cli.launch.start import Started, call_on_end, check_log, start
    from maestro_cli.ui.console import say
    from maestro_cli.ui.prompt import agreed
    from maestro_cli.ui.sanitize import clean
    from maestro_cli.ui.style import Paint, width
    from maestro_cli.views import launch_summary

    def agree(question: str) -> bool:
        return agreed(question) if options.answer is None else options.answer

    order = options.order
    check_log(options.start)
    study, warnings = pipeline.read_study(order)
    replaced = in_the_way(options.out)
    if replaced is not None and choose_way(replaced, options.answer) == "amend":
        return _amend(options, replaced, agree)
    with reserve_output(study, options.out, replace=replaced is not None) as stage:
        graph, found = pipeline.build(order, study, stage)
        warnings += found
        asking = options.answer is None and not order.dry
        if asking or options.start.talkative:
            for line in launch_summary.lines(
                graph,
                stage.root,
                paint=Paint(),
                throttle=order.throttle,
                usetmp=order.usetmp,
                width=width(),
            ):
                say(line)
        call_on_end(stage.folder, options.start.on_end)
        launch = order.dry or agree("Would you like to launch the study?")
        stage.publish(shared=order.shared)
    if replaced is not None and not options.as_json:
        say(f"The study in {clean(stage.root)} was replaced: {replaced}")
    started = start(stage.root, study.name, options.start) if launch else Started()
    if options.as_json:
        _print_json(order, stage.root, started if launch else None, warnings, replaced)
    elif not launch:
        report.report_made(stage.root)
    elif started.exit_code is not None:
        report.report_end(stage.root, started.exit_code)
    else:
        report.report_started(stage.root)
    return started.exit_code or EXIT_OK


def _amend(options: RunOptions, there: InTheWay, agree: Callable[[str], bool]) -> int:
    """Turn the study that is there into the one that was asked for, and run that."""
    from maestro_cli.commands.amend import AmendOptions, amend
    from maestro_cli.launch import report
    from maestro_cli.launch.amended_order import Wishes
    from maestro_cli.launch.start import call_on_end, start
    from maestro_cli.study.workspace_view import open_study

    order = options.order
    wishes = Wishes(order.study_file, order.variables, order.batch, order.pgen, order.pargs)
    effect = amend(
        AmendOptions(
            directory=str(there.root),
            wishes=wishes,
            only_new=False,
            descendants=True,
            yes=False,
            dry=False,
            as_json=False,
        )
    )
    if effect == "nothing" or not agree("Would you like to launch the study?"):
        return EXIT_OK
    call_on_end(there.root, options.start.on_end)
    started = start(there.root, open_study(there.root).name, options.start)
    if started.exit_code is not None:
        report.report_end(there.root, started.exit_code)
    else:
        report.report_started(there.root)
    return started.exit_code or EXIT_OK


def _print_json(
    order: Order,
    root: Path,
    started: Started | None,
    warnings: Sequence[Problem],
    replaced: InTheWay | None,
) -> None:
    import json

    from maestro_cli.ui.console import say
    from maestro_spec.reporting.json import as_json

    record: RunRecord = {
        "path": str(root),
        "launched": started is not None,
        "dry": order.dry,
        "pid": None if started is None else started.pid,
    }
    if started is not None and started.exit_code is not None:
        record["exit_code"] = started.exit_code
    if replaced is not None:
        record["replaced"] = {"steps": replaced.steps, "finished": replaced.finished}
    record["warnings"] = [as_json(each) for each in warnings]
    say(json.dumps(record))
