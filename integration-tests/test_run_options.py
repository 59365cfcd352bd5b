"""What each option of `maestro` does, what mistakes get, and what `status` shows, on local studies."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from conftest import Maestro
from local_studies import (
    HELLO,
    failing,
    hello,
    listing,
    no_conductor_stays,
    run_record,
    status,
    steps,
    waiting,
    write,
)
from waiting import wait_until

__all__ = ["failing", "hello", "no_conductor_stays", "waiting"]  # fixtures

pytestmark = pytest.mark.once


# -- the options of `run` --


def test_dry_writes_scripts_and_runs_nothing(tmp_path: Path, hello: Path, maestro: Maestro) -> None:
    done = maestro("run", "--dry", "-o", "OUT", hello)
    assert done.returncode == 0
    assert status(maestro, tmp_path / "OUT")["counts"] == {"DRYRUN": 3}
    script = tmp_path / "OUT/say/NAME.Pam/say_NAME.Pam.sh"
    assert "echo hello Pam > said.txt" in script.read_text()
    assert os.access(script, os.X_OK)
    assert not list((tmp_path / "OUT").rglob("said.txt"))
    assert maestro("resume", "-fg", "OUT").returncode == 0
    assert len(list((tmp_path / "OUT").rglob("said.txt"))) == 2


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        (["-t", "3"], "throttle", 3),
        (["--throttle", "4"], "throttle", 4),
        (["-r", "0"], "rlimit", 0),
        (["--rlimit", "5"], "rlimit", 5),
        (["-a", "2"], "attempts", 2),
        (["-s", "7"], "sleep", 7),
        (["--sleeptime", "1"], "sleep", 1),
        (["--usetmp"], "usetmp", True),
        (["--dry"], "dry", True),
    ],
)
def test_options_reach_the_conductor(
    tmp_path: Path, hello: Path, maestro: Maestro, options: list[str], field: str, value: object
) -> None:
    maestro("run", "-n", "-o", "PLAIN", hello)
    maestro("run", "-n", "-o", "OUT", *options, hello)
    assert run_record(tmp_path / "OUT")[field] == value
    assert run_record(tmp_path / "PLAIN")[field] != value


def test_throttle_bounds_what_runs_at_once(tmp_path: Path, waiting: Path, maestro: Maestro) -> None:
    maestro("run", "-y", "-t", "1", "-o", "OUT", waiting)
    wait_until(
        lambda: maestro("status", "--csv", "--state", "RUNNING", "OUT").stdout.count("\n") == 2
    )
    told = maestro("why", "OUT", "wait_N.2").stdout
    assert "the throttle lets 1 job be submitted at once" in told


MEANT = """\
description: {name: meant, description: what a failure means is up to the step}
study:
  - name: again
    description: fails once
    run: {cmd: "test -e tried || { touch tried; exit 9; }", retries: 1, retry pause: 0.1}
  - name: fine
    description: 3 means success
    run: {cmd: "exit 3", exit codes: {success: [0, 3]}, depends: [again]}
  - name: onward
    description: asks for its restart command
    run: {cmd: "exit 85", restart: "touch restarted", exit codes: {restart: [85]}}
  - name: allowed
    description: may fail
    run: {cmd: "exit 1", allow failure: true}
  - name: behind
    description: runs all the same
    run: {cmd: "test -e $(onward.workspace)/restarted", depends: [allowed, onward, fine]}
