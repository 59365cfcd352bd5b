"""What `amend` shows, asks and does.

A fault here would be a study that is changed though somebody said no, or was only shown; one that
loses what it was made with; or a plan that is not what happens.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.commands.amend import AffectedRecord, AmendRecord, read_args
from maestro_cli.errors import UsageError
from maestro_cli.study.study_file import IN_FORCE
from maestro_cli.study.workspace_view import open_study

Capture = pytest.CaptureFixture[str]


def edit(file: Path, *pairs: tuple[str, str]) -> None:
    text = file.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)


def states(root: Path) -> dict[str, str]:
    return {each.name: each.state for each in open_study(root).instances()}


def content(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def mended(failed: Path) -> Path:
    """A study in which `make_N.2` failed, with a copy of its study file that has one more value."""
    edit(
        failed / "chain.yaml",
        ("[1, 2,", "[1, 2, 4,"),
        ('"true", depends: [post', '":", depends: [post'),
    )
    return failed


PLAN = """\
kept 6 · changed 1 (collect: cmd) · again 0 · new 2 · gone 0
"""


def test_a_plan_is_shown_and_nothing_else(mended: Path, capsys: Capture) -> None:
    before = content(mended)
    assert app.main(["amend", "--dry-run", "OUT"]) == 0
    shown = capsys.readouterr().out
    assert f"Study file {mended}/chain.yaml\n" in shown
    assert PLAN in shown
    assert shown.endswith("Only shown: nothing was changed.\n")
    assert content(mended) == before


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_without_a_yes_nothing_is_changed(
    mended: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    before = content(mended)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert app.main(["amend", "OUT"]) == 0
    told = capsys.readouterr()
    assert (
        "Amend it? nothing finished is lost, 1 unfinished is changed, 2 are new. [y/n]" in told.out
    )
    assert "stays as it is" in told.err
    assert content(mended) == before


def test_with_a_yes_the_plan_is_in_force(
    mended: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = (mended.parent / "chain.yaml").read_bytes()
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert app.main(["amend", "OUT"]) == 0
    assert capsys.readouterr().out.endswith(
        f"{mended} is amended\nRun it with: maestro resume {mended}\n"
    )
    found = states(mended)
    assert found["make_N.1"] == "FINISHED"
    assert found["make_N.2"] == "FAILED"
    assert found["make_N.4"] == found["post_N.4"] == found["collect"] == "INITIALIZED"
    assert (mended / IN_FORCE).read_bytes() == (mended / "chain.yaml").read_bytes()
    assert (mended / "meta/amendments/1.yaml").read_bytes() == old
    assert list((mended / ".maestro/amendments").iterdir()) == []


def test_another_file_takes_the_place_of_the_copy(failed: Path, capsys: Capture) -> None:
    file = failed.parent / "chain.yaml"
    edit(file, ("[1, 2,", "[1, 2, 4,"))
    file.rename("new.yaml")
    assert app.main(["amend", "-y", "OUT", "new.yaml"]) == 0
    assert (
        "kept 6 · changed 0 · again 1 (after a new one) · new 2 · gone 0" in capsys.readouterr().out
    )
    assert (failed / "chain.yaml").read_bytes() == Path("new.yaml").read_bytes()
    assert not (failed / "new.yaml").exists()
    assert app.main(["amend", "OUT"]) == 0
    assert "there is nothing to amend" in capsys.readouterr().out


def test_where_all_says_what_runs_there_is_nothing_to_do(failed: Path, capsys: Capture) -> None:
    before = content(failed)
    assert app.main(["amend", "OUT"]) == 0
    assert "chain.yaml says what runs already: there is nothing to amend" in capsys.readouterr().out
    assert content(failed) == before


def test_a_comment_is_no_amendment_and_no_longer_an_edit(failed: Path, capsys: Capture) -> None:
    edit(failed / "chain.yaml", ("study:\n", "study: # a comment\n"))
    graph = (failed / ".maestro/graph.msgpack").read_bytes()
    assert app.main(["amend", "--dry-run", "OUT"]) == 0
    assert (failed / IN_FORCE).read_bytes() != (failed / "chain.yaml").read_bytes()
    assert app.main(["amend", "OUT"]) == 0
    assert (failed / IN_FORCE).read_bytes() == (failed / "chain.yaml").read_bytes()
    assert (failed / ".maestro/graph.msgpack").read_bytes() == graph


def test_a_bad_study_file_changes_nothing(failed: Path, capsys: Capture) -> None:
    edit(failed / "chain.yaml", ("cmd:", "cdm:"))
    before = content(failed)
    assert app.main(["amend", "-y", "OUT"]) == 1
    told = capsys.readouterr().err
    assert "Did you mean `cmd`?" in told
    assert "chain.yaml has 6 errors; nothing was done" in told
    assert content(failed) == before


def test_new_names_are_explained_and_asked_for_once_more(
    failed: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(
        failed / "chain.yaml",
        ('"true $(N)"', '"true $(N) $(M)"'),
        ("label: N.%%}", "label: N.%%}\n  M: {values: [7, 8, 9], label: M.%%}"),
    )
    before = content(failed)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\nn\n"))
    assert app.main(["amend", "OUT"]) == 0
    shown = capsys.readouterr().out
    assert "The parameters of 2 steps (make, post) are others now" in shown
    assert "none of these 6 is kept.\nReally begin these anew? [y/n]" in shown
    assert content(failed) == before
    monkeypatch.setattr("sys.stdin", io.StringIO("y\ny\n"))
    assert app.main(["amend", "OUT"]) == 0
    assert set(states(failed)) == {
        *(f"{step}_M.{m}.N.{n}" for step in ("make", "post") for m, n in ((7, 1), (8, 2), (9, "x;y:z"))),
        "collect",
    }  # fmt: skip


def test_programs_are_told_what_becomes_of_each_instance(
    mended: Path, capsys: Capture, documented: Callable[[str], dict[str, str]]
) -> None:
    assert app.main(["amend", "--json", "--dry-run", "OUT"]) == 0
    planned = json.loads(capsys.readouterr().out)
    assert (planned["effect"], planned["amendment"]) == ("planned", None)
    assert app.main(["amend", "--json", "-y", "OUT"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert {**planned, "effect": "in force", "amendment": done["amendment"]} == done
    assert re.fullmatch("[0-9a-f]{12}", done["amendment"])
    assert (done["kept"], [each["name"] for each in done["new"]]) == (6, ["make_N.4", "post_N.4"])
    [changed] = done["changed"]
    assert changed == {
        "name": "collect",
        "step": "collect",
        "workspace": "collect",
        "state": "FAILED",
        "differs": ["cmd"],
    }
    fields = documented("`maestro amend --json`")
    assert done.keys() == AmendRecord.__annotations__.keys()
    assert fields.keys() == done.keys() | AffectedRecord.__annotations__.keys()
    assert app.main(["amend", "--json", "-y", "OUT"]) == 0
    assert json.loads(capsys.readouterr().out)["effect"] == "nothing"


def test_json_cannot_ask() -> None:
    with pytest.raises(UsageError, match="--json cannot ask"):
        read_args(app.make_parser("amend").parse_args(["amend", "--json", "OUT"]))


def test_options_reach_the_plan(mended: Path, capsys: Capture) -> None:
    edit(mended / "chain.yaml", ('cmd: "true $(N)"', 'cmd: ": $(N)"'))
    assert app.main(["amend", "--dry-run", "OUT"]) == 0
    assert "changed 4 (make: cmd; collect: cmd) · again 3" in capsys.readouterr().out
    assert app.main(["amend", "--dry-run", "--no-descendants", "OUT"]) == 0
    assert "changed 4 (make: cmd; collect: cmd) · again 1" in capsys.readouterr().out
    assert app.main(["amend", "--dry-run", "--only-new", "OUT"]) == 0
    shown = capsys.readouterr().out
    assert "changed 0 · again 1 (after a new one)" in " ".join(shown.split())
    assert "left though not up to date" in " ".join(shown.split())


def test_a_study_that_was_never_started(staged: Path, capsys: Capture) -> None:
    edit(staged / "chain.yaml", ("[1, 2,", "[1, 2, 4,"))
    assert app.main(["amend", "-y", "OUT"]) == 0
    assert "is amended" in capsys.readouterr().out
    assert set(states(staged).values()) == {"INITIALIZED"}
    assert len(states(staged)) == 9
