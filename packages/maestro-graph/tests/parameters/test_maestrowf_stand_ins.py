"""A stand-in for maestrowf that stays behind, or that hides one that is installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from maestro_graph import ParameterGenerator
from maestro_graph.parameters.maestrowf_stand_ins import STAND_INS, maestrowf_importable


def test_what_generator_files_import_is_there_while_they_run() -> None:
    with maestrowf_importable():
        from maestrowf.datastructures import core

        assert core.ParameterGenerator is ParameterGenerator
        parameters = sys.modules["maestrowf.datastructures.core.parameters"]
        assert vars(parameters).keys() >= STAND_INS.keys()
    assert not [name for name in sys.modules if name.partition(".")[0] == "maestrowf"]


def test_nothing_stays_when_a_generator_file_fails() -> None:
    with pytest.raises(RuntimeError), maestrowf_importable():
        raise RuntimeError
    assert "maestrowf" not in sys.modules


def test_an_installed_one_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "maestrowf" / "datastructures" / "core"
    folder.mkdir(parents=True)
    for each in (folder, folder.parent, folder.parent.parent):
        (each / "__init__.py").touch()
    (folder / "parameters.py").write_text("HERE = 1")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        with maestrowf_importable():
            assert vars(sys.modules["maestrowf.datastructures.core.parameters"])["HERE"] == 1
    finally:
        for name in [each for each in sys.modules if each.partition(".")[0] == "maestrowf"]:
            del sys.modules[name]
