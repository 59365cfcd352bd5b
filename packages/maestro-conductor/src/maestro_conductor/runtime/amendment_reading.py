"""Read what an amendment makes of a study: the graph in force, and the one that was put together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from maestro_conductor.backends.relocation import OUTPUT_PATH, filled_in, relocation
from maestro_conductor.core.amendment import Amendment, AmendPlan
from maestro_conductor.core.graph_difference import Difference, compare
from maestro_conductor.core.graph_outline import Outline, Outliner
from maestro_conductor.core.study_state import NONE
from maestro_conductor.errors import WorkspaceError
from maestro_conductor.model import records
from maestro_conductor.model.graph import Graph
from maestro_conductor.workspace.amendment_files import highest_attempts
from maestro_conductor.workspace.graph_file import read_graph
from maestro_conductor.workspace.graph_stream import GraphStream
from maestro_conductor.workspace.paths import GRAPH, RUN
from maestro_conductor.workspace.regular_files import stream_regular
from maestro_conductor.workspace.run_file import read_run

__all__ = ["make_amendment", "read_difference", "read_in_force"]


def read_in_force(root: Path, file: str = GRAPH) -> Outline:
    """Read the graph of a study, for the comparison with the one of an amendment.

    Args:
        root: the workspace.
        file: path of the graph in force, relative to the workspace.

    Raises:
        WorkspaceError: it cannot be read.
    """
    return _read_outline(root, file, _read_head(root, file), str(root))


def read_difference(
    root: Path,
    folder: Path,
    *,
    in_force: str = GRAPH,
    amendment: str | None = None,
    old: Outline | None = None,
) -> Difference:
    """Compare the graph of a study with the one of an amendment.

    Args:
        root: the workspace.
        folder: where the amendment was put together.
        in_force: path of the graph in force, relative to the workspace.
        amendment: what the amendment is to be called; None: anything.
        old: the graph in force, where it was read before.

    Raises:
        WorkspaceError: one of them cannot be read, or they do not belong together.
    """
    # The small one first: who has asked for nothing that can be done is told at once.
    head = _read_head(folder, GRAPH)
    old = read_in_force(root, in_force) if old is None else old
    if amendment is not None and head.get("amendment") != amendment:
        raise WorkspaceError(
            f"{folder / GRAPH} is that of amendment {head.get('amendment')!r}, not of {amendment}"
        )
    if head.get("amends") != old.graph.amendment:
        raise WorkspaceError(
            "the study was amended by somebody else since this amendment was put together: nothing of it "
            "was done. Look at the study as it is now, and amend it again"
        )
    if (folder / RUN).exists() and read_run(folder).study_id != read_run(root).study_id:
        raise WorkspaceError(f"{folder} is an amendment of another study")
    return compare(old, _read_outline(folder, GRAPH, head, str(root)))


def _read_head(folder: Path, file: str) -> dict[str, object]:
    path = folder / file
    try:
        with stream_regular(path) as stream:
            return dict(GraphStream(path, stream, path.stat().st_size).head)
    except FileNotFoundError:
        raise WorkspaceError(f"{folder} holds no study: it has no {file}") from None
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read: {error.strerror}") from error
    except WorkspaceError:
        raise
    except Exception as error:  # what msgpack raises where there is no map
        raise WorkspaceError(f"{path} is damaged or torn: amend the study again") from error


def _read_outline(folder: Path, file: str, head: Mapping[str, object], root: str) -> Outline:
    """Read a graph's outline.

    Args:
        folder: the workspace, or where an amendment was put together.
        file: the graph, relative to it.
        head: its first map.
        root: absolute path of the workspace, which its texts are made to name.
    """
    requires = head.get("requires")
    if isinstance(requires, list) and "output_path" in requires:
        named, normal = OUTPUT_PATH, filled_in(root)
    else:
        named = str(head.get("root") or "")
        normal = relocation(named, root)
    outliner = Outliner(normal, named if named.strip("/") else "")
    return outliner.finish(read_graph(folder, file=file, visit=outliner.visit))


def make_amendment(
    root: Path,
    plan: AmendPlan,
    graph: Graph,
    *,
    study_id: str,
    by: str | None,
    time: int,
    closed: str | None = None,
) -> Amendment:
    """Return an amendment that is to take effect. Looks into the folders of new instances.

    Args:
        root: the workspace.
        plan: what becomes of each instance.
        graph: the new one.
        study_id: that names the study to schedulers from then on.
        by: who asked.
        time: ms since 1970.
        closed: why nobody runs the study then; None: it goes on.
    """
    new = [(j, graph.workspaces[j]) for j, i in enumerate(plan.origin) if i == NONE]
    attempts = highest_attempts(root, new)
    record = records.amended(time, by, graph.amendment or "", plan.counts)
    return Amendment(plan, attempts, study_id, record, closed=closed)
