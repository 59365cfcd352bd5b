"""``maestro run``: from a study file to a running study."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from maestro_cli.errors import EXIT_OK, Declined, UsageError
from maestro_cli.ui.parser import add_json, path, seconds, setting, whole
from maestro_cli.ui.terminal import clean, word

if TYPE_CHECKING:
    from pathlib import Path

    from maestro_cli.launch.pipeline import Order
    from maestro_cli.launch.staging import Stage
    from maestro_spec import Study

_EPILOG = """\
examples:
  maestro run study.yaml                         asks before it starts; goes on in the background
  maestro run -fg -y -o OUT study.yaml           stay until it ends; exit code 2 if a step failed
  maestro run --dry -o OUT study.yaml            write folders and scripts, run nothing
  maestro run --var SIZE=10 -t 4 study.yaml      another value of env.variables; 4 jobs at once
  maestro run --adapter slurm --batch queue=debug study.yaml
  maestro run -p gen.py --pargs N:20 study.yaml  parameters from a Python file
"""


def register(commands: Any) -> None:
    """Adds the command to the parser."""
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
        help="most jobs in flight at once; 0: no limit (default: 0)",
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
    parser.set_defaults(command=command)


def command(args: argparse.Namespace) -> int:
    """Stages the study, asks, and starts it."""
    order = _order(args)
    if args.logpath:
        from maestro_cli.study.folders import absolute
        from maestro_conductor.observers.log_file import check_log_path

        check_log_path(absolute(args.logpath))
    from maestro_cli.launch import pipeline
    from maestro_cli.ui.terminal import agreed, say

    study = pipeline.read_study(order)
    with _reserve(args, study) as stage:
        graph = pipeline.build(order, study, stage)
        asking = not (args.autoyes or args.autono or args.dry)
        if asking or (args.logstdout and not args.json):
            pipeline.summary(graph, stage.root)
        launch = args.autoyes or args.dry
        if asking:
            launch = agreed("Would you like to launch the study?")
        stage.publish()
    if not launch:
        return _not_launched(args, order, stage.root)
    if args.fg or args.dry:
        return _foreground(args, order, stage.root)
    from maestro_cli.launch.detach import start_conductor, warn_of_trouble

    pid = start_conductor(stage.root, study.name, debug_level=args.debug_lvl, logpath=args.logpath)
    if args.json:
        _print_json(order, stage.root, launched=True, pid=pid)
        return EXIT_OK
    where = word(stage.root)
    say("Study launched successfully.")
    warn_of_trouble(stage.root)
    say(f"  follow it  maestro status {where}")
    say(f"  live       maestro status --watch {where}")
    say(f"  stop it    maestro cancel {where}")
    return EXIT_OK


def _order(args: argparse.Namespace) -> Order:
    from maestro_cli.launch.pipeline import Order, read_env_file

    if args.pargs and not args.pgen:
        raise UsageError("--pargs needs --pgen", hint="give the Python file: --pgen FILE")
    if args.json and not (args.autoyes or args.autono or args.dry):
        raise UsageError("--json cannot ask", hint="add -y or -n")
    pargs = {}
    for text in args.pargs:
        key, separator, value = text.partition(":")
        if not separator or not key:
            raise UsageError(f"--pargs {text!r} is not KEY:VALUE")
        pargs[key] = value
    variables = read_env_file(args.env_file) if args.env_file else {}
    batch = dict(args.batch)
    if args.adapter:
        batch["type"] = args.adapter
    return Order(
        study_file=args.specification,
        variables={**variables, **dict(args.var)},
        batch=batch,
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


def _reserve(args: argparse.Namespace, study: Study) -> Stage:
    """Takes the study's folder, after a question where a study is in the way."""
    from maestro_cli.launch import staging
    from maestro_cli.launch.pipeline import folder_name, output_parent
    from maestro_cli.study.folders import absolute
    from maestro_cli.ui.terminal import agreed

    if not args.out:
        return staging.reserve_stamped(absolute(output_parent(study)), folder_name(study))
    out = absolute(args.out)
    if not staging.replaceable(out):
        return staging.reserve(out)
    question = f"{clean(out)} holds a study already. Delete it, and make this one in its place?"
    if args.autono or not (args.autoyes or agreed(question)):
        raise Declined(f"{out} stays as it is; nothing was started", hint="give another folder")
    return staging.reserve(out, replace=True)


def _not_launched(args: argparse.Namespace, order: Order, root: Path) -> int:
    if args.json:
        _print_json(order, root, launched=False, pid=None)
    else:
        from maestro_cli.ui.terminal import say

        say("Study launch aborted.")
        say(f"It is ready in {clean(root)}; start it with: maestro resume {word(root)}")
    return EXIT_OK


def _foreground(args: argparse.Namespace, order: Order, root: Path) -> int:
    from maestro_cli.launch.foreground import conduct_here, report

    code = conduct_here(
        root,
        debug_level=args.debug_lvl,
        logpath=args.logpath,
        talkative=args.logstdout and not args.json,
    )
    if args.json:
        _print_json(order, root, launched=True, pid=None, exit_code=code)
    else:
        report(root, code)
    return code


def _print_json(order: Order, root: Path, *, launched: bool, pid: int | None, **more: int) -> None:
    import json

    from maestro_cli.ui.terminal import say
    from maestro_spec.reporting.json import as_json

    record = {"path": str(root), "launched": launched, "dry": order.dry, "pid": pid, **more}
    say(json.dumps({**record, "warnings": [as_json(each) for each in order.warnings]}))
