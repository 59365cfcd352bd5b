"""What stands at the head of a script is what the system and the shell make of it.

A fault here would be a step whose options of the shell are lost, so that it goes on after a failure.
"""

from __future__ import annotations

import subprocess

import pytest

from maestro_adapters import load
from maestro_adapters.script.render import interpreter_line

REQUEST = {
    "name": "a",
    "label": "a",
    "description": "d",
    "token": "m1.1.1",
    "procs": 1,
    "nodes": 1,
    "command": "false | true\necho went on",
    "restart": "false | true\necho went on",
}


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("/bin/bash", "#!/bin/bash"),
        ("/bin/bash -eu", "#!/bin/bash -eu"),
        ("/usr/bin/env bash", "#!/usr/bin/env bash"),
        ("/bin/bash -eo pipefail", "#!/usr/bin/env -S /bin/bash -eo pipefail"),
        ("/usr/bin/env bash -eu", "#!/usr/bin/env -S bash -eu"),
        ("/usr/bin/env -S bash -eu", "#!/usr/bin/env -S bash -eu"),
        ("/usr/bin/env -vS bash -eu", "#!/usr/bin/env -vS bash -eu"),
    ],
)
def test_the_first_line(shell, line):
    assert interpreter_line(shell) == line


@pytest.mark.parametrize(
    ("shell", "went_on"),
    [
        ("/bin/bash", True),
        ("/bin/bash -eu", True),
        ("/bin/bash -eo pipefail", False),
        ("/usr/bin/env bash -eo pipefail", False),
    ],
)
@pytest.mark.parametrize("kind", ["local", "slurm", "lsf", "flux"])
@pytest.mark.parametrize("script", ["script", "restart"])
def test_the_shell_does_what_was_written(kind, script, shell, went_on, tmp_path):
    adapter = load(kind, {"shell": shell})
    try:
        text = adapter.render({**REQUEST, "workspace": str(tmp_path)})[script]
    finally:
        adapter.close()
    path = tmp_path / "a.sh"
    path.write_text(text)
    path.chmod(0o755)
    done = subprocess.run([path], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode, done.stderr) == (
        ("went on\n", 0, "") if went_on else ("", 1, "")
    )
