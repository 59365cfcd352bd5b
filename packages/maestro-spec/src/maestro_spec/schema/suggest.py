"""Suggest the name that was meant, where one is unknown; pure."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

#: Longer names are not compared: nobody mistypes those.
_LONGEST = 60

#: How many letters are compared in all, so that no file full of unknown names takes long.
_MOST_LETTERS = 300_000


@attrs.define
class Suggester:
    """Finds the name that was probably meant, as long as that does not take too long."""

    _letters: int = _MOST_LETTERS

    def closest(self, name: str, known: Iterable[str]) -> str | None:
        """Return the known name that ``name`` was probably meant to be, or None.

        Case, and the choice between space, ``_`` and ``-``, do not count; otherwise a third of
        the letters, but no more than three, may be wrong.
        """
        if len(name) > _LONGEST:
            return None
        wanted = _plain(name)
        best: tuple[int, str] | None = None
        for candidate in known:
            # Looking at a name at all costs about as much as comparing two letters.
            self._letters -= 2
            if self._letters < 0:
                break
            allowed = min(3, (max(len(name), len(candidate)) + 1) // 3)
            if candidate == name or abs(len(candidate) - len(name)) > allowed:
                continue
            plain = _plain(candidate)
            self._letters -= len(wanted) * len(plain)
            distance = _distance(wanted, plain, allowed)
            if distance <= allowed and (best is None or distance < best[0]):
                best = (distance, candidate)
        return best[1] if best else None

    def did_you_mean(self, name: str, known: Iterable[str], form: str = "`{}`") -> str | None:
        """Return a hint that names the closest known name, or None."""
        found = self.closest(name, known)
        return f"Did you mean {form.format(found)}?" if found is not None else None


def _plain(name: str) -> str:
    return name.casefold().replace("_", " ").replace("-", " ").strip()


def _distance(one: str, other: str, limit: int) -> int:
    """Count edits (insert, delete, replace, swap neighbours) from one to the other; limit + 1: more."""
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
