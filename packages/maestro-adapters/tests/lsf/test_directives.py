"""Requests as `#BSUB` lines and as words of `jsrun`.

A fault here would be a job with hours in place of minutes, or a name that LSF takes for an array.
"""

import pytest

from maestro_adapters.errors import WalltimeError
from maestro_adapters.lsf.adapter import create
from maestro_adapters.lsf.directives import time_limit

BASE = {"name": "a_b", "label": "a b", "workspace": "/w", "command": "$(LAUNCHER) app"}


def lines(options=None, **fields):
    text = create(options or {}).render({**BASE, **fields})["script"]
    head, _, body = text.partition("\n\n")
    return head.splitlines(), body


def test_every_directive_in_its_order():
    head, body = lines(
        {"bank": "proj", "queue": "pbatch", "reservation": "r1", "shell": "/bin/zsh"},
        nodes=2,
        procs=4,
        gpus=1,
        walltime="1:02:03",
        exclusive_allocation=True,
        allocation_args={"alloc_flags": "smt4", "R": ["span[ptile=2]"], "ar": None, "B": False},
    )
    assert head == [
        "#!/bin/zsh",
        "#BSUB -nnodes 2",
        "#BSUB -q pbatch",
        "#BSUB -G proj",
        "#BSUB -W 01:03",
        "#BSUB -J a_b",
        '#BSUB -o "a b.%J.out"',
        "#BSUB -U r1",
        '#BSUB -e "a b.%J.err"',
        "#BSUB -x",
        "#BSUB -alloc_flags smt4",
        '#BSUB -R "span[ptile=2]"',
        "#BSUB -ar",
    ]
    assert body == "jsrun --nrs 4 -b rs -g 1 -a 1 -r 1 -c 1 app\n"


def test_resource_sets_and_binding():
    _, body = lines(
        nodes=2,
        procs=8,
        tasks_per_rs=2,
        rs_per_node=4,
        cpus_per_rs=10,
        bind="packed:10",
        bind_gpus="none",
    )
    assert body == "jsrun --nrs 8 -b packed:10 -B none -a 2 -r 4 -c 10 app\n"


def test_procs_without_nodes_and_without_a_walltime():
    head, body = lines(procs=4)
    assert "#BSUB -nnodes 1" in head
    assert not any(line.startswith("#BSUB -W") for line in head)
    assert body.startswith("jsrun --nrs 4 ")


def test_a_name_is_no_array():
    head, _ = lines(label="a[1-3]%2 'x'", procs=1)
    assert "#BSUB -J a_1-3__2__x_" in head


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("90", "90"),
        ("10:00", "10:00"),
        ("00:10", "00:10"),
        ("1:02:03", "01:03"),
        ("24:00:00", "24:00"),
        ("0:00:01", "00:01"),
        ("2-00:00:00", "48:00"),
        ("90s", "00:02"),
        ("1.5h", "01:30"),
        ("0", None),
        (" 90 ", "90"),
        (None, None),
    ],
)
def test_walltimes_are_rounded_up_to_minutes(text, written):
    assert time_limit(text) == written


@pytest.mark.parametrize("word", ["inf", "INFINITE", "Unlimited", " unlimited "])
def test_there_is_no_word_for_no_limit(word):
    with pytest.raises(WalltimeError, match="for which LSF has no word"):
        time_limit(word)
