"""``maestro why``: what a step waits for, or how it failed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from maestro_cli.errors import EXIT_OK, UsageError
from maestro_cli.ui.parser import add_json, path
from maestro_cli.ui.step_options import add_selection

if TYPE_CHECKING:
    from maestro_cli.study.selection import Selection
    from maestro_cli.ui.parser import Commands
    from maestro_cli.ui.style import Paint
    from maestro_cli.views.explain import Explanation

_EPILOG = """\
examples:
  maestro why OUT post                  every instance of the step `post`
  maestro why OUT post_SIZE.10 collect  an instance, and those of a step
  maestro why OUT --where 'SIZE>5'      all instances with such parameters
"""


class WhyOptions(NamedTuple):
    """Which instances are explained, and of which study."""

    directory: str
    selection: Selection
    as_json: bool


class WhyRecord(TypedDict):
    """What ``--json`` prints of each instance, beside its :class:`Facts`; see docs/commands.md."""

    name: str
    step: str
    state: str
    text: str
    more: list[str]


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "why",
        help="say what a step waits for, or how it failed",
        description="Says why a step is in its state: the steps it waits for, the throttle, who"
        " holds it, the scheduler's own reason, or how it failed.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    add_selection(parser, default="")
    add_json(parser, "one JSON object per instance and line; also errors")


def read_args(args: argparse.Namespace) -> WhyOptions:
    """Read what the command line says.

    Raises:
        UsageError: Nothing is chosen, or a condition is none.
    """
    from maestro_cli.study.selection import read_selection

    selection = read_selection([*args.names, *args.step], args.where)
    if not selection:
        raise UsageError("why needs to be told of what", hint="name a STEP, or give --where")
    return WhyOptions(args.directory, selection, args.json)


def run(options: WhyOptions) -> int:
    """Explain the instances."""
    from maestro_cli.study.folders import expand_one, require_study
    from maestro_cli.study.selection import require_instances
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.ui.style import Paint
    from maestro_cli.views.explain import explain

    folder = expand_one(options.directory)
    study = open_study(require_study(folder, verb="explain"))
    study.mark_queued()
    paint = Paint()
    for instance in require_instances(study, options.selection):
        told = explain(study, instance)
        if options.as_json:
            _print_json(told)
        else:
            _print(told, paint)
    return EXIT_OK


def _print(told: Explanation, paint: Paint) -> None:
    from maestro_cli.ui.console import say
    from maestro_cli.ui.sanitize import clean
    from maestro_cli.views.theme import state_style

    instance = told.instance
    state = paint(instance.state, state_style(instance.state))
    say(f"{paint(clean(instance.name), 'bold')}  {state}  {clean(told.text)}")
    for line in told.more:
        say(f"    {clean(line)}")


def _print_json(told: Explanation) -> None:
    import json

    from maestro_cli.ui.console import say

    instance = told.instance
    record: WhyRecord = {
        "name": instance.name,
        "step": instance.step,
        "state": instance.state,
        "text": told.text,
        "more": told.more,
    }
    say(json.dumps({**record, **told.facts}))
