"""From an edited study file to an amendment in force.

A fault here would be an amendment that lacks a file, that is taken for none although the study is
another one, or that is believed to be in force though it was refused.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from maestro_cli.errors import StudyError
from maestro_cli.launch import amendment
from maestro_cli.launch.amended_order import Wishes, order_of
from maestro_cli.launch.amendment_folder import AmendmentFolder
from maestro_cli.study.study_file import IN_FORCE
from maestro_conductor.workspace.conductor_lock import hold
from maestro_conductor.workspace.run_file import read_run_record


@contextmanager
def staged_for(root: Path, wishes: Wishes | None = None) -> Iterator[AmendmentFolder]:
    with AmendmentFolder(root) as folder:
        assert amendment.stage(order_of(root, wishes or Wishes()), folder) == []
        yield folder


def changes(root: Path, old: str, new: str) -> tuple[list[str], bool]:
    """What of the whole study an edit changes, and whether that is nothing at all."""
    copy = root / "chain.yaml"
    text = copy.read_text()
    assert old in text
    copy.write_text(text.replace(old, new))
    with staged_for(root) as folder:
        found = amendment.study_changes(folder)
        plan = amendment.plan(folder, only_new=False, descendants=True)
        return found, amendment.is_nothing(plan, found)


def test_all_of_a_workspace_is_staged(failed: Path) -> None:
    with staged_for(failed, Wishes(variables={}, batch={"queue": "long"})) as folder:
        files = {str(p.relative_to(folder.folder)) for p in folder.folder.rglob("*") if p.is_file()}
        assert files == {
            "chain.yaml",
            "batch.info",
            *(f".maestro/{name}.msgpack" for name in ("spec", "parameters", "graph", "run")),
            str(IN_FORCE),
            *(f"meta/{name}.yaml" for name in ("metadata", "parameters", "environment")),
        }
        before, after = read_run_record(failed), read_run_record(folder.folder)
        assert after == {**before, "batch": {"queue": "long"}, "crc": after["crc"]}


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
    with staged_for(failed, Wishes(batch={"queue": "long"})) as folder:
        assert amendment.ask_for(folder, only_new=False, descendants=True) == "in force"
    assert read_run_record(failed)["batch"] == {"queue": "long"}


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
            staged_for(failed, Wishes(batch={"queue": "long"})) as folder,
            pytest.raises(StudyError, match="was not amended") as told,
        ):
            amendment.ask_for(folder, only_new=True, descendants=True)
    finally:
        done.set()
        conductor.join()
    assert ("being cancelled" in str(told.value)) is answered
