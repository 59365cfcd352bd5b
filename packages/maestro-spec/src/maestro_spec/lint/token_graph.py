"""Sort names that hold each other's tokens, and find cycles among them; pure."""

from __future__ import annotations

from collections.abc import Mapping


def innermost_first(holds: Mapping[str, set[str]]) -> tuple[list[str], list[str]]:
    """Sort names so that each stands behind those that it holds.

    Args:
        holds: name → names, all of them keys.

    Returns:
        All names, those in a cycle last; and the names of one cycle, or none.
    """
    holders: dict[str, list[str]] = {name: [] for name in holds}
    missing = {name: len(others) for name, others in holds.items()}
    for name, others in holds.items():
        for other in others:
            holders[other].append(name)
    order = [name for name, count in missing.items() if count == 0]
    for name in order:
        for holder in holders[name]:
            missing[holder] -= 1
            if missing[holder] == 0:
                order.append(holder)
    left = [name for name in holds if missing[name] > 0]
    return order + left, _cycle(holds, set(left))


def _cycle(holds: Mapping[str, set[str]], left: set[str]) -> list[str]:
    """Return one cycle among names each of which holds another one of them."""
    if not left:
        return []
    seen: dict[str, int] = {}
    name = min(left)
    path: list[str] = []
    while name not in seen:
        seen[name] = len(path)
        path.append(name)
        name = min(other for other in holds[name] if other in left)
    return path[seen[name] :]
