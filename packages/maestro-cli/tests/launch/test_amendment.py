"""From an edited study file to an amendment in force.

A fault here would be an amendment that lacks a file, that is taken for none although the study is
another one, or that is believed to be in force though it was refused.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from maestro_cli.errors import StudyError
from maestro_cli.launch import amendment
from maestro_cli.launch.amended_order import Wishes, order_of
from maestro_cli.launch.amendment_folder import AmendmentFolder
from maestro_cli.study.requests import request_amend
from maestro_cli.study.study_file import IN_FORCE
from maestro_cli.testing import attempt
from maestro_conductor.errors import WorkspaceError
from maestro_conductor.journal.in_force import amendment_in_force
from maestro_conductor.model.records import Record
from maestro_conductor.workspace.conductor_lock import hold
from maestro_conductor.workspace.run_file import read_run_record


@contextmanager
def staged_for(root: Path, wishes: Wishes | None = None) -> Iterator[amendment.Staged]:
    with AmendmentFolder(root) as folder:
        staged = amendment.stage(order_of(root, wishes or Wishes()), folder)
        assert staged.warnings == []
        yield staged


def changes(root: Path, old: str, new: str) -> tuple[list[str], bool]:
    """What of the whole study an edit changes, and whether that is nothing at all."""
    copy = root / "chain.yaml"
    text = copy.read_text()
    assert old in text
    copy.write_text(text.replace(old, new))
    with staged_for(root) as staged:
        found = amendment.study_changes(staged)
        plan = amendment.plan(staged, only_new=False, descendants=True)
        return found, amendment.is_nothing(plan, found)


def test_all_of_a_workspace_is_staged(failed: Path) -> None:
    with staged_for(failed, Wishes(variables={}, batch={"queue": "long"})) as staged:
        folder = staged.folder.folder
        files = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
        assert files == {
            "chain.yaml",
            "batch.info",
            *(f".maestro/{name}.msgpack" for name in ("spec", "parameters", "graph", "run")),
            str(IN_FORCE),
            *(f"meta/{name}.yaml" for name in ("metadata", "parameters", "environment")),
        }
        before, after = read_run_record(failed), read_run_record(folder)
        assert after == {**before, "batch": {"queue": "long"}, "crc": after["crc"]}


def test_the_time_that_is_lost_is_that_of_what_has_finished(failed: Path) -> None:
    copy = failed / "chain.yaml"
    copy.write_text(copy.read_text().replace('"true $(N)"', '": $(N)"'))
    with staged_for(failed) as staged:
        plan = amendment.plan(staged, only_new=False, descendants=True)
        finished = [each for each in plan.lost if each.state == "FINISHED"]
        assert amendment.lost_time(staged, plan) == 90 * len(finished) > 0


def test_what_is_no_change(failed: Path) -> None:
    assert changes(failed, "study:", "study:  # steps") == ([], True)


def test_a_change_of_the_whole_study_is_one(failed: Path) -> None:
    assert changes(failed, "three links", "of links") == (["description"], False)
    found = changes(failed, "study:", "batch: {type: local, queue: q}\nstudy:")
    assert found == (["description", "batch.queue"], False)


def test_other_results_are_a_change_although_no_instance_is_another_one(failed: Path) -> None:
    said = '"true $(N)", results: [{file: out.json}]'
    assert changes(failed, '"true $(N)"', said) == (["results"], False)


def test_a_change_of_instances_is_one(failed: Path) -> None:
    assert changes(failed, '"true $(N)"', '": $(N)"') == ([], False)


def test_where_nobody_runs_it_it_is_in_force_at_once(failed: Path) -> None:
    with staged_for(failed, Wishes(batch={"queue": "long"})) as staged:
        assert amendment.ask_for(staged, only_new=False, descendants=True) == "in force"
    assert read_run_record(failed)["batch"] == {"queue": "long"}


def ask(root: Path, queue: str) -> str:
    """Ask for an amendment as somebody does who dies then; returns its id."""
    with staged_for(root, Wishes(batch={"queue": queue})) as staged:
        staged.folder.keep()
        request_amend(root, staged.folder.id, only_new=False, descendants=True)
        return staged.folder.id


def test_what_was_asked_for_before_is_taken_in_first(failed: Path) -> None:
    before = ask(failed, "long")
    amendment.settle(failed)
    assert amendment_in_force(failed) == before
    with staged_for(failed, Wishes(batch={"queue": "short"})) as staged:
        assert amendment.ask_for(staged, only_new=False, descendants=True) == "in force"
    assert read_run_record(failed)["batch"] == {"queue": "short"}
    amendment.settle(failed)


def test_files_that_are_not_in_their_places_are_put_there_first(
    failed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(failed, "long")
    rename = Path.rename

    def rename_some(path: Path, target: Path) -> Path:
        if path.name == "run.msgpack":
            no_room(path)
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename_some)
        with pytest.raises(WorkspaceError, match="The study is amended, and its files cannot"):
            amendment.settle(failed)
    assert read_run_record(failed)["batch"] == {}
    amendment.settle(failed)
    assert read_run_record(failed)["batch"] == {"queue": "long"}


def test_what_has_to_wait_is_told_before_another_one_is_made(
    history: Callable[[list[Record]], Path],
) -> None:
    """A step that has changed may run, and no conductor lives that could stop it."""
    running = history([*attempt(0, "FINISHED", 0)[:-1]])
    copy = running / "chain.yaml"
    copy.write_text(copy.read_text().replace('"true $(N)"', '": $(N)"'))
    ask(running, "long")
    with pytest.raises(StudyError, match="that waits for its next start") as told:
        amendment.settle(running)
    assert "maestro resume" in told.value.hint


def test_a_live_conductor_takes_in_what_waits(failed: Path) -> None:
    ask(failed, "long")
    with hold(failed):
        amendment.settle(failed)
    assert amendment_in_force(failed) is None


def no_room(*arguments: object, **_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(arguments[0]))


def test_without_room_for_the_request_nothing_is_left(
    failed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with staged_for(failed, Wishes(batch={"queue": "long"})) as staged:
        monkeypatch.setattr("os.replace", no_room)
        with pytest.raises(StudyError, match="cannot be written: No space left"):
            amendment.ask_for(staged, only_new=False, descendants=True)
    assert list((failed / ".maestro/amendments").glob("*")) == []


def test_what_cannot_be_taken_in_waits(failed: Path) -> None:
    in_the_way = failed / "meta/amendments"
    in_the_way.touch()
    with (
        staged_for(failed, Wishes(batch={"queue": "long"})) as staged,
        pytest.raises(StudyError, match=r"is not amended yet: .*amendments: File exists") as told,
    ):
        amendment.ask_for(staged, only_new=False, descendants=True)
    assert "maestro resume" in told.value.hint
    assert amendment_in_force(failed) is None
    in_the_way.unlink()
    amendment.settle(failed)
    assert amendment_in_force(failed) == staged.folder.id


@pytest.mark.parametrize("answered", [True, False])
def test_a_refusal_is_told(failed: Path, answered: bool) -> None:
    """A conductor holds the study, claims the request, and refuses it."""
    requests, claimed = failed / ".maestro/requests", failed / ".maestro/claimed"
    claimed.mkdir(exist_ok=True)
    done = threading.Event()

    def refuse() -> None:
        while not done.wait(0.01):
            for path in requests.glob("amend-*.json"):
                asked = json.loads(path.read_text())
                assert (asked["request"], asked["only_new"]) == ("amend", True)
                if answered:
                    answers = failed / ".maestro/answers"
                    answers.mkdir()
                    told = {"accepted": False, "message": "the study is being cancelled"}
                    (answers / path.name).write_text(json.dumps(told))
                path.rename(claimed / f"{path.name}.17.1.bad")
                return

    conductor = threading.Thread(target=refuse)
    conductor.start()
    try:
        with (
            hold(failed),
            staged_for(failed, Wishes(batch={"queue": "long"})) as staged,
            pytest.raises(StudyError, match="was not amended") as told,
        ):
            amendment.ask_for(staged, only_new=True, descendants=True)
    finally:
        done.set()
        conductor.join()
    assert ("being cancelled" in str(told.value)) is answered
