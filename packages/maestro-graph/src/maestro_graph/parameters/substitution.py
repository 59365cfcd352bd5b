"""Replace $(TOKEN)s in texts; pure.

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

#: A hole of a template whose text may complete a token that begins before it.
_OPEN_TOKEN = re.compile(r"\$(\([^()]*)?%s")


class Tokens:
    """Finds ``$(NAME)`` for some names in texts.

    Args:
        names: without the sign and the parentheses.
    """

    __slots__ = ("_names", "_pattern")

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        # Names are looked up, so that a study of 5 000 steps has no pattern of 5 000 words. Only
        # those with parentheses in them must be spelled out, the longest first.
        odd = sorted((name for name in self._names if "(" in name or ")" in name), key=len)
        words = [*map(re.escape, reversed(odd)), "[^()]*"]
        self._pattern = re.compile(rf"\$\(({'|'.join(words)})\)")

    def cut(self, text: str) -> list[str]:
        """Return what stands before, between and behind the tokens, and the names in between.

        Texts have even positions, names odd ones.
        """
        parts: list[str] = []
        done = 0
        for found in self._pattern.finditer(text):
            if found[1] in self._names:
                parts += text[done : found.start()], found[1]
                done = found.end()
        parts.append(text[done:])
        return parts

    def names_in(self, text: str) -> list[str]:
        """Return the names of the tokens in a text."""
        return [name for name in self._pattern.findall(text) if name in self._names]

    def replace(self, text: str, give: Callable[[str], str]) -> str:
        """Return the text with each token replaced once by what ``give`` returns for its name."""
        parts = self.cut(text)
        parts[1::2] = map(give, parts[1::2])
        return "".join(parts)


def replace_all(text: str, tokens: Tokens, give: Callable[[str], str]) -> str:
    """Replace tokens until none is left.

    Args:
        text: where to replace.
        tokens: the names.
        give: name → what to put in.

    Raises:
        TokenError: the replacement comes to no end.
    """
    for _ in range(_MOST_ROUNDS):
        replaced = tokens.replace(text, give)
        if replaced == text:
            return text
        text = replaced
    raise TokenError(
        f"the tokens of {_shorten(text)} are replaced without end",
        hint="one of its values builds a token that leads back to itself",
    )


#: What a token gives: one text for all rows of the table, or one text per row.
Given = str | Sequence[str]


class Plain(list[str]):
    """Texts, one per row of the table, that complete no token: a result needs no search for them."""

    __slots__ = ()


@attrs.frozen
class Template:
    """A text cut at its tokens once, so that it is put together fast for each row.

    Attributes:
        pattern: the text with a hole (``%s``) for each token that varies.
        columns: what goes into the holes, one text per row each.
        rescan: a value may complete a token, so the result has to be searched.
    """

    pattern: str
    columns: tuple[Sequence[str], ...]
    rescan: bool
    _known: Mapping[str, Given] = attrs.field(repr=False, eq=False)
    _tokens: Tokens = attrs.field(repr=False, eq=False)

    @property
    def constant(self) -> bool:
        """Whether the text is the same for every row."""
        return not self.columns

    def render(self, row: int) -> str:
        """Return the text for one row of the table.

        Raises:
            TokenError: its values build tokens without end, or the token of a workspace.
        """
        text = self.pattern % tuple([column[row] for column in self.columns])
        if self.rescan and self._tokens.names_in(text):
            return replace_all(text, self._tokens, lambda name: self._give(name, row))
        return text

    def verify(self, rows: Iterable[int]) -> None:
        """Try rows out, where a text may complete a token.

        Raises:
            TokenError: see `render`.
        """
        if self.rescan:
            for row in rows:
                self.render(row)

    def _give(self, name: str, row: int) -> str:
        given = _given(name, self._known)
        return given if isinstance(given, str) else given[row]


def compile_template(text: str, tokens: Tokens, known: Mapping[str, Given]) -> Template:
    """Cut a text at its tokens.

    Args:
        text: where to replace.
        tokens: the names.
        known: name → what to put in; names that it lacks must not come up.

    Raises:
        TokenError: one does.
    """
    pattern = []
    columns: list[Sequence[str]] = []
    for position, part in enumerate(tokens.cut(text)):
        given = part if position % 2 == 0 else _given(part, known)
        if isinstance(given, str):
            pattern.append(given.replace("%", "%%"))
        else:
            pattern.append("%s")
            columns.append(given)
    joined = "".join(pattern)
    rescan = bool(_OPEN_TOKEN.search(joined)) or any(
        "$(" in each for column in columns if not isinstance(column, Plain) for each in column
    )
    return Template(joined, tuple(columns), rescan, known, tokens)


def _given(name: str, known: Mapping[str, Given]) -> Given:
    if name in known:
        return known[name]
    raise TokenError(
        f"$({name}) comes up only once parameters are put in, too late to wait for that step",
        hint="write the token out in the step's command",
    )


def _shorten(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "…")
