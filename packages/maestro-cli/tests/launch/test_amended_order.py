"""The settings that an amended study takes along.

A fault here would be a study that is amended into another one than was asked for: without the
variables it was made with, or with paths that start elsewhere.
"""

from __future__ import annotations

from pathlib import Path

import msgpack
import pytest
from attrs import evolve

from maestro_cli import app
from maestro_cli.errors import StudyError, UsageError
from maestro_cli.launch.amended_order import Wishes, order_of
from maestro_cli.launch.pipeline import fitting_variables, read_study
from maestro_conductor.workspace.checksums import seal

STUDY = """\
description: {name: s, description: d}
env: {variables: {SIZE: 1, SEED: 2}}
study:
  - {name: a, description: d, run: {cmd: "echo $(SIZE) $(SEED) $(N)"}}
"""
PGEN = """\
from maestrowf.datastructures.core import ParameterGenerator

def get_custom_generator(env, **kwargs):
    generator = ParameterGenerator()
    generator.add_parameter("N", list(range(int(kwargs["COUNT"]))), "N.%%")
    return generator
"""


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A study that was made with options of every kind."""
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "gen.py").write_text(PGEN)
    words = (
        "run -n -o OUT -p gen.py --pargs COUNT:2 --pargs X:1 --var SIZE=7 --batch queue=q"
        " --hashws -t 3 study.yaml"
    )
    assert app.main(["--no-logstdout", *words.split()]) == 0
    return tmp_path / "OUT"


def test_all_of_it_is_taken_along(made: Path, tmp_path: Path) -> None:
    order, run, taken_along, notes = order_of(made, Wishes())
    assert order.study_file == str(made / "study.yaml")
    assert (order.variables, order.batch) == ({"SIZE": "7"}, {"queue": "q"})
    assert (order.pgen, order.pargs) == (str(made / "gen.py"), {"COUNT": "2", "X": "1"})
    assert (order.hashws, order.shared, order.throttle) == (True, False, 3)
    assert order.start_folder == str(tmp_path)
    assert run["study_file"] == "study.yaml"
    assert " ".join(taken_along) == (
        "--var SIZE=7 --batch queue=q --pgen gen.py --pargs COUNT:2 --pargs X:1"
    )
    assert notes == ()


def test_the_copy_means_what_the_file_meant(made: Path, tmp_path: Path) -> None:
    study, _ = read_study(order_of(made, Wishes()).order)
    assert (study.specroot, study.source) == (str(tmp_path), str(tmp_path / "study.yaml"))
    named, _ = read_study(order_of(made, Wishes(str(made / "study.yaml"))).order)
    assert named.specroot == str(tmp_path)
    (tmp_path / "else").mkdir()
    (tmp_path / "else/new.yaml").write_text(STUDY)
    other, _ = read_study(order_of(made, Wishes(str(tmp_path / "else/new.yaml"))).order)
    assert other.specroot == str(tmp_path / "else")


def test_the_file_that_was_copied_is_another_one_once_the_copy_was_edited(
    made: Path, tmp_path: Path
) -> None:
    (made / "study.yaml").write_text(STUDY + "# mine\n")
    study, _ = read_study(order_of(made, Wishes()).order)
    assert (study.specroot, study.source) == (str(tmp_path), None)


def test_what_is_given_anew_goes_before(made: Path) -> None:
    wishes = Wishes(
        variables={"SEED": "3", "SIZE": "8"},
        batch={"queue": "long"},
        pgen="new.py",
        pargs={"COUNT": "9"},
    )
    order, _, taken_along, _ = order_of(made, wishes)
    assert (order.variables, order.batch) == ({"SIZE": "8", "SEED": "3"}, {"queue": "long"})
    assert (order.pgen, order.pargs) == ("new.py", {"COUNT": "9", "X": "1"})
    assert taken_along == ("--pargs X:1",)


def test_a_variable_that_the_study_no_longer_has_is_dropped(made: Path) -> None:
    copy = made / "study.yaml"
    copy.write_text(STUDY.replace("SIZE: 1, ", "").replace("$(SIZE) ", ""))
    order = order_of(made, Wishes()).order
    study, _ = read_study(order)
    assert fitting_variables(order, study) == {}
    # Unless somebody asks for it just now: then it is a mistake.
    with pytest.raises(Exception, match="no variable `SIZE`"):
        read_study(order_of(made, Wishes(variables={"SIZE": "9"})).order)


def test_without_a_study_file_there_is_nothing_to_amend(made: Path, tmp_path: Path) -> None:
    (made / "study.yaml").unlink()
    with pytest.raises(StudyError, match="copy of the study file is gone"):
        order_of(made, Wishes())
    assert order_of(made, Wishes("study.yaml")).order.study_file == "study.yaml"


def test_an_edit_that_would_be_lost_is_told(made: Path) -> None:
    copy = made / "study.yaml"
    copy.write_text(STUDY + "# mine\n")
    assert order_of(made, Wishes()).notes == ()
    [note] = order_of(made, Wishes("study.yaml")).notes
    assert note == f"{copy} was edited, too: study.yaml takes its place"


def test_arguments_of_an_older_version_are_asked_for(made: Path) -> None:
    path = made / ".maestro/run.msgpack"
    record = msgpack.unpackb(path.read_bytes())
    for name in ("pargs", "started_in", "crc"):
        del record[name]
    path.write_bytes(seal(msgpack.packb, record))
    order, _, _, [note] = order_of(made, Wishes())
    assert (order.pargs, order.start_folder) == ({}, None)
    assert "with --pargs" in note


def test_arguments_need_a_generator_file(staged: Path) -> None:
    with pytest.raises(UsageError, match="needs --pgen"):
        order_of(staged, Wishes(pargs={"N": "1"}))


def test_relative_paths_start_where_the_study_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "studies").mkdir()
    text = STUDY.replace(
        "env: {", "env: {dependencies: {paths: [{name: DATA, path: data}]}, "
    ).replace(" $(N)", " $(DATA)")
    (tmp_path / "studies/s.yaml").write_text(text)
    assert app.main(["--no-logstdout", "run", "-n", "-o", "OUT", "studies/s.yaml"]) == 0
    monkeypatch.chdir("/")
    order = order_of(tmp_path / "OUT", Wishes()).order
    study, _ = read_study(evolve(order, quiet=True))
    assert study.env.paths[0].path == str(tmp_path / "data")
