"""Temporary files of writers that were killed: left for ever, or taken from somebody who still writes."""

from __future__ import annotations

import os

import pytest

from maestro_conductor.workspace.leftovers import sweep

#: Only the holder of the lock writes these, so those that are there are nobody's.
OURS = (
    ".maestro/.journal.msgpack.1f2e3d4c.tmp",
    ".maestro/.conductor.msgpack.1f2e3d4c.tmp",
    ".status.csv.1f2e3d4c.tmp",
    ".maestro/answers/.amend-1.json.1f2e3d4c.tmp",
    "meta/amendments/.1.yaml.1f2e3d4c.tmp",
)
OTHERS = (
    ".maestro/.graph.msgpack.17.tmp",
    ".maestro/requests/.hold-1.json.1f2e3d4c.tmp",
)
KEPT = (
    ".maestro/journal.msgpack",
    ".maestro/answers/amend-1.json",
    "meta/amendments/1.yaml",
    "mine.tmp",
    ".mine.tmp",
)


@pytest.fixture
def root(tmp_path):
    for name in (*OURS, *OTHERS, *KEPT):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def left(root):
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_what_only_a_conductor_writes_goes_at_once(root):
    sweep(root)
    assert left(root) == {*OTHERS, *KEPT}


def test_what_others_write_goes_when_it_is_old(root):
    for name in (*OTHERS, *KEPT):
        os.utime(root / name, (1, 1))
    sweep(root)
    assert left(root) == set(KEPT)


def test_a_link_out_of_the_workspace_is_not_followed(root, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / ".1.yaml.1f2e3d4c.tmp").touch()
    for path in (root / "meta/amendments").iterdir():
        path.unlink()
    (root / "meta/amendments").rmdir()
    (root / "meta/amendments").symlink_to(elsewhere)
    sweep(root)
    assert len(list(elsewhere.iterdir())) == 1
