"""A study, of all that can be drawn, whose expansion breaks a rule that holds for each."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgpack
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maestro_graph import Graph, expand, write_graph

NAMES = ["a", "b", "b_c", "d e", "f.g", "h+i", "h-i", "x(y)"]
PARAMETERS = ["P", "Q", "LONG"]
VALUES = (
    st.integers()
    | st.floats()
    | st.booleans()
    | st.text(st.characters(codec="utf-8"), max_size=5)
    | st.sampled_from(
        ["1e+5", "1e5", "50%", "50", "a b", "a_b", "", ".", "..", "/", "$(V)", "$(P)"]
    )
)
TOKENS = [
    "$(V)",
    "$(W)",
    "$(L)",
    "$(WORKSPACE)",
    "$(OUTPUT_PATH)",
    "$(SPECROOT)",
    "$(LAUNCHER)[2p]",
]
SHELL = ["$(date)", "$((1+2))", "${HOME}", "$(cat x)", "text", "$(", ")"]


@st.composite
def studies(draw: st.DrawFn, make: Any) -> Any:
    """Any study whose dependencies lead backwards, in any order in the file."""
    rows = draw(st.integers(1, 4))
    used = draw(st.lists(st.sampled_from(PARAMETERS), unique=True))
    columns = [
        make.column(
            name,
            # $(P) may stand in the values of others, not in its own.
            draw(st.lists(VALUES, min_size=rows, max_size=rows)),
            label=draw(st.sampled_from([None, "%%", f"{name} %%", "same"])),
        )
        for name in used
    ]
    for column in columns:
        if column["name"] == "P" or "P" not in used:
            column["values"] = ["x" if value == "$(P)" else value for value in column["values"]]
    tokens = TOKENS + [f"$({name}{part})" for name in used for part in ("", ".label", ".name")]
    steps = []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True)):
        earlier = [step["name"] for step in steps]
        depends = [
            other + draw(st.sampled_from(["", "_*", "*"]))
            for other in draw(
                st.lists(st.sampled_from(earlier), unique=True) if earlier else st.just([])
            )
        ]
        words = tokens + SHELL + [f"$({other}.workspace)" for other in [*earlier, name]]
        text = st.lists(st.sampled_from(words), max_size=5).map(" ".join)
        steps.append(
            make.step(name, draw(text) + " #", *depends, restart=draw(st.none() | text) or None)
        )
    return make.spec(
        *draw(st.permutations(steps)),
        parameters=[{"columns": columns, "csv": None}] if columns else [],
        variables={"V": "v", "W": "$(V)/w"},
        labels={"L": f"l_$({used[0]})" if used else "l"},
    )


def for_all_studies(test: Callable[[Any, Graph], None]) -> Any:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(data=st.data(), hashws=st.booleans())
    def run(make: Any, data: st.DataObject, hashws: bool) -> None:
        document = data.draw(studies(make))
        test(document, expand(document, root="/w", hash_workspaces=hashws))

    return run


@for_all_studies
def test_instances_have_folders_of_their_own(document: Any, graph: Graph) -> None:
    folders = [instance.workspace for instance in graph.instances]
    assert len(set(folders)) == len(folders)
    for folder in folders:
        parts = folder.split("/")
        assert len(parts) <= 2
        assert all(part.strip(".") and " " not in part for part in parts)


@for_all_studies
def test_edges_point_backwards_to_instances(document: Any, graph: Graph) -> None:
    for position, instance in enumerate(graph.instances):
        assert instance.index == position
        assert all(0 <= need < position for need in instance.needs)
        assert list(instance.needs) == sorted(set(instance.needs))
        assert all(0 <= group < instance.step for group in instance.groups)


@for_all_studies
def test_steps_cover_the_instances(document: Any, graph: Graph) -> None:
    following = 0
    for index, step in enumerate(graph.steps):
        assert step.index == index
        assert step.first == following
        following += step.count
        for instance in graph.instances[step.first : following]:
            assert instance.step == index
            assert tuple(value.name for value in instance.parameters) == step.parameters
            assert instance.workspace.split("/")[0] == step.workspace
    assert following == len(graph.instances)
    assert len(list(graph.instances)) == following


@for_all_studies
def test_no_token_of_ours_is_left_but_that_of_the_folder(document: Any, graph: Graph) -> None:
    names = [*PARAMETERS, "V", "W", "L", "WORKSPACE", "SPECROOT"]
    known = set(graph.parameters) | set(names[3:])
    known |= {f"{name}{part}" for name in graph.parameters for part in (".label", ".name")}
    known |= {f"{step.name}.workspace" for step in graph.steps}
    ours = re.compile(r"\$\((" + "|".join(map(re.escape, sorted(known, key=len)[::-1])) + r")\)")
    for instance in graph.instances:
        for text in (instance.command, instance.restart or ""):
            assert not ours.search(text), text


@for_all_studies
def test_shell_text_stays(document: Any, graph: Graph) -> None:
    written = {step["name"]: step["command"] for step in document["steps"]}
    for instance in graph.instances:
        before = written[graph.steps[instance.step].name]
        for word in ("$(date)", "$((1+2))", "${HOME}", "$(cat x)", "$(LAUNCHER)[2p]"):
            assert instance.command.count(word) >= before.count(word)
        assert instance.command.endswith(" #")


@for_all_studies
def test_a_step_waits_for_what_it_lists(document: Any, graph: Graph) -> None:
    by_name = {step.name: step for step in graph.steps}
    listed = {step["name"]: step["depends"] for step in document["steps"]}
    for instance in graph.instances:
        step = graph.steps[instance.step]
        waited = {graph.steps[graph.instances[need].step].name for need in instance.needs}
        funnels = {graph.steps[group].name for group in instance.groups}
        for written in listed[step.name]:
            if "*" in written:
                assert re.sub(r"_\*|\*", "", written) in funnels
            else:
                assert written in waited
                assert set(by_name[written].parameters) <= set(step.parameters)


@for_all_studies
def test_expansion_is_deterministic(document: Any, graph: Graph) -> None:
    again = expand(document, root="/w", hash_workspaces=graph.hashws)
    assert again.steps == graph.steps
    assert list(map(repr, again.instances)) == list(map(repr, graph.instances))


def test_the_order_of_sets_does_not_show(make: Any, tmp_path: Path) -> None:
    document = make.spec(
        *(make.step(name, "$(P)") for name in NAMES),
        make.step("last", "x", *(f"{name}_*" for name in NAMES)),
        parameters={"P": [1, 2]},
    )
    code = (
        "import sys, msgpack, maestro_graph as m;"
        "m.write_graph(m.expand(msgpack.unpackb(sys.stdin.buffer.read())), sys.argv[1])"
    )
    contents = set()
    for seed in ("0", "1", "2"):
        path = tmp_path / seed
        subprocess.run(
            [sys.executable, "-c", code, path],
            input=msgpack.packb(document),
            env={"PYTHONHASHSEED": seed},
            check=True,
        )
        contents.add(path.read_bytes())
    assert len(contents) == 1


def test_a_funnel_of_3000_behind_3000_is_small(make: Any, tmp_path: Any) -> None:
    rows = list(range(3000))
    graph = expand(
        make.spec(
            make.step("a", "$(P)"),
            make.step("b", "$(P)", "a_*"),
            parameters={"P": rows},
        )
    )
    write_graph(graph, tmp_path / "graph")
    assert (tmp_path / "graph").stat().st_size < 3_000_000
    assert graph.instances[-1].groups == (0,)
    assert graph.instances[-1].needs == ()
