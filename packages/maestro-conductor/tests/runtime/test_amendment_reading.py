"""An amendment of another study, or of a form that is gone, that is taken for one of this."""

from __future__ import annotations

import shutil

import pytest

from maestro_conductor.core.amendment import make_plan
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import WorkspaceError
from maestro_conductor.runtime.amendment_reading import make_amendment as amendment_of
from maestro_conductor.runtime.amendment_reading import read_difference
from maestro_conductor.testing import StepPlan, make_amendment, make_workspace
from maestro_conductor.workspace.paths import GRAPH

ID = "0123456789ab"


def steps(root):
    return [StepPlan("a", [f"cat {root}/in"]), StepPlan("b", [f"cat {root}x/in"])]


@pytest.fixture
def root(tmp_path):
    return make_workspace(tmp_path / "w", steps(tmp_path / "w"))


def test_a_study_that_was_moved_is_the_same(root, tmp_path):
    there = root.rename(tmp_path / "there")
    folder = make_amendment(there, [steps(there)[0], steps(root)[1]], ID)
    assert read_difference(there, folder, amendment=ID).differs == {}
    folder = make_amendment(there, steps(there), ID)
    # The path beside the workspace only begins like it.
    assert read_difference(there, folder).differs == {1: ("cmd",)}


def test_texts_with_the_token_are_those_with_the_folder(root):
    folder = make_amendment(root, steps("$(OUTPUT_PATH)"), ID, named_by_token=True)
    assert read_difference(root, folder).differs == {}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda folder: shutil.rmtree(folder), f"holds no study: it has no {GRAPH}"),
        (lambda folder: (folder / GRAPH).write_bytes(b""), "damaged or torn"),
        (lambda folder: (folder / GRAPH).write_bytes((folder / GRAPH).read_bytes()[:-9]), "torn"),
        (lambda folder: flip(folder / GRAPH), "checksum"),
    ],
)
def test_what_is_damaged_is_refused_by_name(root, spoil, reason):
    folder = make_amendment(root, steps(root), ID)
    spoil(folder)
    with pytest.raises(WorkspaceError, match=reason):
        read_difference(root, folder, amendment=ID)


def flip(path):
    content = bytearray(path.read_bytes())
    content[content.index(b"cat ")] ^= 1
    path.write_bytes(content)


def test_it_must_be_the_one_that_was_asked_for(root):
    folder = make_amendment(root, steps(root), ID)
    with pytest.raises(WorkspaceError, match=f"that of amendment '{ID}', not of aaaaaaaaaaaa"):
        read_difference(root, folder, amendment="a" * 12)


def test_it_must_have_been_made_from_the_form_in_force(root):
    folder = make_amendment(root, steps(root), ID, amends="a" * 12)
    with pytest.raises(WorkspaceError, match="amended by somebody else"):
        read_difference(root, folder)


def test_it_must_be_of_this_study(root, tmp_path):
    folder = make_amendment(root, steps(root), ID)
    other = make_workspace(tmp_path / "other", steps(root))
    shutil.copy(other / ".maestro/run.msgpack", folder / ".maestro/run.msgpack")
    with pytest.raises(WorkspaceError, match="of another study"):
        read_difference(root, folder)
    shutil.copy(root / ".maestro/run.msgpack", folder / ".maestro/run.msgpack")
    assert read_difference(root, folder).differs == {}


def test_a_new_instance_goes_on_behind_the_attempts_in_its_folder(root):
    folder = make_amendment(root, [*steps(root), StepPlan("c")], ID)
    for name, attempt in (("a", 3), ("c", 4)):
        (root / name).mkdir()
        (root / name / f".attempt.{attempt}").touch()
    difference = read_difference(root, folder)
    plan = make_plan(difference, StudyState(2))
    made = amendment_of(root, plan, difference.new, study_id="b" * 12, by="me", time=7)
    assert made.attempts == {2: 4}
    assert (made.record["amendment"], made.record["by"], made.record["new"]) == (ID, "me", 1)
