"""A study's own launcher. A fault here would be a program on another number of processes than its step has."""

import pytest

from maestro_adapters.job.launcher_template import from_template

VALUES = {"nodes": 2, "procs": 8, "cores_per_task": None, "gpus": None}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("mpirun -n {procs} -N {nodes}", "mpirun -n 8 -N 2"),
        ("run -c {cores_per_task} -g {gpus}", "run -c 1 -g 0"),
        ("run ${procs} {other} {}", "run ${procs} {other} {}"),
        ("", ""),
    ],
)
def test_placeholders(template, text):
    assert from_template(template, VALUES) == text
