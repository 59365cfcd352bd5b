"""Resolve names whose texts hold each other's tokens; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from maestro_graph.errors import TokenError
from maestro_graph.parameters.substitution import Tokens, replace_all


def resolve(
    raw: Mapping[str, str],
    *,
    finish: Mapping[str, Callable[[str], str]] | None = None,
) -> dict[str, str]:
    """Put names into each other, to any depth.

    Args:
        raw: name → text that may hold tokens of these names.
        finish: name → what to do to its text once it holds no such token any more.

    Returns:
        name → text without tokens of these names, in the order of ``raw``. A name whose text is
        its own token (see `stands_for_itself`) keeps that token, in the others' texts too.

    Raises:
        TokenError: names that lead back to themselves.
    """
    finish = finish or {}
    tokens = Tokens(raw)
    done: dict[str, str] = {}
    holds = {
        name: set() if stands_for_itself(name, text) else set(tokens.names_in(text))
        for name, text in raw.items()
    }
    for name in innermost_first(holds):
        if not holds[name]:
            done[name] = finish[name](raw[name]) if name in finish else raw[name]
            continue
        text = tokens.replace(raw[name], done.__getitem__)
        done[name] = finish[name](text) if name in finish else text
    return {name: replace_all(done[name], tokens, done.__getitem__) for name in raw}


def stands_for_itself(name: str, text: str) -> bool:
    """Return whether a name of `env` is given its own token: it stands for the parameter so called."""
    return text == f"$({name})"


def innermost_first(holds: Mapping[str, set[str]]) -> list[str]:
    """Sort names so that each stands behind those whose tokens its text holds.

    Args:
        holds: name → names of the tokens in its text, all of them keys.

    Raises:
        TokenError: names that lead back to themselves.
    """
    waiting = dict(holds)
    done: dict[str, None] = {}
    while waiting:
        ready = [name for name, others in waiting.items() if others <= done.keys()]
        if not ready:
            cycle = ", ".join(f"$({name})" for name in _cycle(waiting))
            raise TokenError(
                f"{cycle} cannot be resolved: each needs the value of the next, the last of the first",
                hint="give one of them a value without tokens",
            )
        for name in ready:
            done[name] = None
            del waiting[name]
    return list(done)


def _cycle(waiting: Mapping[str, set[str]]) -> list[str]:
    """Return the names of one cycle among those that wait for each other."""
    path: list[str] = []
    name = next(iter(waiting))
    while name not in path:
        path.append(name)
        name = next(other for other in sorted(waiting[name]) if other in waiting)
    return path[path.index(name) :]
