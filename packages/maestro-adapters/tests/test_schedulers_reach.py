"""Whether a scheduler can be reached: each adapter of ours says so.

A fault here would be a study that waits without a word, as `sbatch` is not on the PATH.
"""

import pytest

from maestro_adapters.flux import adapter as flux
from maestro_adapters.lsf import adapter as lsf
from maestro_adapters.slurm import adapter as slurm

#: A program that is there and answers as it does where no job is queued.
EMPTY = {"flux": "echo '{\"jobs\": []}'", "bjobs": "echo '{\"RECORDS\": []}'"}


@pytest.mark.parametrize("kind", [slurm, lsf, flux], ids=["slurm", "lsf", "flux"])
def test_a_program_that_is_missing_or_an_outage_is_told(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))  # a real scheduler may be installed here
    programs = kind.create({}).describe()["commands"]
    assert f"{programs[0]} is not on the PATH" == kind.create({}).reach()
    for program in programs:
        file = tmp_path / program
        file.write_text(f"#!/bin/sh\n{EMPTY.get(program, 'true')}\n")
        file.chmod(0o755)
    assert kind.create({}).reach() is None
    for program in programs:
        (tmp_path / program).write_text("#!/bin/sh\necho 'it is away' >&2; exit 1\n")
    assert "it is away" in kind.create({}).reach()
    (tmp_path / programs[-1]).unlink()
    assert kind.create({}).reach() == f"{programs[-1]} is not on the PATH"
