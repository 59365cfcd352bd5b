"""A script that is torn, not executable, in the wrong folder, or another one than was rendered."""

from __future__ import annotations

import tempfile

import pytest

from maestro_conductor.backends.job_request import JobRequests
from maestro_conductor.backends.script_writer import ScriptWriter, temporary_folder
from maestro_conductor.errors import ConductorError
from maestro_conductor.testing import ScriptedScheduler, StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import GraphFile


@pytest.fixture
def make(tmp_path):
    def make(*plans, adapter=None, folder=None):
        file = GraphFile(make_workspace(tmp_path, plans))
        adapter = adapter or ScriptedScheduler()
        return ScriptWriter(file.graph, JobRequests(file, tmp_path), adapter, tmp_path, folder)

    return make


@pytest.fixture
def private(tmp_path, monkeypatch):
    """A place for temporary files."""
    path = tmp_path / "tmp"
    path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    return path


def test_both_scripts_are_written_and_can_be_run(make, tmp_path):
    written = make(StepPlan("a", ["x\udcff"], restart="again")).write(0, sync=False)
    assert written.script == str(tmp_path / "a/a.sh")
    assert written.restart == str(tmp_path / "a/a.restart.sh")
    assert (tmp_path / "a/a.sh").read_bytes() == b"#!/bin/sh\n\nx\xff\n"
    assert (tmp_path / "a/a.restart.sh").read_text() == "#!/bin/sh\n\nagain\n"
    assert (tmp_path / "a/a.sh").stat().st_mode & 0o111


def test_without_a_restart_there_is_one_script(make, tmp_path):
    assert make(StepPlan("a")).write(0, sync=True).restart is None
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["a.sh"]


def test_a_script_that_a_shell_may_be_reading_is_replaced(make, tmp_path):
    writer = make(StepPlan("a"))
    writer.write(0, sync=False)
    path = tmp_path / "a/a.sh"
    with path.open() as reading:
        path.chmod(0o600)
        (tmp_path / "a/.a.sh.tmp").write_text("what a crash left")
        writer.write(0, sync=True)
        assert reading.read() == "#!/bin/sh\n\ntrue\n"
        assert path.stat().st_ino != reading.fileno()
    assert path.stat().st_mode & 0o111
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["a.sh"]


def test_a_launcher_that_does_not_fit_is_said_for_its_instance(make, tmp_path):
    class Picky(ScriptedScheduler):
        def render(self, request):
            if request["name"] == "b":
                raise ValueError("9 procs do not fit into 8")
            return super().render(request)

    writer = make(StepPlan("a"), StepPlan("b"), StepPlan("c"), adapter=Picky())
    (tmp_path / "c").write_text("in the way")
    first, second, third = writer.write_all([0, 1, 2])
    assert (first, second) == ((0, None), (1, "9 procs do not fit into 8"))
    assert third[0] == 2
    assert "Not a directory" in third[1]


def test_a_folder_of_its_own_takes_the_scripts_and_the_step_still_has_its_folder(
    make, tmp_path, private
):
    folder = temporary_folder("3f9a0c2d71e8")
    written = make(StepPlan("a"), folder=folder).write(0, sync=False)
    assert written.script == str(folder / "a/a.sh")
    assert list((tmp_path / "a").iterdir()) == []


def test_the_temporary_folder_is_private_and_found_again(private):
    folder = temporary_folder("3f9a0c2d71e8")
    assert folder.parent == private
    assert folder.stat().st_mode & 0o077 == 0
    assert temporary_folder("3f9a0c2d71e8") == folder
    folder.rmdir()
    folder.symlink_to(private)
    with pytest.raises(ConductorError, match="belongs to somebody else"):
        temporary_folder("3f9a0c2d71e8")
