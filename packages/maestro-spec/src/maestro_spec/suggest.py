"""Did you mean …?"""

from __future__ import annotations

from collections.abc import Iterable

#: Longer names, and more of them, are not compared: nobody mistypes those, and it takes time.
_LONGEST = 60
_MOST = 2000


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` was probably meant to be, or None.

    Case, and the choice between space, ``_`` and ``-``, do not count; otherwise a third of the
    letters, but no more than three, may be wrong.
    """
    if len(name) > _LONGEST:
        return None
    wanted = _plain(name)
    best: tuple[int, str] | None = None
    for number, candidate in enumerate(known):
        if number >= _MOST:
            break
        if candidate == name or len(candidate) > _LONGEST:
            continue
        plain = _plain(candidate)
        allowed = min(3, (max(len(wanted), len(plain)) + 1) // 3)
        if abs(len(plain) - len(wanted)) > allowed:
            continue
        distance = _distance(wanted, plain, allowed)
        if distance <= allowed and (best is None or distance < best[0]):
            best = (distance, candidate)
    return best[1] if best else None


def did_you_mean(name: str, known: Iterable[str], template: str = "`{}`") -> str | None:
    """A hint that names the closest known name, or None."""
    found = closest(name, known)
    return f"Did you mean {template.format(found)}?" if found is not None else None


def _plain(name: str) -> str:
    return name.casefold().replace("_", " ").replace("-", " ").strip()


def _distance(one: str, other: str, limit: int) -> int:
    """Edits (insert, delete, replace, swap neighbours) from one to the other, or limit + 1."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return last[-1]
