"""Link steps to those that they wait for, and put them in order; pure."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import attrs

from maestro_graph.errors import TokenError, TopologyError
from maestro_graph.model.spec import SpecStep

#: `S_*` and `S*` both mean all instances of S.
_FUNNEL_MARK = re.compile(r"_\*|\*")
_WORKSPACE_TOKEN = re.compile(r"\$\(([^()$\s]+)\.workspace\)")
_BUILT_WORKSPACE_TOKEN = re.compile(r"\$\([^()\s]*\$\([^()\s]*\)[^()\s]*\.workspace\)")


@attrs.frozen
class Links:
    """What one step waits for, by step name.

    Attributes:
        plain: steps whose instance of the same row it waits for.
        funnels: steps all of whose instances it waits for.
    """

    plain: frozenset[str]
    funnels: frozenset[str]


def workspace_token(step: str) -> str:
    """Return the name of the token for a step's workspace."""
    return f"{step}.workspace"


def link(steps: Sequence[SpecStep], mentions: Mapping[str, frozenset[str]]) -> dict[str, Links]:
    """Find out what each step waits for.

    Args:
        steps: with the tokens of their `env` resolved.
        mentions: step name → token names that its command and restart command hold.

    Returns:
        step name → links. A workspace token of another step adds the edge that it implies.

    Raises:
        TopologyError: a dependency on no step, or two steps of one name.
        TokenError: the workspace of no step.
    """
    names = {step.name: None for step in steps}
    if len(names) < len(steps):
        name = Counter(step.name for step in steps).most_common(1)[0][0]
        raise TopologyError(f"two steps have the name {name}", hint="rename one of them")
    by_token = {workspace_token(name): name for name in names}
    links = {}
    for step in steps:
        plain: set[str] = set()
        funnels: set[str] = set()
        for written in step.depends:
            if "*" in written:
                funnels.add(_existing(_FUNNEL_MARK.sub("", written), step.name, names))
            else:
                plain.add(_existing(written, step.name, names))
        _refuse_unknown_workspaces(step, names)
        used = {by_token[token] for token in mentions[step.name]}
        plain |= used - funnels - {step.name}
        links[step.name] = Links(frozenset(plain), frozenset(funnels))
    return links


def _existing(name: str, step: str, names: Collection[str]) -> str:
    if name in names:
        return name
    raise TopologyError(
        f"step {step} depends on {name}, which is no step of this study",
        hint=_did_you_mean(name, names),
    )


def _refuse_unknown_workspaces(step: SpecStep, names: Collection[str]) -> None:
    for text in (step.command, step.restart or ""):
        for name in _WORKSPACE_TOKEN.findall(text):
            if name not in names:
                raise TokenError(
                    f"step {step.name} uses $({name}.workspace), but {name} is no step",
                    hint=_did_you_mean(name, names),
                )
        for found in _BUILT_WORKSPACE_TOKEN.finditer(text):
            raise TokenError(
                f"step {step.name} uses {found[0]}: which step it means is known too late to wait for it",
                hint="write the step's name out",
            )


def _did_you_mean(name: str, names: Collection[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]}?" if close else f"the steps are {', '.join(names)}"


def order(links: Mapping[str, Links]) -> list[str]:
    """Sort steps so that each stands behind what it waits for.

    Args:
        links: step name → links, in the order of the file, which is kept where it can be.

    Raises:
        TopologyError: the steps wait for each other in a circle.
    """
    place = {name: position for position, name in enumerate(links)}
    waiting = {name: set(each.plain | each.funnels) for name, each in links.items()}
    followers: dict[str, list[str]] = {name: [] for name in links}
    for name, others in waiting.items():
        for other in others:
            followers[other].append(name)
    ready = [place[name] for name, others in waiting.items() if not others]
    heapq.heapify(ready)
    names = list(links)
    ordered: list[str] = []
    while ready:
        name = names[heapq.heappop(ready)]
        ordered.append(name)
        for follower in followers[name]:
            waiting[follower].discard(name)
            if not waiting[follower]:
                heapq.heappush(ready, place[follower])
    if len(ordered) < len(names):
        circle = _circle({name: waiting[name] for name in names if name not in ordered})
        raise TopologyError(
            "these steps wait for each other: " + " → ".join([*circle, circle[0]]),
            hint="remove one of these dependencies or workspace tokens",
        )
    return ordered


def _circle(waiting: Mapping[str, set[str]]) -> list[str]:
    path: list[str] = []
    name = next(iter(waiting))
    while name not in path:
        path.append(name)
        name = min(other for other in waiting[name] if other in waiting)
    return path[path.index(name) :]
