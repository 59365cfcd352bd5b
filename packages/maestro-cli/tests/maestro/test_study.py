"""What a study tells and does when Python asks.

Would catch an answer that differs from the command's, an error that is none of the API's, and output that
nobody asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs
import pytest

import maestro
from maestro_cli import app
from maestro_cli.testing import attempt
from maestro_conductor.model import records
from maestro_conductor.workspace.conductor_lock import hold

History = Callable[[Sequence[records.Record]], Path]


def test_instances_are_those_of_the_command(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    app.main(["status", "--json", str(failed)])
    told = json.loads(capsys.readouterr().out)
    study = maestro.open(failed)
    found = study.instances()
    for mine, theirs in zip(found, told["steps"], strict=True):
        for name in (
            "name",
            "step",
            "state",
            "parameters",
            "job",
            "attempt",
            "exit_code",
            "reason",
        ):
            assert getattr(mine, name) == theirs[name], name
        for name in ("submitted", "started", "ended"):
            moment = getattr(mine, name)
            assert (moment and moment.timestamp()) == theirs[name], name
        assert mine.run_time == theirs["run_time"]
        assert str(mine.folder) == f"{failed}/{theirs['workspace']}"
    status = study.status()
    assert (status.state, status.exit_code, status.total) == ("FAILED", 2, 7)
    assert dict(status.counts) == {"finished": 4, "blocked": 2, "failed": 1}
    assert (status.done, status.ok, study.state, study.name) == (True, False, "FAILED", "chain")


def test_failures_are_grouped_and_explained(failed: Path) -> None:
    study = maestro.open(failed)
    (failure,) = study.failures(log_lines=1)
    assert (failure.cause, failure.instances) == ("exit code 7", ("make_N.2",))
    assert failure.last_lines == ("\x1b[31mno luck\x1b[0m",)
    assert failure.log is not None
    assert failure.log.name == "make_N.2.1001.err"
    (why,) = study.why("post_N.2")
    assert why.text == "blocked by make_N.2"
    assert why.facts["because_of"] == [{"name": "make_N.2", "state": "FAILED"}]
    told = study.explain()
    assert told.state == "FAILED"
    assert any(command.startswith("maestro resume") for command, _ in told.next)


def test_values_do_not_change(failed: Path) -> None:
    status = maestro.open(failed).status()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        status.state = "FINISHED"  # type: ignore[misc]


def test_a_study_is_found_from_a_folder_in_it(failed: Path, tmp_path: Path) -> None:
    assert maestro.open(failed / "make/N.2") == maestro.open(failed)
    assert maestro.find(tmp_path) == [maestro.open(failed)]
    with pytest.raises(maestro.NotAStudyError, match="is no folder"):
        maestro.find(tmp_path / "nowhere")
    with pytest.raises(maestro.NotAStudyError) as caught:
        maestro.open(tmp_path)
    assert "did you mean" in caught.value.hint
    assert isinstance(caught.value, maestro.StudyError)


def test_a_damaged_study_says_so_and_still_has_a_repr(failed: Path) -> None:
    study = maestro.open(failed)
    (failed / ".maestro/graph.msgpack").write_bytes(b"\x00")
    with pytest.raises(maestro.StudyError):
        study.status()
    assert repr(study).startswith("<Study StudyError: ")


@pytest.mark.parametrize(
    ("ask", "error", "said"),
    [
        (lambda study: study.instances("mak"), maestro.StudyError, "did you mean make?"),
        (lambda study: study.instances(where="N~1"), maestro.UsageError, "conditions are like"),
        (lambda study: study.instances(where={"M": 1}), maestro.StudyError, "there are N"),
        (lambda study: study.instances(state="GONE"), maestro.UsageError, "states are"),
        (lambda study: study.instances(3), maestro.UsageError, "are texts"),
        (lambda study: study.results(), maestro.StudyError, "name files and values"),
        (lambda study: study.skip(), maestro.UsageError, "name steps"),
        (lambda study: study.update(throttle=3), maestro.StudyError, "nothing to update"),
        (lambda study: study.archive("x.zip"), maestro.MaestroError, ".tar.gz"),
    ],
)
def test_errors_are_those_of_the_api(
    failed: Path,
    ask: Callable[[maestro.Study], object],
    error: type[maestro.MaestroError],
    said: str,
) -> None:
    with pytest.raises(error) as caught:
        ask(maestro.open(failed))
    assert said in str(caught.value)


def test_a_study_that_is_not_there_is_told_from_one_that_is_not_run(staged: Path) -> None:
    study = maestro.open(staged)
    assert (study.state, study.history(), study.failures()) == ("STAGED", [], [])
    assert study.cancel().effect == "none"
    assert study.hold("make").effect == "waiting"
    assert study.release().effect == "waiting"


def test_a_live_conductor_that_does_not_answer_is_waited_for_no_longer_than_asked(
    history: History,
) -> None:
    root = history([*attempt(0, "FINISHED", 0), *attempt(1, "RUNNING", None)[:2]])
    with hold(root):
        study = maestro.open(root)
        status = study.status()
        assert status.conductor is not None
        assert (status.state, status.conductor.alive, status.done) == ("RUNNING", True, False)
        seen: list[maestro.Status] = []
        with pytest.raises(maestro.WaitTimeoutError, match="still runs") as caught:
            study.wait(timeout=0, progress=seen.append)
        assert isinstance(caught.value, TimeoutError)
        assert [each.state for each in seen] == ["RUNNING"]


def test_a_study_runs_is_amended_and_goes_on_in_silence(
    study: maestro.Study, study_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert study.results().by_column()["twice"] == [2, 4, 6]
    assert study.results().missing == {"twice": 0}
    text = study_file.read_text(encoding="utf-8")
    study_file.write_text(text.replace("2 * $(N)", "2 + $(N)"), encoding="utf-8")
    planned = study.amend(study_file, dry=True)
    assert (planned.effect, planned.kept) == ("planned", 0)
    assert planned.changed == ("make_N.1", "make_N.2", "make_N.3")
    assert study.results().by_column()["twice"] == [2, 4, 6]
    assert study.amend(study_file).effect == "in force"
    assert study.resume().effect == "in force"
    assert study.wait(timeout=120).ok
    assert study.results().by_column()["twice"] == [3, 4, 5]
    assert [event.kind for event in study.history()].count("amended") == 1
    assert [each.number for each in study.attempts("make_N.1")] == [1, 2]
    assert study.graph("dot").startswith("digraph")
    assert study.report("page.html") == Path("page.html")
    packed = study.archive("there.tar.gz", logs=False)
    assert packed.stat().st_size
    gone = study.clean(logs=True)
    assert {path.suffix for paths in gone.values() for path in paths} == {".out", ".err"}
    assert study.logs("make_N.1") == []
    assert capfd.readouterr() == ("", "")


def test_following_yields_each_change_and_the_end(study_file: Path) -> None:
    made = maestro.run(study_file, out="OUT", start=False)
    assert [each.state for each in made.follow()] == ["STAGED"]
    assert made.resume().message == "chain is started: 0 instances will run again"
    states = [each.state for each in made.follow(timeout=120)]
    assert states[-1] == "FINISHED"
    assert len(states) == len(set(states)) or "RUNNING" in states


def test_records_have_one_type_a_column(study: maestro.Study) -> None:
    found = study.records()
    assert len(found) == 7
    assert found.columns["N"] == "int"
    assert found[-1] == {
        "instance": "collect",
        "step": "collect",
        "N": None,
        "state": "FINISHED",
        "run_time": found[-1]["run_time"],
        "exit_code": 0,
        "twice": None,
    }
    (study.folder / "make/N.1/out.json").write_text('{"twice": 2.5}', encoding="utf-8")
    (study.folder / "make/N.2/out.json").write_text('{"twice": 4, "unit": "m"}', encoding="utf-8")
    (study.folder / "make/N.3/out.json").write_text("{", encoding="utf-8")
    mixed = study.results()
    assert mixed.by_column()["twice"] == [2.5, 4.0, None]
    assert {type(cell) for cell in mixed.by_column()["twice"]} == {float, type(None)}
    assert mixed.columns["twice"] == "float"
    assert mixed.missing["twice"] == 1
    assert mixed.troubles[0].instances == 1
    assert repr(mixed).startswith("<3 records of chain: instance, step, N")
