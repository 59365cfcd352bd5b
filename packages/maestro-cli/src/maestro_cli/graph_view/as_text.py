"""Draw a picture in a terminal: boxes from above to below where they fit, and else a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from maestro_cli.graph_view.canvas import Canvas
from maestro_cli.graph_view.layers import Layering, arrange
from maestro_cli.graph_view.names import cut, folded, plain
from maestro_cli.graph_view.picture import Node, Picture, Tone
from maestro_cli.graph_view.placement import place
from maestro_cli.views.table import cells

__all__ = ["boxes", "listing", "text_lines"]

Paint = Callable[[str, str], str]

_STYLES: Mapping[Tone, str] = {
    "none": "",
    "wait": "yellow",
    "run": "bold cyan",
    "ok": "green",
    "bad": "bold red",
    "off": "magenta",
}
_MOST_CELLS = 34
_GAP = 3
#: More are not drawn as boxes, even where there is no limit to the width.
_MOST_BOXES = 200
#: Of what a node waits for, so many are named in a list.
_MOST_NAMED = 4


def text_lines(picture: Picture, *, width: int | None, paint: Paint, unicode: bool) -> list[str]:
    """Return the picture's lines, none longer than ``width``, and then its notes."""
    found = boxes(picture, width=width, paint=paint, unicode=unicode)
    if found is None:
        found = listing(picture, width=width, paint=paint, unicode=unicode)
    dots = "…" if unicode else "..."
    return [*found, *([""] if picture.notes else []), *(f"{dots} {x}" for x in picture.notes)]