"""


def test_a_step_says_what_its_failure_means(tmp_path: Path, maestro: Maestro) -> None:
    write(tmp_path / "meant.yaml", MEANT)
    assert maestro("run", "-fg", "-y", "-o", "OUT", "meant.yaml").returncode == 2
    found = {
        name: (step["state"], step["attempt"], step["retries"], step["restarts"])
        for name, step in steps(maestro, tmp_path / "OUT").items()
    }
    assert found == {
        "again": ("FINISHED", 2, 1, 0),
        "fine": ("FINISHED", 1, 0, 0),
        "onward": ("FINISHED", 2, 0, 1),
        "allowed": ("FAILED", 1, 0, 0),
        "behind": ("FINISHED", 1, 0, 0),
    }


def test_usetmp_keeps_scripts_out_of_the_workspace(
    tmp_path: Path, hello: Path, maestro: Maestro
) -> None:
    assert maestro("run", "-fg", "-y", "--usetmp", "-o", "OUT", hello).returncode == 0
    assert not list((tmp_path / "OUT").rglob("*.sh"))
    assert len(list((tmp_path / "OUT").rglob("said.txt"))) == 2


def test_hashws_numbers_the_folders(tmp_path: Path, hello: Path, maestro: Maestro) -> None:
    assert maestro("run", "-fg", "-y", "--hashws", "-o", "OUT", hello).returncode == 0
    assert sorted(path.name for path in (tmp_path / "OUT/say").iterdir()) == [
        "say_instance_0",
        "say_instance_1",
    ]


def test_shared_lets_others_read(tmp_path: Path, hello: Path, maestro: Maestro) -> None:
    maestro("run", "-n", "-o", "MINE", hello)
    maestro("run", "-n", "--group-access", "-o", "OURS", hello)
    assert (tmp_path / "MINE/.maestro").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "OURS/.maestro").stat().st_mode & 0o770 == 0o750
    assert (tmp_path / "OURS").stat().st_mode & 0o3070 == 0o3070
    assert (tmp_path / "OURS/meta/environment.yaml").stat().st_mode & 0o777 == 0o600


def test_the_default_folder_and_two_starts_within_a_second(
    tmp_path: Path, hello: Path, maestro: Maestro
) -> None:
    for _ in range(2):
        assert maestro("run", "-n", hello).returncode == 0
    found = sorted(path.name for path in (tmp_path / "studies").iterdir())
    assert len(found) == 2
    assert all(re.fullmatch(r"hello_world_\d{8}-\d{6}(-2)?", name) for name in found)


def test_without_output_path_the_study_lands_here(
    tmp_path: Path, failing: Path, maestro: Maestro
) -> None:
    (tmp_path / "here").mkdir()
    assert maestro("run", "-n", failing, cwd=tmp_path / "here").returncode == 0
    assert len(list((tmp_path / "here").glob("failing_*"))) == 1


PGEN = """\
import os
from maestrowf.datastructures.core import ParameterGenerator

def get_custom_generator(env, **kwargs):
    generator = ParameterGenerator()
    with open(os.path.join(kwargs["OUTPUT_PATH"], "table.txt"), "w") as table:
        table.write(kwargs["SPECROOT"].value)
    names = [kwargs["PREFIX"] + str(n) for n in range(int(kwargs["NUMBER"]))]
    generator.add_parameter("NAME", names, "NAME.%%")
    return generator
