"""The small rules that several packages share, by the vectors of the workspace format."""

from __future__ import annotations

import json

import pytest

from maestro_spec.format_rules.launcher import find_launchers
from maestro_spec.format_rules.names import clean, clean_together
from maestro_spec.format_rules.walltime import WalltimeError, is_walltime, seconds


@pytest.fixture
def vectors(repository):
    def read(name):
        path = repository / "docs" / "workspace-format" / "vectors" / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8"))

    return read


def test_names(vectors):
    for case in vectors("names")["cleaned"]:
        assert clean(case["name"]) == case["cleaned"]
    for case in vectors("names")["together"]:
        assert clean_together(case["names"]) == case["cleaned"]


def test_walltimes(vectors):
    for case in vectors("walltimes")["walltimes"]:
        assert seconds(case["text"]) == case["seconds"], case
        assert seconds(case["text"], lsf=True) == case["lsf_seconds"], case
        assert is_walltime(case["text"])
    for text in vectors("walltimes")["not_walltimes"]:
        assert not is_walltime(text)
        with pytest.raises(WalltimeError):
            seconds(text)


def test_launchers(vectors):
    for case in vectors("launcher")["commands"]:
        found = [
            {"text": each.text, "nodes": each.nodes, "procs": each.procs}
            for each in find_launchers(case["command"])
        ]
        assert found == case["launchers"], case
