"""Replacing $(TOKEN)s in texts; pure.

Tokens are found by their names, never by their shape: whatever else stands in `$( … )` is the
shell's and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import attrs

from maestro_graph.errors import TokenError

#: A value put into a text may complete another token, as in `$(DATA_$(CASE))`; more rounds than
#: this are no nesting any more.
_MOST_ROUNDS = 100


def finder(names: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds ``$(NAME)`` of these names; group 1 is the name."""
    longest_first = sorted(names, key=len, reverse=True)
    if not longest_first:
        return re.compile(r"(?!)()")
    return re.compile(r"\$\((" + "|".join(map(re.escape, longest_first)) + r")\)")


def replace_known(text: str, texts: Mapping[str, str], tokens: re.Pattern[str]) -> str:
    """Replace tokens until none is left.

    Args:
        text: where to replace.
        texts: name → what to put in; free of tokens themselves.
        tokens: ``finder(texts)``.

    Raises:
        TokenError: the replacement comes to no end.
    """
    for _ in range(_MOST_ROUNDS):
        replaced = tokens.sub(lambda found: texts[found[1]], text)
        if replaced == text:
            return text
        text = replaced
    raise TokenError(
        f"the tokens of {_shorten(text)} are replaced without end",
        hint="one of its values builds a token that leads back to itself",
    )


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
        name → text without tokens of these names, in the order of ``raw``.

    Raises:
        TokenError: names that lead back to themselves.
    """
    finish = finish or {}
    tokens = finder(raw)
    done: dict[str, str] = {}
    for name in innermost_first({name: set(tokens.findall(text)) for name, text in raw.items()}):
        text = tokens.sub(lambda found: done[found[1]], raw[name])
        done[name] = finish[name](text) if name in finish else text
    return {name: replace_known(done[name], done, tokens) for name in raw}


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


#: What a token gives: one text for all rows of the table, or one text per row.
Column = Sequence[str]


@attrs.frozen
class Template:
    """A text cut at its tokens once, so that it is put together fast for each row.

    Attributes:
        pieces: texts, and for each token that varies its texts, one per row.
        rescan: a value may complete a token, so the result has to be searched.
    """

    pieces: tuple[str | Column, ...]
    rescan: bool
    known: Mapping[str, str | Column] = attrs.field(repr=False, eq=False)
    tokens: re.Pattern[str] = attrs.field(repr=False, eq=False)

    @property
    def constant(self) -> bool:
        """Whether the text is the same for every row."""
        return all(isinstance(piece, str) for piece in self.pieces)

    def render(self, row: int) -> str:
        """Return the text for one row of the table.

        Raises:
            TokenError: its values build tokens without end.
        """
        text = "".join([piece if isinstance(piece, str) else piece[row] for piece in self.pieces])
        if self.rescan and self.tokens.search(text):
            return self._resolve_again(text, row)
        return text

    def _resolve_again(self, text: str, row: int) -> str:
        present = {
            name: value if isinstance(value, str) else value[row]
            for name, value in self.known.items()
        }
        return replace_known(text, present, self.tokens)


def compile_template(
    text: str, known: Mapping[str, str | Column], tokens: re.Pattern[str]
) -> Template:
    """Cut a text at its tokens.

    Args:
        text: where to replace.
        known: name → one text, or one text per row.
        tokens: ``finder(known)``.
    """
    pieces: list[str | Column] = []
    literal: list[str] = []
    rescan = False
    for index, part in enumerate(tokens.split(text)):
        value = part if index % 2 == 0 else known[part]
        if isinstance(value, str):
            literal.append(value)
            continue
        rescan = rescan or any("$(" in each for each in value)
        if literal:
            pieces.append("".join(literal))
            literal = []
        pieces.append(value)
    if literal:
        pieces.append("".join(literal))
    rescan = rescan or any(isinstance(piece, str) and "$(" in piece for piece in pieces)
    return Template(pieces=tuple(pieces), rescan=rescan, known=known, tokens=tokens)


def _shorten(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "…")
