"""Select instances by name, pattern and state."""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Sequence

from maestro_cli.errors import StudyError
from maestro_cli.study.instances import Instance
from maestro_cli.study.workspace_view import StudyView

__all__ = ["matches", "require_instances", "select"]

#: More names than this are not looked through for one that is like a mistyped one.
_MOST_NAMES = 1000


def select(
    instances: Sequence[Instance], *, states: Collection[str], patterns: Sequence[str]
) -> list[Instance]:
    """Return the instances in one of the states whose name fits one of the patterns.

    Args:
        instances: Those to choose from.
        states: Empty: all states.
        patterns: As for :func:`matches`; empty: all names.
    """
    return [
        each
        for each in instances
        if (not states or each.state in states) and (not patterns or matches(each, patterns))
    ]


def require_instances(study: StudyView, pattern: str) -> list[Instance]:
    """Return the instances that a name or a pattern means.

    Raises:
        StudyError: It means none; the message names what there is.
    """
    found = [each for each in study.instances() if matches(each, [pattern])]
    if not found:
        import difflib

        steps = [step.name for step in study.steps]
        near = difflib.get_close_matches(pattern, [*steps, *study.graph.names[:_MOST_NAMES]], n=1)
        raise StudyError(
            f"{study.root} has no step or instance {pattern or repr(pattern)}",
            hint=f"did you mean {near[0]}?" if near else f"its steps: {', '.join(steps)}",
        )
    return found


def matches(instance: Instance, patterns: Sequence[str]) -> bool:
    """Return whether a pattern, or a plain name, fits the instance's name or its step's."""
    return any(
        pattern in (instance.name, instance.step)
        or fnmatch.fnmatchcase(instance.name, pattern)
        or fnmatch.fnmatchcase(instance.step, pattern)
        for pattern in patterns
    )
