"""Write a picture as a Mermaid flowchart, which many wikis and forges draw.

Names are given as labels in quotes, in which Mermaid reads ``#35;`` as the character of that number
(https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters); nodes are called by number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from maestro_cli.graph_view.names import plain
from maestro_cli.graph_view.picture import Picture, Tone

__all__ = ["mermaid"]

#: All but these could mean something to Mermaid, to Markdown or to HTML.
_SAFE = re.compile(r"[^\w ,:×…-]")
_SHAPES = {
    "step": ("[", "]"),
    "instance": ("(", ")"),
    "rest": ("[", "]"),
    "all": ("([", "])"),
}
#: Colours that can be read on light and dark pages.
_CLASSES: dict[Tone, str] = {
    "wait": "fill:#fff6db,stroke:#a87b00,color:#1d2530",
    "run": "fill:#ddf1ff,stroke:#0969da,color:#1d2530",
    "ok": "fill:#dff6e4,stroke:#1a7f37,color:#1d2530",
    "bad": "fill:#ffe3e0,stroke:#c4281c,color:#1d2530",
    "off": "fill:#f3e6ff,stroke:#8250df,color:#1d2530",
}


def mermaid(picture: Picture) -> str:
    """Return the flowchart; a thick arrow means that all instances are waited for."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    yield f"%% {_escape(picture.title)}"
    for note in picture.notes:
        yield f"%% {_escape(note)}"
    yield "flowchart TD"
    for number, node in enumerate(picture.nodes):
        begin, end = _SHAPES[node.kind]
        detail = f"<br>{_escape(node.detail)}" if node.detail else ""
        tone = f":::{node.tone}" if node.tone != "none" else ""
        yield f'  n{number}{begin}"{_escape(node.name)}{detail}"{end}{tone}'
    for edge in picture.edges:
        yield f"  n{edge.source} {'==>' if edge.every else '-->'} n{edge.target}"
    used = {node.tone for node in picture.nodes}
    for tone, style in _CLASSES.items():
        if tone in used:
            yield f"  classDef {tone} {style}"


def _escape(text: str) -> str:
    return _SAFE.sub(lambda found: f"#{ord(found.group())};", plain(text))