def listing(picture: Picture, *, width: int | None, paint: Paint, unicode: bool) -> list[str]:
    """Return a line for each node, each behind what it waits for."""
    waits: dict[int, list[str]] = defaultdict(list)
    for edge in picture.edges:
        source = picture.nodes[edge.source]
        every = edge.every and source.kind == "step"
        waits[edge.target].append(f"{'all of ' if every else ''}{plain(source.name)}")
    arrow = "←" if unicode else "<-"
    lines = []
    for number, node in enumerate(picture.nodes):
        name, detail = plain(node.name), plain(node.detail)
        needed = waits[number]
        named = ", ".join(needed[:_MOST_NAMED])
        if len(needed) > _MOST_NAMED:
            named += f" and {len(needed) - _MOST_NAMED} more"
        rest = "".join([f"  {detail}" if detail else "", f"  {arrow} {named}" if named else ""])
        if width is not None:
            name = cut(name, max(8, width - min(cells(rest), width // 2)))
            rest = cut(rest, max(1, width - cells(name)))
        if not unicode:
            name, rest = (text.replace("…", "~").replace("×", "x") for text in (name, rest))
        lines.append((paint(name, _STYLES[node.tone]) if _STYLES[node.tone] else name) + rest)
    return lines


def boxes(picture: Picture, *, width: int | None, paint: Paint, unicode: bool) -> list[str] | None:
    """Return the picture as boxes that lines join; None: it is too wide, or too large.

    Where lines cross, they only belong together at a ``●``.
    """
    if len(picture.nodes) > _MOST_BOXES:
        return None
    texts = [_texts(picture, number) for number in range(len(picture.nodes))]
    widths = [_box_width(node, lines) for node, lines in zip(picture.nodes, texts, strict=True)]
    layering = arrange(len(picture.nodes), picture.edges)
    columns = _columns(layering, widths)
    right = max((columns[n] + (w + 1) // 2 for n, w in enumerate(widths)), default=0)
    if width is not None and right > width:
        return None
    canvas = Canvas()
    y = 0
    for number, layer in enumerate(layering.layers):
        height = max(
            (_height(picture.nodes[n], texts[n]) for n in layer if n < len(texts)), default=1
        )
        for item in layer:
            x = columns[item]
            if item >= len(texts):
                canvas.vertical(x, y, y + height - 1)
                continue
            node, lines = picture.nodes[item], texts[item]
            _box(canvas, node, lines, x - widths[item] // 2, y, widths[item])
            own = _height(node, lines)
            if own < height and any(upper == item for upper, _, _ in layering.links):
                canvas.vertical(x, y + own, y + height - 1)
        y += height
        if number + 1 < len(layering.layers):
            y = _wire(canvas, layering, set(layer), columns, y)
    return canvas.lines(paint, unicode=unicode)


def _texts(picture: Picture, number: int) -> list[str]:
    """Return what stands in a node's box."""
    node = picture.nodes[number]
    lines = [cut(plain(node.name), _MOST_CELLS)]
    if node.detail:
        lines += folded(plain(node.detail), _MOST_CELLS)
    every = [
        picture.nodes[edge.source].name
        for edge in picture.edges
        if edge.target == number and edge.every
    ]
    if every and node.kind == "step":
        lines += folded(plain(f"after all of {', '.join(every)}"), _MOST_CELLS)
    return lines


def _height(node: Node, lines: Sequence[str]) -> int:
    return 1 if node.kind == "all" else len(lines) + 2


def _box_width(node: Node, lines: Sequence[str]) -> int:
    widest = max(map(cells, lines))
    return widest + 2 if node.kind == "all" else widest + 4


def _box(canvas: Canvas, node: Node, lines: Sequence[str], x: int, y: int, width: int) -> None:
    style = _STYLES[node.tone]
    if node.kind == "all":
        canvas.text(x, y, f"({lines[0]})")
        return
    canvas.text(x, y, "┌" + "─" * (width - 2) + "┐", style)
    for row, text in enumerate(lines, y + 1):
        canvas.text(x, row, "│", style)
        canvas.text(x + 1, row, " " * (width - 2))
        canvas.text(x + 2, row, text, style if row == y + 1 else "")
        canvas.text(x + width - 1, row, "│", style)
    canvas.text(x, y + len(lines) + 1, "└" + "─" * (width - 2) + "┘", style)


def _columns(layering: Layering, widths: Sequence[int]) -> list[int]:
    """Return the column of the middle of each item."""
    middles = place(layering, [float(width) for width in widths], _GAP)
    columns = [0] * len(middles)
    for layer in layering.layers:
        edge = 0
        for item in layer:
            half = widths[item] // 2 if item < len(widths) else 0
            size = widths[item] if item < len(widths) else 1
            left = max(edge, round(middles[item]) - half)
            columns[item] = left + half
            edge = left + size + 1
    return columns


def _wire(canvas: Canvas, layering: Layering, upper: set[int], columns: list[int], y: int) -> int:
    """Draw the lines between a layer and the next; return the row where that begins."""
    targets: dict[int, list[int]] = defaultdict(list)
    for source, target, _ in layering.links:
        if source in upper:
            targets[columns[source]].append(columns[target])
    tracks = _tracks(targets)
    height = max(tracks.values(), default=-1) + 1
    below = y + height
    for source, ends in targets.items():
        if source not in tracks:
            canvas.vertical(source, y - 1, below)
            continue
        row = y + tracks[source]
        canvas.vertical(source, y - 1, row)
        canvas.horizontal(row, min(source, *ends), max(source, *ends))
        for end in ends:
            canvas.vertical(end, row, below)
    for source, row in tracks.items():
        for x in {source, *targets[source]}:
            canvas.join(x, y + row)
    return below + 1


def _tracks(targets: Mapping[int, Iterable[int]]) -> dict[int, int]:
    """Return the row of each source's horizontal line; sources of straight lines have none.

    A line that goes down from its row must not meet one that comes down from a source in the same
    column: that source's row is above, where there is a way to have it so.
    """
    bent = {source: set(ends) for source, ends in targets.items() if set(ends) != {source}}
    spans = {source: (min(source, *ends), max(source, *ends)) for source, ends in bent.items()}
    before = {
        source: [other for other in bent if other != source and other in ends]
        for source, ends in bent.items()
    }
    tracks: dict[int, int] = {}
    taken: list[list[tuple[int, int]]] = []

    def settle(source: int, path: frozenset[int]) -> None:
        if source in tracks:
            return
        for other in before[source]:
            if other not in path:
                settle(other, path | {source})
        row = max((tracks[o] + 1 for o in before[source] if o in tracks), default=0)
        left, right = spans[source]
        while row < len(taken) and any(left <= end and begin <= right for begin, end in taken[row]):
            row += 1
        taken.extend([] for _ in range(row + 1 - len(taken)))
        taken[row].append((left, right))
        tracks[source] = row

    for source in sorted(bent, key=lambda source: (spans[source][1] - spans[source][0], source)):
        settle(source, frozenset())
    return tracks
