"""What `run` says before it starts a study.

A fault here would be a study that is started on another scheduler, or larger, than was told.
"""

from __future__ import annotations

from pathlib import Path

from attrs import evolve

from maestro_cli.ui.style import Paint
from maestro_cli.views.launch_summary import lines
from maestro_graph import expand_workspace


def test_name_size_scheduler_and_folder(staged: Path) -> None:
    graph = expand_workspace(staged, None, root=str(staged))
    batch = evolve(graph.batch, type="slurm", host="h", queue="q\x1b", bank=None)
    graph = evolve(graph, batch=batch)
    assert list(lines(graph, Path("/out"), paint=Paint(on=False))) == [
        "Study      chain",
        "Steps      3 steps, 7 instances, 1 parameter",
        "Scheduler  slurm, host h, queue q\\x1b",
        "Folder     /out",
    ]
