"""``maestro why``: what a step waits for, or how it failed."""

from __future__ import annotations

import argparse
from typing import Any

from maestro_cli.errors import EXIT_OK
from maestro_cli.ui.parser import add_json, path

_EPILOG = """\
examples:
  maestro why OUT post                  every instance of the step `post`
  maestro why OUT post_SIZE.10          one instance
"""


def register(commands: Any) -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser(
        "why",
        help="say what a step waits for, or how it failed",
        description="Says why a step is in its state: the steps it waits for, the throttle, the"
        " scheduler's own reason, or how it failed.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    parser.add_argument("step", metavar="STEP", help="a step or an instance, * allowed")
    add_json(parser, "one JSON object per instance and line; also errors")
    parser.set_defaults(command=command)


def command(args: argparse.Namespace) -> int:
    """Explains the instances."""
    from maestro_cli.study.folders import expand_one, require_study
    from maestro_cli.study.selection import require_instances
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.ui.console import say
    from maestro_cli.ui.sanitize import clean
    from maestro_cli.ui.style import Paint
    from maestro_cli.views.explain import explain
    from maestro_cli.views.theme import state_style

    folder = expand_one(args.directory)
    study = open_study(require_study(folder, verb="explain"))
    study.mark_queued()
    paint = Paint()
    for told in (explain(study, instance) for instance in require_instances(study, args.step)):
        instance = told.instance
        if args.json:
            import json

            record = {"name": instance.name, "step": instance.step, "state": instance.state}
            say(json.dumps({**record, "text": told.text, "more": told.more, **told.facts}))
            continue
        state = paint(instance.state, state_style(instance.state))
        say(f"{paint(clean(instance.name), 'bold')}  {state}  {clean(told.text)}")
        for line in told.more:
            say(f"    {clean(line)}")
    return EXIT_OK
