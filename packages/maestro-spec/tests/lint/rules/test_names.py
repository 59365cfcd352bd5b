"""A name that makes another folder than its user expects, and of which nothing is said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("name", ["logs", "meta", "status.csv", "batch.info", ".maestro", "lo~gs"])
def test_names_that_the_workspace_needs(name, codes, step, study):
    assert codes(study(step(f"'{name}'", "cmd: x"))) == {"MS307"}


@pytest.mark.parametrize("name", ["..", ".", "a/b", "../x", "日本", "x" * 201])
def test_names_that_make_no_folder_as_they_are(name, codes, step, study):
    assert codes(study(step(f"'{name}'", "cmd: x"))) == {"MS308"}
    assert codes(f"description: {{name: '{name}', description: d}}") == {"MS308"}
