"""Studies that are edited after they ran, or while they run, and amended: with the real command and local steps.

A fault here would be a step that runs though nothing of it changed, or does not run though it did; a
job that is lost or cancelled by an amendment that does not touch it; or a plan that is not what happens.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from conftest import REPOSITORY, Maestro
from local_studies import listing, no_conductor_stays, run_record, status, steps, write
from maestro_conductor.workspace.conductor_lock import holder
from waiting import wait_until

__all__ = ["no_conductor_stays"]  # a fixture

#: Each of its instances says in the file `ran`, beside the study, that it ran. `make` waits for `go`.
CHAIN = """\
description: {name: chain, description: three links}
env: {variables: {WORD: one}}
batch: {type: local, local_slots: 8}
study:
  - name: make
    description: makes
    run:
      cmd: |
        echo make_$(N) >> $(SPECROOT)/ran
        for i in $(seq 600); do test -e $(SPECROOT)/go && break; sleep 0.1; done
        echo $(N) $(WORD) > made.txt
  - name: post
    description: after it
    run:
      cmd: |
        echo post_$(N) >> $(SPECROOT)/ran
        cat $(make.workspace)/made.txt > post.txt
      depends: [make]
  - name: all
    description: of everything
    run:
      cmd: |
        echo all >> $(SPECROOT)/ran
        cat $(post.workspace)/*/post.txt > all.txt
      depends: [post_*]
global.parameters:
  N: {values: [1, 2, 3], label: N.%%}
"""


@pytest.fixture
def ended(tmp_path: Path, maestro: Maestro) -> Path:
    """A study that has finished."""
    (tmp_path / "go").touch()
    write(tmp_path / "chain.yaml", CHAIN)
    done = maestro("run", "-fg", "-y", "-o", "OUT", "chain.yaml")
    assert done.returncode == 0, done.stderr
    assert sum(ran(tmp_path).values()) == 7
    (tmp_path / "ran").unlink()
    return tmp_path / "OUT"


@pytest.fixture
def running(tmp_path: Path, maestro: Maestro) -> Path:
    """A study that runs: each instance of `make` waits."""
    write(tmp_path / "chain.yaml", CHAIN)
    assert maestro("run", "-y", "-o", "OUT", "chain.yaml").returncode == 0
    wait_until(lambda: sum(ran(tmp_path).values()) == 3)
    (tmp_path / "ran").unlink()
    return tmp_path / "OUT"


def ran(folder: Path) -> Counter[str]:
    """How often each instance has begun since the file was last taken away."""
    try:
        return Counter((folder / "ran").read_text().split())
    except FileNotFoundError:
        return Counter()


def edit(file: Path, *pairs: tuple[str, str]) -> None:
    text = file.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)


def amended(maestro: Maestro, root: Path, *words: object) -> dict[str, list[dict[str, object]]]:
    done = maestro("amend", "--json", "-y", root, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return found


def names(plan: dict[str, list[dict[str, object]]], *parts: str) -> set[object]:
    return {each["name"] for part in parts for each in plan[part]}


def test_a_mended_command_runs_again_with_what_comes_after_it(
    ended: Path, tmp_path: Path, maestro: Maestro
) -> None:
    edit(ended / "chain.yaml", ("> post.txt", "> post.txt; echo mended >> post.txt"))
    told = maestro("resume", ended)
    assert f"{ended}/chain.yaml differs from what runs; to apply it: maestro amend" in told.stderr
    assert ran(tmp_path) == {}
    before = steps(maestro, ended)
    plan = amended(maestro, ended)
    assert plan["effect"] == "in force"
    assert names(plan, "changed") == {"post_N.1", "post_N.2", "post_N.3"}
    assert names(plan, "again") == {"all"}
    found = status(maestro, ended)
    assert (found["state"], found["counts"]) == (
        "STOPPED",
        {"FINISHED": 3, "INITIALIZED": 1, "QUEUED": 3},
    )
    assert maestro("resume", "-fg", ended).returncode == 0
    assert ran(tmp_path) == dict.fromkeys(("post_1", "post_2", "post_3", "all"), 1)
    assert (ended / "all/all.txt").read_text().count("mended") == 3
    after = steps(maestro, ended)
    for name in ("make_N.1", "make_N.2", "make_N.3"):
        assert after[name] == before[name]
    assert after["all"]["attempt"] == 2
    assert maestro("resume", ended).stderr == ""


@pytest.mark.once
def test_rows_that_are_added_run_and_what_is_dropped_keeps_its_folder(
    ended: Path, tmp_path: Path, maestro: Maestro
) -> None:
    edit(tmp_path / "chain.yaml", ("[1, 2, 3]", "[1, 3, 4]"))
    plan = amended(maestro, ended, tmp_path / "chain.yaml")
    assert names(plan, "new") == {"make_N.4", "post_N.4"}
    assert names(plan, "gone") == {"make_N.2", "post_N.2"}
    assert (names(plan, "changed"), names(plan, "again")) == ({"all"}, set())
    assert maestro("resume", "-fg", ended).returncode == 0
    assert ran(tmp_path) == {"make_4": 1, "post_4": 1, "all": 1}
    assert (ended / "post/N.2/post.txt").read_text() == "2 one\n"
    assert set(steps(maestro, ended)) == {
        *(f"{step}_N.{n}" for step in ("make", "post") for n in (1, 3, 4)),
        "all",
    }


def test_what_runs_goes_on_and_rows_are_added_to_it(
    running: Path, tmp_path: Path, maestro: Maestro
) -> None:
    before = steps(maestro, running)
    edit(running / "chain.yaml", ("[1, 2, 3]", "[1, 2, 3, 4]"), ("cat $(post", "cat  $(post"))
    plan = amended(maestro, running)
    assert (plan["effect"], plan["stopped"]) == ("in force", [])
    wait_until(lambda: ran(tmp_path) == {"make_4": 1})
    after = steps(maestro, running)
    for name in ("make_N.1", "make_N.2", "make_N.3"):
        assert (after[name]["state"], after[name]["job"]) == ("RUNNING", before[name]["job"])
    (tmp_path / "go").touch()
    wait_until(lambda: not holder(running))
    assert status(maestro, running)["state"] == "FINISHED"
    assert ran(tmp_path) == {"make_4": 1, **{f"post_{n}": 1 for n in (1, 2, 3, 4)}, "all": 1}
    assert len((running / "all/all.txt").read_text().splitlines()) == 4


@pytest.mark.once
def test_what_runs_and_changes_is_stopped_and_begins_anew(
    running: Path, tmp_path: Path, maestro: Maestro
) -> None:
    edit(running / "chain.yaml", ("WORD: one", "WORD: two"), ("[1, 2, 3]", "[1, 2]"))
    plan = amended(maestro, running)
    assert set(plan["stopped"]) == {"make_N.1", "make_N.2", "make_N.3"}
    assert names(plan, "gone") == {"make_N.3", "post_N.3"}
    wait_until(lambda: ran(tmp_path) == {"make_1": 1, "make_2": 1})
    (tmp_path / "go").touch()
    wait_until(lambda: not holder(running))
    assert status(maestro, running)["state"] == "FINISHED"
    assert (running / "all/all.txt").read_text() == "1 two\n2 two\n"
    assert not (running / "make/N.3/made.txt").exists()


@pytest.mark.once
def test_a_step_that_failed_is_mended(tmp_path: Path, maestro: Maestro) -> None:
    (tmp_path / "go").touch()
    write(tmp_path / "chain.yaml", CHAIN.replace("echo $(N)", "test $(N) != 2 && echo $(N)"))
    assert maestro("run", "-fg", "-y", "-o", "OUT", "chain.yaml").returncode == 2
    (tmp_path / "ran").unlink()
    root = tmp_path / "OUT"
    edit(root / "chain.yaml", ("test $(N) != 2", "test $(N) != 5"))
    plan = amended(maestro, root, "--no-descendants")
    assert names(plan, "again") == {"post_N.2", "all"}
    assert names(plan, "left") == {"post_N.1", "post_N.3"}
    assert maestro("resume", "-fg", root).returncode == 0
    assert ran(tmp_path) == dict.fromkeys(("make_1", "make_2", "make_3", "post_2", "all"), 1)


@pytest.mark.once
def test_only_what_is_new(ended: Path, tmp_path: Path, maestro: Maestro) -> None:
    edit(ended / "chain.yaml", ("WORD: one", "WORD: two"), ("[1, 2, 3]", "[1, 2, 3, 4]"))
    plan = amended(maestro, ended, "--only-new")
    assert names(plan, "left") == {"make_N.1", "make_N.2", "make_N.3"}
    assert maestro("resume", "-fg", ended).returncode == 0
    assert ran(tmp_path) == {"make_4": 1, "post_4": 1, "all": 1}
    assert (ended / "all/all.txt").read_text() == "1 one\n2 one\n3 one\n4 two\n"


PGEN = """\
from maestrowf.datastructures.core import ParameterGenerator

def get_custom_generator(env, **kwargs):
    generator = ParameterGenerator()
    generator.add_parameter("N", list(range(1, int(kwargs["COUNT"]) + 1)), "N.%%")
    return generator
"""


@pytest.mark.once
def test_options_of_the_first_run_hold_on(tmp_path: Path, maestro: Maestro) -> None:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies/go").touch()
    write(tmp_path / "studies/gen.py", PGEN)
    write(tmp_path / "studies/chain.yaml", CHAIN.partition("global.parameters")[0])
    made = "run -fg -y -o OUT --hashws -p studies/gen.py --pargs COUNT:2 --var WORD=three"
    assert maestro(*made.split(), "studies/chain.yaml").returncode == 0
    root = tmp_path / "OUT"
    assert "there is nothing to amend" in maestro("amend", root, cwd=Path("/")).stdout
    plan = amended(maestro, root, "--pargs", "COUNT:3")
    assert names(plan, "new") == {"make_N.3", "post_N.3"}
    assert (plan["changed"], plan["gone"]) == ([], [])
    assert maestro("resume", "-fg", root).returncode == 0
    assert (root / "all/all.txt").read_text() == "1 three\n2 three\n3 three\n"
    assert run_record(root)["pargs"] == {"COUNT": "3"}
    assert ran(tmp_path / "studies")["all"] == 2
    assert sum(ran(tmp_path / "studies").values()) == 5 + 3


@pytest.mark.once
def test_looking_leaves_nothing_behind(ended: Path, tmp_path: Path, maestro: Maestro) -> None:
    edit(ended / "chain.yaml", ("[1, 2, 3]", "[1, 2, 3, 4]"))
    before = listing(ended)
    shown = maestro("amend", "--dry-run", ended)
    assert shown.returncode == 0
    assert "kept 6 · changed 0 · again 1 (after a new one) · new 2 · gone 0" in shown.stdout
    edit(ended / "chain.yaml", ("cmd:", "cdm:"))
    broken = maestro("amend", "-y", ended)
    assert broken.returncode == 1
    assert "Did you mean `cmd`?" in broken.stderr
    unanswered = maestro("amend", ended, tmp_path / "chain.yaml")
    assert "there is nothing to amend" in unanswered.stdout
    assert listing(ended) == before
    assert status(maestro, ended)["state"] == "FINISHED"


@pytest.mark.once
def test_a_study_that_is_replaced_is_told(ended: Path, tmp_path: Path, maestro: Maestro) -> None:
    done = maestro("run", "-fg", "-y", "-o", ended, "chain.yaml")
    assert f"The study in {ended} was replaced: 7 steps, 7 finished\n" in done.stdout
    left = maestro("run", "-n", "-o", ended, "chain.yaml")
    assert (left.returncode, "stays as it is" in left.stderr) == (0, True)


@pytest.mark.once
def test_each_amendment_keeps_the_study_file_before_it(ended: Path, maestro: Maestro) -> None:
    texts = [(ended / "chain.yaml").read_text()]
    for word in ("two", "three"):
        edit(
            ended / "chain.yaml",
            (f"WORD: {texts[-1].partition('WORD: ')[2].partition('}')[0]}", f"WORD: {word}"),
        )
        amended(maestro, ended)
        texts.append((ended / "chain.yaml").read_text())
    kept = [(ended / f"meta/amendments/{n}.yaml").read_text() for n in (1, 2)]
    assert [*kept, (ended / ".maestro/study.yaml").read_text()] == texts


@pytest.mark.once
@pytest.mark.parametrize("moved", [True, False])
def test_a_study_of_version_1_0(moved: bool, tmp_path: Path, maestro: Maestro) -> None:
    """As it was kept: made in a folder that is gone, without checksums."""
    golden = REPOSITORY / "docs/workspace-format/golden/hello"
    root = tmp_path / ("elsewhere" if moved else "hello")
    shutil.copytree(golden, root)
    before = {name: step["attempt"] for name, step in steps(maestro, root).items()}
    edit(
        root / "hello_bye_parameterized.yaml",
        ("[Pam, ", "[Zoe, Pam, "),
        ("[Hello, ", "[Aloha, Hello, "),
        ("Bye, ", "So long, "),
    )
    plan = amended(maestro, root)
    new = {"say-hello_GREETING.Aloha.NAME.Zoe", "say-bye_GREETING.Aloha.NAME.Zoe"}
    changed = {name for name in before if name.startswith("say-bye")}
    assert (names(plan, "new"), names(plan, "changed")) == (new, changed)
    assert names(plan, "again", "gone") == set()
    assert maestro("resume", "-fg", root).returncode == 0
    after = {name: step["attempt"] for name, step in steps(maestro, root).items()}
    assert after == {name: before.get(name, 0) + (name in new | changed) for name in after}
    assert (root / "say-bye/GREETING.Hi.NAME.Dwight/bye.txt").read_text() == "So long, Dwight!\n"
