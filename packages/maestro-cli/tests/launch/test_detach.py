"""The environment and the options of a conductor in the background.

A fault here would be a conductor that imports other modules than the command that started it. One
that lives is tested in `integration-tests/test_run_local.py`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from maestro_cli.errors import LaunchError
from maestro_cli.launch.detach import start_conductor
from maestro_conductor.workspace.conductor_lock import hold


def test_what_is_relative_means_the_same_in_another_folder(
    quick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The conductor runs in `/`: a module beside us must be found from there, too."""
    (tmp_path / "beside").mkdir()
    told = tmp_path / "told"
    (tmp_path / "beside/sitecustomize.py").write_text(
        "import json, sys\n"
        f"with open({os.fspath(told)!r}, 'w') as file:\n"
        "    json.dump([sys.orig_argv, sys.path], file)\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["beside", "/elsewhere"]))
    with hold(quick), pytest.raises(LaunchError):
        start_conductor(quick, "quick", debug_level=4, logpath="own.log", more=["--take-over"])
    words, path = json.loads(told.read_text())
    assert {os.fspath(tmp_path / "beside"), "/elsewhere"} <= set(path[:3])
    assert words[words.index("-d") + 1] == "4"
    assert words[words.index("-l") + 1] == os.fspath(tmp_path / "own.log")
    assert words[-3:] == ["--take-over", "--", os.fspath(quick)]


def test_what_it_said_is_kept_and_repeated(quick: Path) -> None:
    (quick / "quick.txt").write_text("of an earlier one\n")
    with hold(quick), pytest.raises(LaunchError) as caught:
        start_conductor(quick, "quick")
    assert "another conductor holds" in caught.value.message
    assert "of an earlier one" not in caught.value.message
    assert (quick / "quick.txt").read_text().startswith("of an earlier one\n")
