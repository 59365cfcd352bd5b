"""A value that ends its line, or moves the columns behind it."""

from __future__ import annotations

import csv
import io

import pytest

from maestro_cli.views import as_csv


@pytest.mark.parametrize("value", ["a", "a,b", 'a "b"', "a\nb", "a\rb", "a\r\nb", " a", ""])
def test_a_value_comes_back_as_it_is(value: str) -> None:
    written = as_csv.text("S", [[value, "last"]], head=False)
    assert list(csv.reader(io.StringIO(written, newline=""))) == [["S", value, "last"]]
    assert ('"' in written) == any(sign in value for sign in ',"\r\n')
