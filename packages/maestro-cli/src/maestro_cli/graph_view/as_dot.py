"""Write a picture in Graphviz's language (https://graphviz.org/doc/info/lang.html)."""

from __future__ import annotations

from collections.abc import Iterator

from maestro_cli.graph_view.names import plain
from maestro_cli.graph_view.picture import Picture, Tone

__all__ = ["dot"]

_COLOURS: dict[Tone, tuple[str, str]] = {
    "none": ("#eef1f4", "#8c96a1"),
    "wait": ("#fff6db", "#a87b00"),
    "run": ("#ddf1ff", "#0969da"),
    "ok": ("#dff6e4", "#1a7f37"),
    "bad": ("#ffe3e0", "#c4281c"),
    "off": ("#f3e6ff", "#8250df"),
}


def dot(picture: Picture) -> str:
    """Return the digraph; a thick edge means that all instances are waited for."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    yield f"digraph {_quoted(picture.title)} {{"
    for note in picture.notes:
        yield f"  // {plain(note)}"
    yield '  node [shape=box, style="filled,rounded", fontname="monospace", fontsize=11];'
    for number, node in enumerate(picture.nodes):
        fill, line = _COLOURS[node.tone]
        label = _quoted(node.name)
        if node.detail:
            label = f"{label[:-1]}\\n{_quoted(node.detail)[1:]}"
        shape = ", shape=ellipse" if node.kind == "all" else ""
        yield f'  n{number} [label={label}, fillcolor="{fill}", color="{line}"{shape}];'
    for edge in picture.edges:
        yield f"  n{edge.source} -> n{edge.target}{' [penwidth=3]' if edge.every else ''};"
    yield "}"


def _quoted(text: str) -> str:
    r"""Return a string in quotes in which ``\N`` and ``&lt;`` mean themselves."""
    shown = plain(text).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f'"{shown}"'
