"""Which colour means what.

A fault here would be a state that nobody notices, or a style that does not exist.
"""

from __future__ import annotations

import pytest

from maestro_cli.study.workspace_view import STUDY_STATES
from maestro_cli.ui.style import Paint
from maestro_cli.views.theme import STATE_STYLES, state_style
from maestro_conductor.model.states import NAMES


@pytest.mark.parametrize("state", sorted({*STUDY_STATES, *NAMES} - {"INITIALIZED"}))
def test_every_state_has_a_colour(state: str) -> None:
    assert Paint(on=True)(state, state_style(state)).startswith("\x1b[")


def test_what_has_not_begun_and_what_is_unknown_has_none() -> None:
    assert state_style("INITIALIZED") == state_style("of a later version") == ""
    assert STATE_STYLES.keys() <= {*STUDY_STATES, *NAMES}


def test_what_is_held_is_noticed() -> None:
    assert state_style("INITIALIZED held") == "yellow"
    assert state_style("RUNNING held") == state_style("RUNNING")
