"""What is deleted: a fault here would be a record, a result or a stranger's file that is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli.errors import StudyError
from maestro_cli.study.workspace_view import open_study
from maestro_cli.upkeep.cleaning import Wishes, delete, plan
from maestro_cli.upkeep.quiet import moment
from maestro_conductor.workspace import conductor_lock


@pytest.fixture
def full(failed: Path) -> Path:
    """A study with something of everything; `make_N.3` is of no study any more."""
    for name in (
        "make/N.1/.attempt.1", "make/N.1/data", "make/N.1/core", "make/N.1/core.77", "make/N.1/core.txt",
        "make/N.1/make_N.1.1000.out", "make/N.1/make_N.1.sh", "make/N.1/sub/deep/more", "make/N.1/other.out",
        "make/N.3/.attempt.1", "make/N.3/data", "make/N.3/sub/data",
        "old/.attempt.1", "old/data", "notes/data", "make/core",
    ):  # fmt: skip
        (failed / name).parent.mkdir(parents=True, exist_ok=True)
        (failed / name).write_bytes(b"x" * 5000)
    return failed


def planned(root: Path, wishes: Wishes) -> dict[str, set[str]]:
    return {what: set(group.files) for what, group in plan(open_study(root), wishes).groups.items()}


def test_scratch(full: Path) -> None:
    assert planned(full, Wishes(scratch=True)) == {
        "core dumps": {"make/N.1/core", "make/N.1/core.77"},
        "folders of instances that the study no longer has": {
            "make/N.3/data",
            "make/N.3/sub/data",
            "old/data",
        },
    }


def test_logs(full: Path) -> None:
    logs = {
        "make/N.1/make_N.1.1000.out",
        "make/N.2/make_N.2.1001.err",
        "make/N.2/make_N.2.1001.out",
    }
    assert planned(full, Wishes(logs=True)) == {"logs": logs}
    assert planned(full, Wishes(logs=True, instances=[0])) == {
        "logs": {"make/N.1/make_N.1.1000.out"}
    }


def test_all_of_an_instance_but_its_records(full: Path) -> None:
    study, seen = open_study(full), moment(full)
    found = plan(study, Wishes(instances=[0], whole=True))
    files = {
        "core", "core.77", "core.txt", "data", "make_N.1.1000.out", "make_N.1.sh", "other.out",
        "sub/deep/more",
    }  # fmt: skip
    assert {what: set(group.files) for what, group in found.groups.items()} == {
        "step make": {f"make/N.1/{name}" for name in files}
    }
    assert found.size >= 8 * 5000
    assert delete(study, found, seen) == []
    assert [path.name for path in (full / "make/N.1").iterdir()] == [".attempt.1"]
    assert (full / "make/N.3/data").exists()
    assert open_study(full).counts() == study.counts()


def test_links_are_deleted_and_not_followed(full: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "data").touch()
    (full / "make/N.1/link").symlink_to(mine)
    study, seen = open_study(full), moment(full)
    assert delete(study, plan(study, Wishes(instances=[0], whole=True)), seen) == []
    assert not (full / "make/N.1/link").is_symlink()
    assert (mine / "data").exists()


def test_a_folder_that_became_a_link_out_is_refused(full: Path, tmp_path: Path) -> None:
    study, seen = open_study(full), moment(full)
    found = plan(study, Wishes(instances=[0], whole=True))
    (full / "make/N.1").rename(tmp_path / "mine")
    (full / "make/N.1").symlink_to(tmp_path / "mine")
    refused = delete(study, found, seen)
    assert len(refused) == 8
    assert "a link out of the workspace" in refused[0][1]
    assert (tmp_path / "mine/data").exists()


def test_a_study_that_runs_or_ran_meanwhile_is_left_alone(full: Path) -> None:
    study, seen = open_study(full), moment(full)
    found = plan(study, Wishes(logs=True))
    with conductor_lock.hold(full), pytest.raises(StudyError, match="OUT runs"):
        plan(open_study(full), Wishes(logs=True))
    with (full / ".maestro/journal.msgpack").open("ab") as journal:
        journal.write(b"x")
    with pytest.raises(StudyError, match="was run or amended meanwhile"):
        delete(study, found, seen)
    assert (full / "make/N.1/make_N.1.1000.out").exists()
