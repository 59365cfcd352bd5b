"""Arguments of a generator file.

A fault here would be an argument that reaches the generator file cut in the wrong place.
"""

from __future__ import annotations

import pytest

from maestro_cli.errors import UsageError
from maestro_cli.launch.order import read_pargs


def test_the_first_colon_separates() -> None:
    assert read_pargs(["A:1", "B:x:y", "C:", "A:2"]) == {"A": "2", "B": "x:y", "C": ""}


@pytest.mark.parametrize("text", ["A", ":1", ""])
def test_another_form_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="is not KEY:VALUE"):
        read_pargs(["A:1", text])
