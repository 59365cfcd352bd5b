"""Which folders may become a study's, and who gets one.

A fault here would be somebody's own folder that is deleted, or two studies in one folder.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli.errors import StudyError
from maestro_cli.launch.claim import claim, make_parents, replaceable
from maestro_conductor.errors import HeldError
from maestro_conductor.workspace import conductor_lock


def make_workspace(folder: Path, word: str = "old") -> Path:
    (folder / ".maestro").mkdir(parents=True)
    (folder / ".maestro" / "graph.msgpack").write_bytes(b"")
    (folder / "word").write_text(word)
    return folder


def listing(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_folder_that_is_no_study_is_never_replaced(tmp_path: Path) -> None:
    out = tmp_path / "home"
    out.mkdir()
    (out / "thesis.tex").write_text("years of work")
    with pytest.raises(StudyError, match="is not a study"):
        claim(out, replace=True)
    (tmp_path / "file").write_text("x")
    with pytest.raises(StudyError, match="is a file"):
        claim(tmp_path / "file", replace=True)
    assert listing(tmp_path) == ["file", "home", "home/thesis.tex"]


def test_a_study_of_maestrowf_is_refused_by_name(tmp_path: Path) -> None:
    out = tmp_path / "OUT"
    out.mkdir()
    for name in ("study.pkl", "batch.info", "status.csv"):
        (out / name).write_text("")
    with pytest.raises(StudyError, match=r"maestrowf 1\.x"):
        claim(out, replace=True)
    assert len(listing(out)) == 3


def test_a_study_with_a_live_conductor_is_never_replaced(tmp_path: Path) -> None:
    from maestro_conductor.workspace import conductor_lock

    out = make_workspace(tmp_path / "OUT")
    with conductor_lock.hold(out), pytest.raises(StudyError, match="conductor is alive"):
        claim(out, replace=True)
    assert (out / "word").read_text() == "old"


def test_a_new_folder_and_an_empty_one_are_claimed(tmp_path: Path) -> None:
    for is_new in (True, False):
        claimed = claim(tmp_path / "OUT", replace=False)
        assert (claimed.is_new, claimed.replaces) == (is_new, False)
        with pytest.raises(StudyError, match="another `maestro run`"):
            claim(tmp_path / "OUT", replace=False)
        claimed.release()


def test_a_study_that_is_claimed_takes_no_conductor(tmp_path: Path) -> None:
    out = make_workspace(tmp_path / "OUT")
    with pytest.raises(StudyError, match="holds a study already"):
        claim(out, replace=False)
    claimed = claim(out, replace=True)
    assert claimed.replaces
    with pytest.raises(HeldError), conductor_lock.hold(out):
        pass
    claimed.release()
    with conductor_lock.hold(out):
        pass


def test_there_is_nothing_to_ask_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert not replaceable(tmp_path / "empty")
    assert not replaceable(tmp_path / "none")
    assert replaceable(make_workspace(tmp_path / "OUT"))


def test_parents_are_made_all_or_none(tmp_path: Path) -> None:
    assert make_parents(tmp_path / "a/b/OUT") == [tmp_path / "a", tmp_path / "a/b"]
    assert make_parents(tmp_path / "a/b/OUT") == []
    name = "x" * 300  # no file system takes it
    with pytest.raises(OSError, match="too long"):
        make_parents(tmp_path / "new/c" / name / "OUT")
    assert not (tmp_path / "new").exists()
