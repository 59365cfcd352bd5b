"""The forms of a picture, each of which is asked for by its name."""

from __future__ import annotations

import pytest

from maestro_cli.graph_view.forms import FORMS, written
from maestro_cli.graph_view.pictures import steps_picture
from maestro_cli.testing import funnel


@pytest.mark.parametrize(
    ("form", "begins"),
    [("text", " "), ("mermaid", "%% study\nflowchart"), ("dot", "digraph"), ("svg", "<svg xmlns")],
)
def test_each_form_is_its_own(form: str, begins: str) -> None:
    assert {*FORMS} == {"text", "mermaid", "dot", "svg"}
    text = written(steps_picture(funnel(), limit=9), form)  # type: ignore[arg-type]
    assert text.startswith(begins)
    assert text.endswith("\n")
    assert "collect" in text