"""


@pytest.mark.parametrize("spelling", ["--pargs", "--parg"])
def test_pgen_and_pargs(tmp_path: Path, hello: Path, maestro: Maestro, spelling: str) -> None:
    write(tmp_path / "gen.py", PGEN)
    options = ["-p", "gen.py", spelling, "NUMBER:3", spelling, "PREFIX:no"]
    done = maestro("run", "-fg", "-y", *options, "-o", "OUT", hello)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in sorted((tmp_path / "OUT/say").iterdir())] == [
        "NAME.no0",
        "NAME.no1",
        "NAME.no2",
    ]
    assert (tmp_path / "OUT/table.txt").read_text() == str(tmp_path)
    assert (tmp_path / "OUT/gen.py").read_text() == PGEN
    assert run_record(tmp_path / "OUT")["pgen_file"] == "gen.py"


def test_an_error_in_the_pgen_file_is_shown_with_its_own_traceback(
    tmp_path: Path, hello: Path, maestro: Maestro
) -> None:
    write(tmp_path / "gen.py", PGEN)
    done = maestro("run", "-y", "-p", "gen.py", "--pargs", "NUMBER:x", "-o", "OUT", hello)
    assert done.returncode == 1
    assert 'gen.py", line 8' in done.stderr or "KeyError: 'PREFIX'" in done.stderr
    assert "maestro_graph" not in done.stderr
    assert not (tmp_path / "OUT").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gen.py", "hello.yaml", "home"]


def test_variables_from_the_command_line_and_a_file(
    tmp_path: Path, hello: Path, maestro: Maestro
) -> None:
    write(tmp_path / "vars.env", "# words\nexport WORD='good day'\nOUTPUT_PATH=elsewhere\n")
    maestro("run", "-n", "--env-file", "vars.env", hello)
    (made,) = (tmp_path / "elsewhere").iterdir()
    assert run_record(made)["variables"] == {"WORD": "good day", "OUTPUT_PATH": "elsewhere"}
    options = ["--env-file", "vars.env", "--var", "WORD=a=b"]
    maestro("run", "-fg", "-y", "-o", "OUT", *options, hello)
    assert (tmp_path / "OUT/say/NAME.Pam/said.txt").read_text() == "a=b Pam\n"
    done = maestro("run", "-y", "--var", "WROD=x", hello)
    assert done.returncode == 1
    assert "WORD" in done.stderr


def test_batch_keys_from_the_command_line(tmp_path: Path, hello: Path, maestro: Maestro) -> None:
    options = ["--adapter", "slurm", "--batch", "queue=debug", "--batch", "host=h"]
    done = maestro("run", "--dry", "-o", "OUT", *options, "--batch", "bank=b", hello)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "OUT/say/NAME.Pam/say_NAME.Pam.slurm.sh").exists()
    assert "slurm" in (tmp_path / "OUT/batch.info").read_text()
    assert maestro("run", "-n", "--batch", "quue=x", hello).returncode == 1


def test_autono_answers_no(tmp_path: Path, hello: Path, maestro: Maestro) -> None:
    done = maestro("run", "-n", "-o", "OUT", hello)
    assert done.returncode == 0
    assert "Study launch aborted." in done.stdout
    assert status(maestro, tmp_path / "OUT")["state"] == "STAGED"
    assert "maestro resume" in done.stdout
    again = maestro("run", "-n", "-o", "OUT", hello)
    assert again.returncode == 0
    assert "stays as it is" in again.stderr
    assert maestro("resume", "-fg", "OUT").returncode == 0
    assert status(maestro, tmp_path / "OUT")["state"] == "FINISHED"


def test_json_for_programs(tmp_path: Path, hello: Path, maestro: Maestro) -> None:
    done = json.loads(maestro("run", "-y", "--json", "-o", "OUT", hello).stdout)
    assert done["launched"] is True
    assert done["path"] == str(tmp_path / "OUT")
    assert isinstance(done["pid"], int)
    bad = maestro("run", "-y", "--json", "absent.yaml")
    assert bad.returncode == 1
    assert bad.stderr == ""
    assert json.loads(bad.stdout)["error"]["exit_code"] == 1


# -- the options above the commands --


def test_logstdout_is_on_and_can_be_switched_off(
    tmp_path: Path, hello: Path, maestro: Maestro
) -> None:
    loud = maestro("run", "-fg", "-y", "-o", "A", hello).stdout
    also = maestro("-c", "run", "-fg", "-y", "-o", "B", hello).stdout
    quiet = maestro("--no-logstdout", "run", "-fg", "-y", "-o", "C", hello).stdout
    assert "  say: 2 finished (of 2)" in loud
    assert "  say: 2 finished (of 2)" in also
    assert quiet.splitlines() == [line for line in quiet.splitlines() if "Finished" in line]


def test_the_log_goes_to_the_file_that_is_named(
    tmp_path: Path, hello: Path, maestro: Maestro
) -> None:
    maestro("-l", "my.log", "run", "-fg", "-y", "-o", "OUT", hello)
    lines = (tmp_path / "my.log").read_text().splitlines()
    assert {json.loads(line)["event"] for line in lines} >= {"conductor_started", "study_ended"}
    assert not list((tmp_path / "OUT/logs").glob("*")) if (tmp_path / "OUT/logs").exists() else True
    maestro("-l", "back.log", "run", "-y", "-o", "BACK", hello)
    wait_until(lambda: status(maestro, tmp_path / "BACK")["state"] == "FINISHED")
    wait_until(lambda: "conductor_stopped" in (tmp_path / "back.log").read_text())


@pytest.mark.parametrize(("level", "least"), [(1, "debug"), (2, "info"), (3, "warning")])
def test_the_debug_level_bounds_the_log(
    tmp_path: Path, failing: Path, maestro: Maestro, level: int, least: str
) -> None:
    maestro("-d", level, "run", "-fg", "-y", "-o", "OUT", failing)
    text = (tmp_path / "OUT/logs/failing.log").read_text()
    found = {json.loads(line)["level"] for line in text.splitlines()}
    order = ["debug", "info", "warning", "error", "critical"]
    assert min(map(order.index, found)) >= order.index(least)
    if level < 3:
        assert "info" in found
    else:
        assert "info" not in found


# -- what a newcomer does wrong --


MISTAKES = {
    "no such file": (["absent.yaml"], "absent.yaml"),
    "a folder": (["."], ""),
    "no YAML": (["broken.yaml"], "broken.yaml:3:5: error"),
    "no steps": (["nosteps.yaml"], "study"),
    "unknown dependency": (["unknown.yaml"], "MS302"),
    "pgen is absent": (["-p", "gen.py", "hello.yaml"], "gen.py"),
    "env file is absent": (["--env-file", "x.env", "hello.yaml"], "x.env"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_get_one_clear_message_and_leave_nothing(
    tmp_path: Path, hello: Path, maestro: Maestro, mistake: str
) -> None:
    write(tmp_path / "broken.yaml", "description: {name: x, description: y}\nstudy: [\n  - }\n")
    write(tmp_path / "nosteps.yaml", "description: {name: x, description: y}\nstudy: []\n")
    write(tmp_path / "unknown.yaml", HELLO.replace("[say_*]", "[sya_*]"))
    before = listing(tmp_path)
    words, said = MISTAKES[mistake]
    done = maestro("run", "-y", "-o", "new/OUT", *words)
    assert done.returncode == 1, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert listing(tmp_path) == before


def test_a_folder_that_is_no_study_stays(tmp_path: Path, hello: Path, maestro: Maestro) -> None:
    (tmp_path / "precious").mkdir()
    write(tmp_path / "precious/thesis.tex", "x")
    done = maestro("run", "-y", "-o", "precious", hello)
    assert done.returncode == 1
    assert "is not a study" in done.stderr
    assert listing(tmp_path / "precious") == ["thesis.tex"]


def test_a_finished_study_is_replaced_with_consent(
    tmp_path: Path, hello: Path, maestro: Maestro
) -> None:
    maestro("run", "-fg", "-y", "-o", "OUT", hello)
    write(tmp_path / "OUT/old", "x")
    assert maestro("run", "-n", "-o", "OUT", hello).returncode == 0
    assert (tmp_path / "OUT/old").exists()
    done = maestro("run", "-fg", "-y", "-o", "OUT", hello)
    assert done.returncode == 0
    assert not (tmp_path / "OUT/old").exists()
    assert status(maestro, tmp_path / "OUT")["state"] == "FINISHED"


def test_a_running_study_is_not_replaced(tmp_path: Path, waiting: Path, maestro: Maestro) -> None:
    maestro("run", "-y", "-o", "OUT", waiting)
    done = maestro("run", "-y", "-o", "OUT", waiting)
    assert done.returncode == 1
    assert "conductor is alive" in done.stderr
    assert status(maestro, tmp_path / "OUT")["state"] == "RUNNING"


def test_warnings_are_shown_and_do_not_stop(tmp_path: Path, maestro: Maestro) -> None:
    write(tmp_path / "typo.yaml", HELLO.replace("$(WORD)", "$(WRD)"))
    done = maestro("run", "-fg", "-y", "-o", "OUT", "typo.yaml")
    assert "warning" in done.stderr
    assert "WRD" in done.stderr
    told = json.loads(maestro("run", "-n", "--json", "-o", "OTHER", "typo.yaml").stdout)
    assert [each["code"] for each in told["warnings"]] == ["MS401"]
    assert (tmp_path / "OUT/status.csv").exists()
