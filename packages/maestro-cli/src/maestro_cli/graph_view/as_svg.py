"""Draw a picture as SVG, with a layout of our own: no other program is needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import escape

from maestro_cli.graph_view.layers import Layering, arrange
from maestro_cli.graph_view.names import cut, folded, plain
from maestro_cli.graph_view.picture import Edge, Node, Picture
from maestro_cli.graph_view.placement import place
from maestro_cli.views.table import cells

__all__ = ["STYLE", "svg"]

#: Colours of nodes by their tone, light and dark; the words beside them say the same.
STYLE = """\
.mg{font:12px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;--p:#fff;--t:#1d2530;--d:#57606a;--l:#8c96a1}
.mg .b{fill:var(--f,#eef1f4);stroke:var(--s,#8c96a1);stroke-width:1.3}
.mg .n{fill:var(--t);font-weight:600}.mg .d{fill:var(--d)}
.mg .e{fill:none;stroke:var(--l);stroke-width:1.3}.mg .all{stroke-width:3}.mg .h{fill:var(--l)}
.mg .wait{--f:#fff6db;--s:#a87b00}.mg .run{--f:#ddf1ff;--s:#0969da}.mg .ok{--f:#dff6e4;--s:#1a7f37}
.mg .bad{--f:#ffe3e0;--s:#c4281c}.mg .off{--f:#f3e6ff;--s:#8250df}.mg .rest .b{stroke-dasharray:4 3}
@media (prefers-color-scheme:dark){.mg{--p:#12161c;--t:#e8edf2;--d:#aab4bf;--l:#7b8794}
.mg .b{fill:var(--f,#262d36)}.mg .wait{--f:#3a3010;--s:#d9a400}.mg .run{--f:#0f2f4c;--s:#4aa8ff}
.mg .ok{--f:#12351d;--s:#3fb950}.mg .bad{--f:#4a1a16;--s:#ff7b72}.mg .off{--f:#33204d;--s:#bc8cff}}
@media print{.mg{--p:#fff;--t:#000;--d:#333;--l:#666}}
"""

_CHAR = 7.25
_LINE = 17.0
_PAD = 10.0
_GAP = 26.0
_LAYERS_APART = 54.0
_MARGIN = 12.0
_MOST_CELLS = 36


def svg(picture: Picture, *, alone: bool = True) -> str:
    """Return an SVG document.

    Args:
        picture: What is drawn.
        alone: It is a file of its own: with the name space, its style, and the notes as text. A page
            that it stands in has :data:`STYLE` in its own.
    """
    texts = [_texts(node) for node in picture.nodes]
    widths = [_width(node, lines) for node, lines in zip(picture.nodes, texts, strict=True)]
    layering = arrange(len(picture.nodes), picture.edges)
    middles = place(layering, widths, _GAP)
    tops, heights, bottom = _rows(layering, picture.nodes, texts)
    right = max((m + w / 2 for m, w in zip(middles, widths, strict=False)), default=0.0)
    notes = picture.notes if alone else ()
    width = max(right, max((len(note) * _CHAR for note in notes), default=0.0)) + 2 * _MARGIN
    height = bottom + len(notes) * _LINE + 2 * _MARGIN
    title = f"{plain(picture.title)}: {len(picture.nodes)} nodes, {len(picture.edges)} edges"
    head = ' xmlns="http://www.w3.org/2000/svg"' if alone else ""
    lines = [
        f'<svg{head} class="mg" role="img" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="{-_MARGIN:g} {-_MARGIN:g} {width:.1f} {height:.1f}">',
        f"<title>{escape(title)}</title>",
    ]
    if alone:
        lines += [
            f"<style>{STYLE}.mg .p{{fill:var(--p)}}</style>",
            f'<rect class="p" x="{-_MARGIN:g}" y="{-_MARGIN:g}" width="100%" height="100%"/>',
        ]
    lines += _curves(layering, middles, tops, heights)
    for number, node in enumerate(picture.nodes):
        lines += _node(node, texts[number], middles[number], tops[number], widths[number])
    for row, note in enumerate(notes):
        y = bottom + (row + 1) * _LINE
        lines.append(f'<text class="d" x="0" y="{y:.1f}">{escape(plain(note))}</text>')
    return "\n".join([*lines, "</svg>", ""])


def _texts(node: Node) -> list[str]:
    detail = folded(plain(node.detail), _MOST_CELLS) if node.detail else []
    return [cut(plain(node.name), _MOST_CELLS), *detail]


def _width(node: Node, lines: Sequence[str]) -> float:
    return max(map(cells, lines)) * _CHAR + (_PAD if node.kind == "all" else 2 * _PAD)


def _height(node: Node, lines: Sequence[str]) -> float:
    return len(lines) * _LINE + (4 if node.kind == "all" else _PAD)


def _rows(
    layering: Layering, nodes: Sequence[Node], texts: Sequence[Sequence[str]]
) -> tuple[list[float], list[float], float]:
    """Return where each item begins, how high it is, and where the last one ends."""
    number = sum(map(len, layering.layers))
    tops, heights = [0.0] * number, [0.0] * number
    y = 0.0
    for layer in layering.layers:
        own = {
            item: _height(nodes[item], texts[item]) if item < len(nodes) else 0.0 for item in layer
        }
        highest = max(own.values(), default=0.0)
        for item, height in own.items():
            # A stand-in is a line through all of its layer.
            heights[item] = height or highest
            tops[item] = y + (highest - heights[item]) / 2
        y += highest + _LAYERS_APART
    return tops, heights, max(0.0, y - _LAYERS_APART)


def _curves(
    layering: Layering, middles: Sequence[float], tops: Sequence[float], heights: Sequence[float]
) -> Iterator[str]:
    """Yield the edges, each as one path with its head."""
    parts: dict[Edge, list[tuple[int, int]]] = defaultdict(list)
    for upper, lower, edge in layering.links:
        parts[edge].append((upper, lower))
    for edge, links in parts.items():
        first = links[0][0]
        path = [f"M{middles[first]:.1f} {tops[first] + heights[first]:.1f}"]
        for upper, lower in links:
            x0, y0 = middles[upper], tops[upper] + heights[upper]
            x1, y1 = middles[lower], tops[lower]
            last = lower == edge.target
            y1 -= 6 if last else 0
            bend = (y1 - y0) / 2
            path.append(f"C{x0:.1f} {y0 + bend:.1f} {x1:.1f} {y1 - bend:.1f} {x1:.1f} {y1:.1f}")
            if not last:
                path.append(f"V{y1 + heights[lower]:.1f}")
        kind = "e all" if edge.every else "e"
        x, y = middles[edge.target], tops[edge.target]
        yield f'<path class="{kind}" d="{"".join(path)}"/>'
        yield f'<path class="h" d="M{x:.1f} {y:.1f}l-4.5 -8h9z"/>'


def _node(
    node: Node, lines: Sequence[str], middle: float, top: float, width: float
) -> Iterator[str]:
    height = _height(node, lines)
    full = ": ".join(plain(text) for text in (node.name, node.detail) if text)
    yield f'<g class="{node.tone} {node.kind}"><title>{escape(full)}</title>'
    radius = height / 2 if node.kind == "all" else 5
    x = middle - width / 2
    yield (
        f'<rect class="b" x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
        f' rx="{radius:g}"/>'
    )
    inset = _PAD / 2 if node.kind == "all" else _PAD
    for row, text in enumerate(lines):
        kind = "d" if row or node.kind == "all" else "n"
        y = top + inset / 2 + 12 + row * _LINE
        yield f'<text class="{kind}" x="{x + inset:.1f}" y="{y:.1f}">{escape(text)}</text>'
    yield "</g>"
