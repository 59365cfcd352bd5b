"""Find out which parameters each step uses, through the environment and through other steps; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from maestro_spec.lint.step_links import Links
from maestro_spec.lint.token_graph import innermost_first
from maestro_spec.lint.tokens import names_in, without_part
from maestro_spec.model.study import Step

#: Beyond this many pairs of names, who uses what is not followed through the environment.
_MOST_PAIRS = 4_000_000


def tokens_reached(
    env: Mapping[str, str], parameters: Collection[str], steps: Mapping[str, Step]
) -> dict[str, frozenset[str]] | None:
    """Follow the names of `env` to what their texts stand for, through others too.

    Args:
        env: name → text.
        parameters: names of the parameters.
        steps: name → step.

    Returns:
        name → tokens of parameters and workspaces; None where that would take too long.
    """
    direct = {name: set(names_in(text)) for name, text in env.items() if "$(" in text}
    if len(direct) * (len(parameters) + len(steps)) > _MOST_PAIRS:
        return None
    wanted = {
        name: {token for token in found if _is_wanted(token, parameters, steps)}
        for name, found in direct.items()
    }
    # Each round follows one more link; names that contain each other just stop growing.
    order = innermost_first({name: found & direct.keys() for name, found in direct.items()})[0]
    done: dict[str, frozenset[str]] = {}
    for name in order:
        inner = (done.get(other, frozenset()) for other in direct[name] if other in direct)
        done[name] = frozenset(wanted[name]).union(*inner)
    return done


def _is_wanted(token: str, parameters: Collection[str], steps: Mapping[str, Step]) -> bool:
    return (
        token in parameters
        or without_part(token) in parameters
        or token.removesuffix(".workspace") in steps
    )


def used_parameters(
    own: Mapping[str, set[str]],
    parameters: frozenset[str],
    links: Mapping[str, Links],
    reached: Mapping[str, frozenset[str]] | None,
) -> dict[str, frozenset[str]] | None:
    """Find the parameters that each step uses, itself or through what it depends on.

    Args:
        own: step name → names of the tokens in all its texts.
        parameters: names of the parameters.
        links: step name → what it waits for.
        reached: what `tokens_reached` gives.

    Returns:
        step name → parameters; None where that would take too long.
    """
    if reached is None or len(links) * len(parameters) > _MOST_PAIRS:
        return None
    waits = {name: {*each.plain, *each.implied} for name, each in links.items()}
    used: dict[str, frozenset[str]] = {}
    for name in innermost_first(waits)[0]:
        mentioned = own[name].union(*(reached[token] for token in own[name] & reached.keys()))
        used[name] = frozenset(_parameters(mentioned, parameters)).union(
            *(used.get(other, frozenset()) for other in waits[name])
        )
    return used


def _parameters(tokens: Iterable[str], parameters: frozenset[str]) -> set[str]:
    found = set()
    for token in tokens:
        if token in parameters:
            found.add(token)
        elif without_part(token) in parameters:
            found.add(without_part(token))
    return found
