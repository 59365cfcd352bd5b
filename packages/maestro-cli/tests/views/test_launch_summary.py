"""What `run` says before it starts a study.

A fault here would be a study that is started on another scheduler, or larger, than was told.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from maestro_cli.ui.style import Paint
from maestro_cli.views.launch_summary import lines
from maestro_graph import expand_workspace


def test_name_size_scheduler_and_folder(staged: Path) -> None:
    graph = expand_workspace(staged, None, root=str(staged))
    batch = evolve(graph.batch, type="slurm", host="h", queue="q\x1b", bank=None)
    graph = evolve(graph, batch=batch)
    assert list(lines(graph, Path("/out"), paint=Paint(on=False), throttle=4)) == [
        "Study      chain",
        "Steps      3 steps, 7 instances, 1 parameter",
        "           make     3",
        "           post     3",
        "           collect  1",
        "Scheduler  slurm, host h, queue q\\x1b",
        "At once    all that may run, at most 4 submitted",
        "Folder     /out",
        "Writes     scripts and output in STEP/, logs/, status.csv, meta/, and a copy of the study file",
    ]


@pytest.mark.parametrize(
    ("slots", "kind", "told"),
    [
        (None, "local", "as many as the cores take"),
        (1, "local", "1 local slot"),
        (3, "slurm", "3 "),
    ],
)
def test_how_much_runs_at_once(staged: Path, slots: int | None, kind: str, told: str) -> None:
    graph = expand_workspace(staged, None, root=str(staged))
    graph = evolve(graph, batch=evolve(graph.batch, type=kind, local_slots=slots))
    shown = list(lines(graph, Path("/out"), paint=Paint(on=False), usetmp=True))
    assert shown[6].startswith(f"At once    {told}")
    assert "(in a temporary folder)" in shown[-1]


def test_no_line_is_wider_than_the_terminal(staged: Path) -> None:
    graph = expand_workspace(staged, None, root=str(staged))
    root = Path("/a/folder/with/quite/a/long/path/for/a/terminal/of/so/few/columns")
    shown = list(lines(graph, root, paint=Paint(on=False), width=60))
    assert max(map(len, shown)) <= 60


def test_of_many_steps_the_first_are_named(staged: Path) -> None:
    graph = expand_workspace(staged, None, root=str(staged))
    graph = evolve(graph, steps=graph.steps * 5)
    shown = list(lines(graph, Path("/out"), paint=Paint(on=False)))
    assert shown[14] == "           … and 3 more steps with 7 instances"
