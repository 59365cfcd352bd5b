"""An adapter that is not found, or whose failure to start is a traceback."""

from __future__ import annotations

import sys

import pytest

from maestro_conductor.backends.discovery import create_adapter
from maestro_conductor.errors import AdapterError


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Packages with an adapter that starts, and one that does not."""
    info = tmp_path / "plugin-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: plugin\nVersion: 1\n")
    points = "[maestro.adapters]\ngood = builtins:dict\nbad = odd_plugin:fail\n"
    (info / "entry_points.txt").write_text(points)
    (tmp_path / "odd_plugin.py").write_text("def fail(options):\n    raise OSError('no tq here')\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("odd_plugin", None)


def test_an_adapter_is_made_with_its_options(installed):
    assert create_adapter("good", {"slots": 3}) == {"slots": 3}


def test_one_that_is_not_there_is_told_with_those_that_are(installed):
    with pytest.raises(AdapterError, match=r"no adapter named `tq`.*good"):
        create_adapter("tq", {})


def test_one_that_does_not_start_says_why(installed):
    with pytest.raises(AdapterError, match="`bad` does not start: no tq here"):
        create_adapter("bad", {})
