"""From arguments to study folders, and what each folder is.

A fault here would be a command that works on another folder than was meant, or a folder of
somebody's own that is taken for a study.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from maestro_cli.errors import NotAStudyError, StudyError, UpstreamStudyError, UsageError
from maestro_cli.study.folders import (
    Kind,
    aside,
    expand,
    expand_one,
    here,
    kind_of,
    require_study,
    stem,
)
from maestro_conductor.workspace import conductor_lock


def make_study(folder: Path) -> Path:
    (folder / ".maestro").mkdir(parents=True)
    (folder / ".maestro/graph.msgpack").touch()
    return folder


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (os.mkfifo, "a named pipe"),
        (os.mkdir, "a folder"),
        (lambda path: os.symlink("/dev/zero", path), "a link"),
    ],
)
def test_what_stands_in_the_place_of_the_graph_is_named(
    tmp_path: Path, make: Callable[[Path], object], what: str
) -> None:
    graph = make_study(tmp_path / "study") / ".maestro/graph.msgpack"
    graph.unlink()
    make(graph)
    with pytest.raises(StudyError) as caught:
        require_study(tmp_path / "study", verb="show")
    assert caught.value.message == f"{graph} cannot be read: it is {what}, not a file"


def test_a_study_whose_own_folder_is_elsewhere_is_refused(tmp_path: Path) -> None:
    root = make_study(tmp_path / "study")
    (root / ".maestro").rename(tmp_path / "elsewhere")
    (root / ".maestro").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StudyError, match="link out of the workspace") as caught:
        require_study(root, verb="show")
    assert str(root / ".maestro") in caught.value.message
    (tmp_path / "link").symlink_to(make_study(tmp_path / "whole"))
    assert require_study(tmp_path / "link", verb="show") == tmp_path / "link"


def test_kinds(tmp_path: Path) -> None:
    file, empty, other, old = (tmp_path / name for name in ("file", "empty", "other", "old"))
    file.touch()
    for folder in (empty, other, old):
        folder.mkdir()
    (other / "thesis.tex").touch()
    (old / "batch.info").touch()
    (old / "study.pkl").touch()
    assert kind_of(tmp_path / "none") is Kind.ABSENT
    assert kind_of(file) is Kind.FILE
    assert kind_of(empty) is Kind.EMPTY
    assert kind_of(other) is Kind.OTHER
    assert kind_of(old) is Kind.UPSTREAM
    assert kind_of(make_study(tmp_path / "study")) is Kind.WORKSPACE
    link = tmp_path / "dangling"
    link.symlink_to("nowhere")
    assert kind_of(link) is Kind.FILE


def test_a_pattern_means_the_studies_among_its_matches(tmp_path: Path) -> None:
    one, two = make_study(tmp_path / "s1"), make_study(tmp_path / "s2")
    (tmp_path / "s3").mkdir()
    assert expand(["s*"]) == [one, two]
    assert expand(["s2", "s*", "s2/../s1"]) == [two, one]
    assert expand(["s3*"]) == [tmp_path / "s3"]
    assert expand(["t*"]) == [tmp_path / "t*"]
    brackets = make_study(tmp_path / "s[1]")
    assert expand(["s[1]"]) == [brackets]


def test_one_folder_is_one(tmp_path: Path) -> None:
    make_study(tmp_path / "s1")
    assert expand_one("s*") == tmp_path / "s1"
    make_study(tmp_path / "s2")
    with pytest.raises(UsageError, match="means 2 folders"):
        expand_one("s*")


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("none", "none does not exist", "give the folder of a study"),
        ("file", "file is a file", "give the folder of a study"),
        ("above", "above is not a study", "did you mean "),
        ("above/study/make", "make is not a study", "above/study?"),
        ("other", "other is not a study", "holds .maestro/graph.msgpack"),
    ],
)
def test_what_is_no_study_is_told(tmp_path: Path, name: str, message: str, hint: str) -> None:
    make_study(tmp_path / "above/study")
    (tmp_path / "above/study/make").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other/x").touch()
    (tmp_path / "file").touch()
    with pytest.raises(NotAStudyError, match=message) as caught:
        require_study(tmp_path / name, verb="cancel")
    assert hint in caught.value.hint


def test_a_study_of_maestrowf_is_told_by_name(tmp_path: Path) -> None:
    for name in ("study.pkl", "batch.info"):
        (tmp_path / name).touch()
    with pytest.raises(UpstreamStudyError, match="cannot cancel it"):
        require_study(tmp_path, verb="cancel")


def test_studies_that_stand_aside_are_found_unless_somebody_holds_them(tmp_path: Path) -> None:
    first, second = (make_study(tmp_path / f".OUT.0123abc{n}.old") for n in "de")
    make_study(tmp_path / ".OUTER.0123abcd.old")
    (tmp_path / ".OUT.0123abcf.old").mkdir()
    assert sorted(aside(tmp_path / "OUT")) == [first, second]
    with conductor_lock.hold(first):
        assert aside(tmp_path / "OUT") == [second]


def test_hidden_names_of_long_names_are_names_still(tmp_path: Path) -> None:
    name = stem("ä" * 127)
    (tmp_path / f".{name}.0123abcd.tmp").touch()
    assert name.startswith("ä" * 100)


def test_the_study_that_one_is_in(
    staged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(staged / "meta")
    assert here() == staged
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="is in no study's folder"):
        here()
