"""Relative paths mean the same wherever `run` is called, and those of maestrowf's habit are found.

A fault here would be a study that runs on the files of another folder, or that only runs in one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.launch.start_folder import from_start_folder
from maestro_spec import Study, load

STUDY = """\
description: {{name: s, description: d}}
env:
  variables: {{WHERE: data}}
  labels: {{FILE: $(DATA)/x}}
  dependencies:
    paths: [{{name: DATA, path: {path}}}]
    git: [{{name: TOOL, path: deps, url: {url}}}]
study:
  - {{name: a, description: d, run: {{cmd: 'cat $(FILE)'}}}}
"""


def study(folder: Path, path: str = "data", url: str = "https://host/x.git") -> Study:
    (folder / "studies").mkdir(exist_ok=True)
    file = folder / "studies" / "study.yaml"
    file.write_text(STUDY.format(path=path, url=url))
    return load(file)


def test_beside_the_study_file_comes_first(tmp_path: Path) -> None:
    read = study(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "studies" / "data").mkdir()
    assert from_start_folder(read, tmp_path) == (read, [])


def test_what_is_only_where_maestro_was_started_is_taken_from_there(tmp_path: Path) -> None:
    read = study(tmp_path, url="repository")
    (tmp_path / "data").mkdir()
    (tmp_path / "repository").mkdir()
    changed, told = from_start_folder(read, tmp_path)
    assert [each.path for each in changed.env.paths] == [str(tmp_path / "data")]
    assert [each.url for each in changed.env.git] == [str(tmp_path / "repository")]
    assert told[0] == (
        f"DATA is {tmp_path}/data: there is no data in {tmp_path}/studies, where the study file is"
    )
    assert len(told) == 2


def test_what_is_nowhere_stays_as_it_is(tmp_path: Path) -> None:
    read = study(tmp_path)
    assert from_start_folder(read, tmp_path) == (read, [])


@pytest.mark.parametrize("path", ["/data", "$(WHERE)"])
def test_absolute_paths_and_tokens_stay(tmp_path: Path, path: str) -> None:
    read = study(tmp_path, path=path)
    (tmp_path / "data").mkdir()
    (tmp_path / "$(WHERE)").mkdir()
    assert from_start_folder(read, tmp_path) == (read, [])


@pytest.mark.parametrize("url", ["https://host/x", "host:x", "ssh://host/x", "file:///x"])
def test_urls_of_other_machines_stay(tmp_path: Path, url: str) -> None:
    read = study(tmp_path, url=url)
    (tmp_path / "studies" / "data").mkdir()
    for part in ("https:/host/x", "host:x", "ssh:/host/x", "file:/x"):
        (tmp_path / part).mkdir(parents=True)
    assert from_start_folder(read, tmp_path) == (read, [])


def test_run_says_where_it_found_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "studies" / "study.yaml"
    study(tmp_path)
    file.write_text(
        file.read_text().replace(
            "    git: [{name: TOOL, path: deps, url: https://host/x.git}]\n", ""
        )
    )
    (tmp_path / "data").mkdir()
    assert (
        app.main(["--no-logstdout", "run", "--dry", "-fg", "-y", "-o", "OUT", "studies/study.yaml"])
        == 0
    )
    assert f"note: DATA is {tmp_path}/data" in capsys.readouterr().err
    assert f"cat {tmp_path}/data/x" in (tmp_path / "OUT/a/a.sh").read_text()
    # From elsewhere there is nothing; the message says where it was looked for.
    monkeypatch.chdir(tmp_path / "studies")
    assert app.main(["--no-logstdout", "run", "--dry", "-fg", "-y", "-o", "OUT", "study.yaml"]) == 1
    assert f"does not exist: {tmp_path}/studies/data" in capsys.readouterr().err
