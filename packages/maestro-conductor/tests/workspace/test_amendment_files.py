"""Files of an amendment that are lost, mixed with those of before, or deleted while somebody asks for them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from maestro_conductor.testing.death import Death, MortalDisk
from maestro_conductor.workspace.amendment_files import (
    IS_ID,
    highest_attempts,
    keep_study_file,
    move_in,
    staged_folder,
    sweep_amendments,
    waiting_amendments,
)

ID = "0123456789ab"
FILES = {
    ".maestro/graph.msgpack": "graph",
    ".maestro/spec.msgpack": "spec",
    ".maestro/study.yaml": "study",
    "study.yaml": "study",
    "meta/metadata.yaml": "meta",
    "fresh/deep/er.txt": "clone",
    "clone/.git/HEAD": "other",
    "clone/README": "other",
}


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def read(root: Path) -> dict[str, str]:
    paths = [path for path in root.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_text() for path in paths}


@pytest.fixture
def root(tmp_path):
    write(tmp_path, {**dict.fromkeys(list(FILES)[:5], "old"), "clone/.git/HEAD": "old", "a/x": "x"})
    write(staged_folder(tmp_path, ID), FILES)
    return tmp_path


WANTED = {
    **{name: text for name, text in FILES.items() if not name.startswith("clone")},
    "clone/.git/HEAD": "old",
    "a/x": "x",
}


def test_all_is_moved_over_what_was_there_and_a_clone_stays(root):
    move_in(root, ID)
    assert read(root) == WANTED
    assert not staged_folder(root, ID).exists()
    move_in(root, ID)
    assert read(root) == WANTED


def test_whoever_dies_at_it_is_followed_by_one_who_ends_it(root, tmp_path_factory):
    last = 0
    while True:
        last += 1
        there = tmp_path_factory.mktemp("again")
        write(there, read(root))
        disk = MortalDisk(there, last)
        try:
            with disk.mortal():
                move_in(there, ID)
        except Death:
            graph = (there / ".maestro/graph.msgpack").read_text()
            assert graph == ("old" if last == 1 else "graph")
            move_in(there, ID)
            assert read(there) == WANTED
        else:
            break
    assert last > 10


def test_the_study_file_in_force_is_kept_and_not_the_one_that_was_edited(tmp_path):
    write(tmp_path, {".maestro/study.yaml": "in force", "mine.yaml": "edited"})
    keep_study_file(tmp_path, 1, "mine.yaml")
    (tmp_path / ".maestro/study.yaml").unlink()
    keep_study_file(tmp_path, 2, "mine.yaml")
    (tmp_path / "mine.yaml").unlink()
    keep_study_file(tmp_path, 3, "mine.yaml")
    kept = tmp_path / "meta/amendments"
    assert read(kept) == {"1.yaml": "in force", "2.yaml": "edited"}


def test_the_highest_attempt_of_a_folder(tmp_path):
    write(tmp_path, {f"a/.attempt.{n}": "" for n in (1, 2, 10)})
    write(tmp_path, {"b/.attempt.x": "", "b/x.attempt.4": ""})
    assert highest_attempts(tmp_path, [(3, "a"), (4, "b"), (5, "none")]) == {3: 10}


def test_what_is_a_day_old_and_asked_for_by_nobody_is_deleted(tmp_path):
    old, young, asked, hidden = "a" * 12, "b" * 12, "c" * 12, ".d.tmp"
    for name in (old, young, asked, hidden):
        write(staged_folder(tmp_path, name), {".maestro/graph.msgpack": ""})
        if name != young:
            os.utime(staged_folder(tmp_path, name), (1, 1))
    request = json.dumps({"request": "amend", "amendment": asked})
    write(tmp_path, {".maestro/claimed/amend.json.1.1": request})
    sweep_amendments(tmp_path)
    left = {path.name for path in (tmp_path / ".maestro/amendments").iterdir()}
    assert left == {young, asked}
    sweep_amendments(tmp_path / "none")


def test_what_was_refused_is_asked_for_by_nobody(tmp_path):
    asked, claimed, refused, unfinished, absent = ("abcde"[i] * 12 for i in range(5))
    for name in (asked, claimed, refused, unfinished):
        write(staged_folder(tmp_path, name), {".maestro/graph.msgpack": ""})
        os.utime(staged_folder(tmp_path, name), (1, 1))
    places = {
        "requests/amend.json": asked,
        "claimed/amend.json.1.1": claimed,
        "claimed/amend.json.1.2.bad": refused,
        "requests/.amend.json.tmp": unfinished,
        "requests/too.json": absent,
    }
    for place, name in places.items():
        request = json.dumps({"request": "amend", "amendment": name})
        write(tmp_path, {f".maestro/{place}": request})
    assert waiting_amendments(tmp_path) == [asked, claimed]
    assert waiting_amendments(tmp_path / "none") == []
    sweep_amendments(tmp_path)
    left = {path.name for path in (tmp_path / ".maestro/amendments").iterdir()}
    assert left == {asked, claimed}


def test_only_twelve_digits_are_an_id():
    assert IS_ID(ID)
    assert not any(map(IS_ID, ["", "../x", "0123456789AB", ID + "0", ID + "\n", "۱" * 12]))
