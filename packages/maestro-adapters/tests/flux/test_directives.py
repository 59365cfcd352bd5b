"""Requests as `#flux:` lines and as words of `flux run`.

A fault here would be a job with fewer tasks, or without the whole nodes, that its step asks for.
"""

import pytest

from maestro_adapters.errors import RequestError
from maestro_adapters.flux.adapter import create
from maestro_adapters.flux.directives import time_limit, urgency

BASE = {"name": "a_b", "label": "a b", "workspace": "/w", "command": "$(LAUNCHER) app"}


def lines(adapter_options=None, **fields):
    text = create(adapter_options or {}).render({**BASE, **fields})["script"]
    head, _, body = text.partition("\n\n")
    return head.splitlines()[1:], body


def test_every_directive_in_its_order():
    head, body = lines(
        {"bank": "proj", "queue": "pdebug", "uri": "local:///x"},
        nodes=2,
        procs=4,
        cores_per_task=3,
        gpus=1,
        walltime="90",
        allocation_args={"setopt": {"cpu-affinity": "off"}, "begin-time": "+1h"},
    )
    assert head == [
        "#MAESTRO-INFO (flux_uri) local:///x",
        "#",
        "#flux: -N 2",
        "#flux: -n 4",
        "#flux: -t 5400s",
        "#flux: -q pdebug",
        "#flux: --bank=proj",
        '#flux: --job-name="a_b"',
        "#flux: --output='a b.{{id}}.out'",
        "#flux: --error='a b.{{id}}.err'",
        "#flux: --setopt=cpu-affinity=off",
        "#flux: --begin-time=+1h",
    ]
    assert body == "flux run -N 2 -n 4 -c 3 -g 1 app\n"


def test_the_batch_block_s_nodes_and_procs_do_not_count():
    head, body = lines(procs=4, default_nodes=3, default_procs=9)
    assert [line for line in head if line.startswith(("#flux: -N", "#flux: -n"))] == ["#flux: -n 4"]
    assert body == "flux run -n 4 app\n"


def test_exclusive_nodes_take_no_tasks_cores_or_gpus():
    head, body = lines(
        nodes=2,
        procs=4,
        cores_per_task=3,
        gpus=1,
        exclusive_allocation=True,
        exclusive_launcher=True,
    )
    assert "#flux: --exclusive" in head
    assert "#flux: -n 4" not in head
    assert body == "flux run -N 2 -n 4 --exclusive app\n"


def test_launcher_args_and_upstream_s_args():
    _, body = lines(
        {
            "launcher_args": {"o": {"mpi": "spectrum"}, "S": {"user.x": "y"}},
            "args": {"fastload": None},
        },
        procs=1,
    )
    assert body == "flux run -n 1 --setattr=user.x=y --setopt=mpi=spectrum --setopt=fastload app\n"


@pytest.mark.parametrize(
    ("priority", "number"),
    [("held", 0), ("minimal", 1), ("low", 9), ("medium", 16), ("HIGH", 24), ("expedited", 31),
     ("expedite", 31), (0.0, 0), (0.5, 16), ("1.0", 31)],
)  # fmt: skip
def test_urgencies(priority, number):
    assert urgency(priority) == number


@pytest.mark.parametrize("priority", ["urgent", 1.5, -0.1, "2"])
def test_what_is_no_priority_is_refused(priority):
    with pytest.raises(RequestError, match="priority"):
        urgency(priority)


@pytest.mark.parametrize(
    ("text", "written"),
    [(None, "0s"), ("0", "0s"), ("inf", "0s"), ("90", "5400s"), ("10:00", "600.0s"), ("2-00:00:00", "172800.0s"),
     ("30s", "30s"), ("1.5h", "5400s")],
)  # fmt: skip
def test_walltimes_are_seconds(text, written):
    assert time_limit(text) == written
