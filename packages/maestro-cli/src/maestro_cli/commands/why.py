"""``maestro why``: what a study or a step waits for, or how it failed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from maestro_cli.errors import EXIT_OK
from maestro_cli.ui.parser import add_json, path
from maestro_cli.ui.step_options import add_selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from maestro_cli.study.selection import Selection
    from maestro_cli.study.workspace_view import StudyView
    from maestro_cli.ui.parser import Commands
    from maestro_cli.ui.style import Paint
    from maestro_cli.views.explain import Explanation

_EPILOG = """\
examples:
  maestro why OUT                       the study: what it waits for, what to type next
  maestro why OUT post                  every instance of the step `post`
  maestro why OUT post_SIZE.10 collect  an instance, and those of a step
  maestro why OUT --where 'SIZE>5'      all instances with such parameters
"""


class WhyOptions(NamedTuple):
    """Which instances are explained, and of which study."""

    directory: str
    selection: Selection
    as_json: bool


class WhyStudyRecord(TypedDict):
    """What ``--json`` prints of a whole study; see docs/commands.md."""

    path: str
    study: str
    state: str
    text: str
    more: Sequence[str]
    next: Sequence[str]


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
        help="say what a study or a step waits for, or how it failed",
        description="Says why a step is in its state: the steps it waits for, the throttle, who"
        " holds it, the scheduler's own reason, or how it failed. Without STEP: how the study"
        " stands, what holds it back, and what to type next.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    add_selection(parser, default="the study as a whole")
    add_json(parser, "one JSON object per instance and line; also errors")


def read_args(args: argparse.Namespace) -> WhyOptions:
    """Read what the command line says.

    Raises:
        UsageError: A condition is none.
    """
    from maestro_cli.study.selection import read_selection

    selection = read_selection([*args.names, *args.step], args.where)
    return WhyOptions(args.directory, selection, args.json)


def run(options: WhyOptions) -> int:
    """Explain the instances, or the study."""
    from maestro_cli.study.folders import expand_one, require_study
    from maestro_cli.study.selection import require_instances
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.ui.style import Paint
    from maestro_cli.views.explain import explain

    folder = expand_one(options.directory)
    study = open_study(require_study(folder, verb="explain"))
    study.mark_queued()
    paint = Paint()
    if not options.selection:
        _tell_study(study, paint, as_json=options.as_json)
        return EXIT_OK
    for instance in require_instances(study, options.selection):
        told = explain(study, instance)
        if options.as_json:
            _print_json(told)
        else:
            _print(told, paint)
    return EXIT_OK


def _tell_study(study: StudyView, paint: Paint, *, as_json: bool) -> None:
    from maestro_cli.ui.console import say
    from maestro_cli.ui.sanitize import clean, shell_word
    from maestro_cli.ui.style import width
    from maestro_cli.views.explain_study import explain_study
    from maestro_cli.views.fit import command, wrap
    from maestro_cli.views.theme import state_style

    told = explain_study(study)
    if as_json:
        import json

        record: WhyStudyRecord = {
            "path": str(study.root),
            "study": study.name,
            "state": study.state,
            "text": told.text,
            "more": told.more,
            "next": [" ".join(map(shell_word, words)) for words, _ in told.next],
        }
        say(json.dumps(record))
        return
    for number, line in enumerate(wrap(f"{clean(study.name)}  {told.text}", width())):
        say(line if number else paint(line, state_style(study.state)))
    for text in told.more:
        for line in wrap(f"  {clean(text)}", width(), indent="    "):
            say(line)
    for words, what in told.next:
        for line in command(f"{what}: ", words, width()):
            say(line)


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
