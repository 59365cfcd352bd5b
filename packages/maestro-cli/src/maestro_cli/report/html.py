"""Write parts of an HTML page; every text that is not ours passes through :func:`text`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape

from maestro_cli.graph_view.names import plain
from maestro_cli.ui.sanitize import clean

__all__ = ["block", "section", "table", "text"]


def text(value: object) -> str:
    """Return a text of one line as it may stand in HTML, also in an attribute in quotes."""
    return escape(plain(str(value)))


def block(value: str) -> str:
    """Return a text of several lines as it may stand in ``<pre>``."""
    # The first line end of a `pre` is ignored: one is given.
    return "\n" + escape(clean(value, lines=True))


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numbers: Collection[int] = (),
) -> str:
    """Return a table.

    Args:
        caption: What it shows.
        heads: Of its columns.
        rows: Texts.
        numbers: Which columns hold numbers.
    """

    def cell(place: int, value: object) -> str:
        kind = ' class="r"' if place in numbers else ""
        return (
            f'<th scope="row"{kind}>{text(value)}</th>'
            if not place
            else f"<td{kind}>{text(value)}</td>"
        )

    head = "".join(
        f'<th scope="col"{" class=r" if place in numbers else ""}>{text(title)}</th>'
        for place, title in enumerate(heads)
    )
    body = "\n".join(
        f"<tr>{''.join(cell(place, value) for place, value in enumerate(row))}</tr>" for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{text(caption)}">'
        f"<table><caption>{text(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def section(name: str, title: str, *parts: str) -> str:
    """Return a section of the page, without one where there is nothing to say."""
    body = "\n".join(part for part in parts if part)
    if not body:
        return ""
    return f'<section id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">{title}</h2>\n{body}\n</section>'
