"""`shell: /bin/bash -eu` and `-eo pipefail`: the first command that fails decides, everywhere.

A fault here would be a step that goes on after a failure and ends FINISHED: with one of the
schedulers, or in a restart alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Maestro
from local_studies import no_conductor_stays, steps, write

__all__ = ["no_conductor_stays"]  # fixture

BATCH = {
    "local": "{type: local, shell: SHELL}",
    "slurm": "{type: slurm, bank: proj_a, queue: debug, shell: SHELL}",
    "lsf": "{type: lsf, shell: SHELL}",
    "flux": "{type: flux, shell: SHELL}",
}
#: `again` fails with 7 and runs its restart commands, which stand in a script of their own.
STUDY = """\
description: {name: options, description: of the shell}
batch: BATCH
study:
  - name: first
    description: goes wrong in the middle
    run:
      cmd: |
        echo > began
        FAILING
        echo > went_on
      procs: 1
      walltime: "5"
  - name: again
    description: goes wrong in the middle of its restart
    run:
      cmd: exit 7
      restart: |
        echo > began
        FAILING
        echo > went_on
      exit codes: {restart: [7]}
      procs: 1
      walltime: "5"
"""

KINDS = [
    pytest.param("local", marks=pytest.mark.once),
    pytest.param("lsf", marks=pytest.mark.once),
    pytest.param("flux", marks=pytest.mark.once),
    pytest.param("slurm", marks=pytest.mark.slurm),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("shell", "failing", "goes_on"),
    [
        ("/bin/bash", "false | true; false; echo $NOBODY_SET_THIS", True),
        ("/bin/bash -eu", "false | true", True),
        ("/bin/bash -eu", "false", False),
        ("/bin/bash -eu", "echo $NOBODY_SET_THIS", False),
        ("/bin/bash -eo pipefail", "echo $NOBODY_SET_THIS", True),
        ("/bin/bash -eo pipefail", "false | true", False),
    ],
)
def test_the_first_command_that_fails_decides(
    request: pytest.FixtureRequest,
    maestro: Maestro,
    tmp_path: Path,
    kind: str,
    shell: str,
    failing: str,
    goes_on: bool,
) -> None:
    if kind != "local":
        request.getfixturevalue("slurm" if kind == "slurm" else "fake_commands")
    text = STUDY.replace("BATCH", BATCH[kind]).replace("SHELL", shell).replace("FAILING", failing)
    study = write(tmp_path / "study.yaml", text)
    done = maestro("run", "-fg", "-y", "-s", "1", "-o", "OUT", study, timeout=120)
    assert done.returncode == (0 if goes_on else 2), done.stdout + done.stderr
    ended = "FINISHED" if goes_on else "FAILED"
    found = steps(maestro, tmp_path / "OUT")
    assert {name: step["state"] for name, step in found.items()} == dict.fromkeys(found, ended)
    assert (len(found), found["again"]["restarts"]) == (2, 1)
    for step in ("first", "again"):
        assert (tmp_path / "OUT" / step / "began").exists()
        assert (tmp_path / "OUT" / step / "went_on").exists() == goes_on
    restarts = {path.name for path in (tmp_path / "OUT" / "again").glob("*.restart.*sh")}
    assert len(restarts) == 1
