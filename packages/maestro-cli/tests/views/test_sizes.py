"""A size that is off by a unit."""

from __future__ import annotations

import pytest

from maestro_cli.views.sizes import in_bytes


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_600, "100 kB"), (999_600, "1.0 MB"), (3_400_000_000, "3.4 GB"), (10**19, "10000 PB")],
)  # fmt: skip
def test_sizes(number: int, told: str) -> None:
    assert in_bytes(number) == told
