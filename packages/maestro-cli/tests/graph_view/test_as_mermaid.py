"""Graphs as Mermaid.

A fault here would be a name that becomes syntax: an arrow, a link, a script.
"""

from __future__ import annotations

import re

from maestro_cli.graph_view.as_mermaid import mermaid
from maestro_cli.graph_view.pictures import instances_picture, steps_picture
from maestro_cli.testing import funnel, hostile

LINES = [
    r"%% [\w #;,:×-]*",
    r"flowchart TD",
    r'  n\d+(\[|\(|\(\[)"[\w ,:×…#;-]*(<br>[\w ,:×#;-]+)?"(\]|\)|\]\))(:::[a-z]+)?',
    r"  n\d+ (-->|==>) n\d+",
    r"  classDef [a-z]+ [a-z:#0-9,]+",
]


def test_names_are_text_whatever_they_hold() -> None:
    for picture in (steps_picture(hostile(), limit=50), instances_picture(funnel(9), limit=9)):
        for line in mermaid(picture).splitlines():
            assert any(re.fullmatch(form, line) for form in LINES), line
    assert '"#60;#47;script#62;' in mermaid(steps_picture(hostile(), limit=50))


def test_arrows_and_states() -> None:
    text = mermaid(steps_picture(funnel(1, ["FINISHED", "FAILED", "FAILED"]), limit=9))
    assert text == (
        "%% study\n"
        "flowchart TD\n"
        '  n0["make<br>×1: 1 finished"]:::ok\n'
        '  n1["post<br>×1: 1 failed"]:::bad\n'
        '  n2["collect<br>×1: 1 failed"]:::bad\n'
        "  n0 --> n1\n"
        "  n0 --> n2\n"
        "  n1 --> n2\n"
        "  classDef ok fill:#dff6e4,stroke:#1a7f37,color:#1d2530\n"
        "  classDef bad fill:#ffe3e0,stroke:#c4281c,color:#1d2530\n"
    )
    assert "n0 ==> n2" in mermaid(steps_picture(funnel(2), limit=9))
