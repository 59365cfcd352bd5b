"""`maestro status --csv` says what the conductor's `status.csv` says, row by row.

A fault here would be a step that runs for an hour in the one and has no time in the other, or a value that moves
the columns behind it.
"""

from __future__ import annotations

from array import array
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from differential import full, quick
from maestro_cli.study.instances import Step, read_instances
from maestro_cli.views import as_csv
from maestro_cli.views import rows as of_cli
from maestro_conductor.core.study_state import NONE, StudyState
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.states import CANCELLED, FINISHING, NAMES, RUNNING
from maestro_conductor.observers import status_csv as of_conductor
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import read_graph

pytestmark = pytest.mark.once

_NOW = 1_763_800_000_000
_TIMES = (
    st.just(NONE)
    | st.integers(_NOW - 10**10, _NOW + 10**6)
    | st.sampled_from([0, 999, 1000, _NOW, 10**14])
)
_TEXTS = st.text("ab,\";:\r\n' é\udcff", max_size=6)
ROWS = st.fixed_dictionaries(
    {
        "name": _TEXTS,
        "workspace": _TEXTS,
        "parameters": _TEXTS,
        "job": st.none() | _TEXTS,
        "state": st.sampled_from(range(len(NAMES))),
        "submitted": _TIMES,
        "started": _TIMES,
        "ended": _TIMES,
        "restarts": st.integers(0, 2**32 - 1),
    }
)  # fmt: skip
ROW = {
    "name": "a", "workspace": "a", "parameters": "", "job": "1", "state": RUNNING,
    "submitted": _NOW - 5000, "started": _NOW - 5000, "ended": NONE, "restarts": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    return read_graph(make_workspace(tmp_path_factory.mktemp("study"), [StepPlan("a")]))


def agree(graph: Graph, row: dict[str, Any]) -> None:
    graph = attrs.evolve(
        graph,
        names=[row["name"]],
        workspaces=[row["workspace"]],
        parameters=[row["parameters"]],
    )
    state = StudyState(1)
    state.state[0], state.job[0] = row["state"], row["job"]
    for column in ("submitted", "started", "ended"):
        setattr(state, column, array("q", [row[column]]))
    state.restarts[0] = row["restarts"]
    by_conductor = of_conductor.COLUMNS + "".join(of_conductor.rows(graph, state, _NOW, 0, 1))
    shown = of_cli.rows(read_instances(graph, state, [Step("a", 0, 1)]), _NOW)
    by_cli = as_csv.text("S", shown, head=True)
    assert by_cli == "Study," + by_conductor.replace("\n", "\nS,", 1)


@example(ROW)
@example({**ROW, "state": FINISHING})
@example({**ROW, "state": CANCELLED, "started": NONE, "ended": _NOW})
@example({**ROW, "name": "a\rb"})
@example({**ROW, "ended": _NOW - 6000})
@given(ROWS)
@quick
def test_all_copies_agree(graph: Graph, row: dict[str, Any]) -> None:
    agree(graph, row)


@pytest.mark.slow
@given(ROWS)
@full
def test_all_copies_agree_on_many(graph: Graph, row: dict[str, Any]) -> None:
    agree(graph, row)
