"""A study that is expanded into other instances, edges, workspaces or commands than it means."""

from typing import Any

import pytest

from maestro_graph import Graph, ParameterGenerator, TokenError, TopologyError, expand
from maestro_graph.model.generator import table_of


def instances(graph: Graph) -> dict[str, Any]:
    return {instance.name: instance for instance in graph.instances}


def needs(graph: Graph, name: str) -> set[str]:
    return {graph.instances[index].name for index in instances(graph)[name].needs}


def test_plain_steps(make: Any) -> None:
    graph = expand(
        make.spec(
            make.step("a", "touch $(WORKSPACE)/x"),
            make.step("b", "cat $(a.workspace)/x > $(OUTPUT_PATH)/y # $(SPECROOT)", "a"),
        ),
        root="/w",
    )
    first, second = graph.instances
    assert (first.name, first.workspace, first.script, first.label) == ("a", "a", "a", "a")
    assert first.command == "touch $(OUTPUT_PATH)/a/x"
    assert second.command == "cat $(OUTPUT_PATH)/a/x > $(OUTPUT_PATH)/y # /studies"
    assert second.needs == (0,)
    assert [step.first for step in graph.steps] == [0, 1]


def test_parameters_make_instances(make: Any) -> None:
    graph = expand(
        make.spec(
            make.step("make", "echo $(SIZE) $(SIZE.label) $(SIZE.name)"),
            make.step("run", "cat $(make.workspace)/x", "make"),
            make.step("plot", "ls $(run.workspace)", "run_*"),
            parameters={"SIZE": [10, 20], "UNUSED": [1, 2]},
        ),
        root="/w",
    )
    assert list(instances(graph)) == [
        "make_SIZE.10",
        "make_SIZE.20",
        "run_SIZE.10",
        "run_SIZE.20",
        "plot",
    ]
    by_name = instances(graph)
    assert by_name["make_SIZE.20"].command == "echo 20 SIZE.20 SIZE"
    assert by_name["run_SIZE.20"].command == "cat $(OUTPUT_PATH)/make/SIZE.20/x"
    assert by_name["run_SIZE.20"].workspace == "run/SIZE.20"
    assert [tuple(value) for value in by_name["run_SIZE.20"].parameters] == [
        ("SIZE", 20, "SIZE.20")
    ]
    assert needs(graph, "run_SIZE.20") == {"make_SIZE.20"}
    assert by_name["plot"].command == "ls $(OUTPUT_PATH)/run"
    assert by_name["plot"].needs == ()
    assert by_name["plot"].groups == (1,)


def test_workspace_token_adds_the_edge(make: Any) -> None:
    graph = expand(
        make.spec(
            make.step("late", "cat $(early.workspace)/x"),
            make.step("early", "echo $(P)"),
            parameters={"P": [1, 2]},
        )
    )
    assert [step.name for step in graph.steps] == ["early", "late"]
    assert needs(graph, "late_P.2") == {"early_P.2"}


def test_workspace_token_in_restart_counts(make: Any) -> None:
    graph = expand(
        make.spec(
            make.step("a", "echo $(P)"),
            make.step("b", "true", restart="cat $(a.workspace)/x"),
            parameters={"P": [1, 2]},
        ),
        root="/w",
    )
    assert instances(graph)["b_P.2"].restart == "cat $(OUTPUT_PATH)/a/P.2/x"


def test_funnel_forms(make: Any) -> None:
    for written in ("a_*", "a*"):
        graph = expand(
            make.spec(
                make.step("a", "$(P)"),
                make.step("b", "$(Q)", written),
                parameters={"P": [1, 2], "Q": [3, 4]},
            )
        )
        assert instances(graph)["b_Q.3"].groups == (0,)
        assert instances(graph)["b_Q.3"].needs == ()


def test_the_workspace_is_the_output_path(make: Any) -> None:
    spec = make.spec(make.step("s", "$(OUTPUT_PATH)"), variables={"OUTPUT_PATH": "./elsewhere"})
    graph = expand(spec, root="/w/")
    assert (graph.root, graph.instances[0].command) == ("/w", "$(OUTPUT_PATH)")
    assert expand(spec).root == "/studies/study"


@pytest.mark.parametrize(
    "step",
    [
        {"description": "$(P)"},
        {"restart": "$(P.label)"},
        {"pre": "$(P.name)"},
        {"post": "$(P.anything)"},
        {"resources": {"bind": "$(P)"}},
        {"resources": {"launcher_args": {"a": ["$(P)"]}}},
    ],
)
def test_every_text_of_a_step_counts(make: Any, step: dict[str, Any]) -> None:
    graph = expand(make.spec(make.step("s", "x", **step), parameters={"P": [1, 2], "PP": [3, 4]}))
    assert [instance.name for instance in graph.instances] == ["s_P.1", "s_P.2"]


def test_values_of_values_count(make: Any) -> None:
    graph = expand(
        make.spec(
            make.step("s", "$(P)"),
            parameters={"P": ["$(Q)"] * 2, "Q": ["<$(R)>"] * 2, "R": [1, 2]},
        )
    )
    assert [instance.command for instance in graph.instances] == ["<1>", "<2>"]


def test_shell_substitutions_stay(make: Any) -> None:
    command = "x=$(date +%s); y=$((1+2)); z=$(cat $(P)/f); ${HOME} $(LAUNCHER)[2p] $(P.other)"
    graph = expand(make.spec(make.step("s", command), parameters={"P": ["p"]}))
    assert graph.instances[0].command == command.replace("$(P)", "p")


def test_variables_to_any_depth(make: Any) -> None:
    graph = expand(
        make.spec(
            make.step("s", "$(L) $(A)"),
            variables={"A": "$(B)/a", "B": "$(C)/b", "C": "$(OUTPUT_PATH)", "N": 3},
            labels={"L": "$(M)-$(P)", "M": "$(A)$(N)"},
            parameters={"P": [7]},
        ),
        root="/w",
    )
    assert graph.instances[0].command == "$(OUTPUT_PATH)/b/a3-7 $(OUTPUT_PATH)/b/a"


def test_a_variable_may_stand_for_the_parameter_of_its_name(make: Any) -> None:
    spec = make.spec(
        make.step("a", "echo $(OUT) $(P) $(P.label)"),
        parameters={"P": [1, 2]},
        variables={"P": "$(P)"},
        labels={"OUT": "o_$(P)"},
    )
    graph = expand(spec, root="/w")
    assert [each.command for each in graph.instances] == ["echo o_1 1 P.1", "echo o_2 2 P.2"]


def test_a_variable_that_stands_for_itself_needs_the_parameter(make: Any) -> None:
    step = make.step("a", "echo $(P)")
    spec = make.spec(step, parameters={"Q": [1]}, variables={"P": "$(P)"})
    with pytest.raises(TokenError, match="P stands for itself, and no parameter is called P"):
        expand(spec, root="/w")


def test_cyclic_variables_are_refused(make: Any) -> None:
    with pytest.raises(TokenError, match=r"\$\(A\), \$\(B\) cannot be resolved"):
        expand(make.spec(make.step("s", "x"), variables={"A": "$(B)", "B": "$(A)"}))


def test_tokens_in_values_are_resolved(make: Any) -> None:
    graph = expand(
        make.spec(
            make.step("first", "true"),
            make.step("s", "run $(IN)"),
            variables={"DATA": "/data"},
            parameters={"IN": ["$(DATA)/$(N)", "$(first.workspace)/x"], "N": [1, 2]},
        ),
        root="/w",
    )
    assert [each.command for each in graph.instances[1:]] == [
        "run /data/1",
        "run $(OUTPUT_PATH)/first/x",
    ]
    assert graph.instances[1].needs == (0,)


def test_values_that_build_a_token(make: Any) -> None:
    graph = expand(
        make.spec(
            make.step("s", "run $(DATA_$(CASE))"),
            variables={"DATA_a": "x", "DATA_b": "y"},
            parameters={"CASE": ["a", "b"]},
        )
    )
    assert [each.command for each in graph.instances] == ["run x", "run y"]


def test_a_token_that_begins_before_its_value(make: Any) -> None:
    graph = expand(
        make.spec(
            make.step("s", "$$(P) $(V$(Q) 100% $(date +%s) $(cat $(R)/x)"),
            variables={"V1": "one", "A": "$(V1)"},
            parameters={"P": ["(A)"], "Q": ["1)"], "R": ["%s"]},
        )
    )
    assert graph.instances[0].command == "one one 100% $(date +%s) $(cat %s/x)"


def test_values_that_grow_without_end(make: Any) -> None:
    with pytest.raises(TokenError, match="replaced without end"):
        expand(make.spec(make.step("s", "$(P)"), parameters={"P": ["$(Q))"], "Q": ["$(P"]}))


def test_cyclic_values_are_refused(make: Any) -> None:
    with pytest.raises(TokenError, match="cannot be resolved"):
        expand(make.spec(make.step("s", "$(P)"), parameters={"P": ["$(Q)"], "Q": ["$(P)"]}))


@pytest.mark.parametrize(
    ("steps", "error", "message"),
    [
        ([("a", "x", "b")], TopologyError, "depends on b, which is no step"),
        ([("a", "x", "b"), ("b", "x", "c"), ("c", "x", "a")], TopologyError, "wait for each other"),
        ([("a", "x", "a")], TopologyError, "a → a"),
        ([("a", "x"), ("a", "y")], TopologyError, "two steps have the name a"),
        ([("a", "$(b.workspace)")], TokenError, "but b is no step"),
        ([("a", "x"), ("b", "$($(N).workspace)")], TokenError, "known too late"),
    ],
)
def test_refused(make: Any, steps: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        expand(make.spec(*(make.step(*step) for step in steps)))


def test_a_cycle_through_a_workspace_token(make: Any) -> None:
    with pytest.raises(TopologyError, match="wait for each other"):
        expand(make.spec(make.step("a", "$(b.workspace)"), make.step("b", "x", "a")))


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("$$(OUTPUT_PATH) \\$(OUTPUT_PATH)", "$$(OUTPUT_PATH) \\$(OUTPUT_PATH)"),
        ("$(cat $(OUTPUT_PATH)/x)", "$(cat $(OUTPUT_PATH)/x)"),
        ("$($(NAME))", "$(OUTPUT_PATH)"),
        ("$(OUT$(REST)", "$(OUTPUT_PATH)/y"),
        ("$(DATA)", "$(OUTPUT_PATH)/1/in"),
        ("$(INSIDE) $(OUTSIDE) $(TYPED)", "$(OUTPUT_PATH)/b /w/beside /w/study/typed"),
    ],
)
def test_the_folder_is_named_by_its_token(make: Any, text: str, filled: str) -> None:
    spec = make.spec(
        make.step("s", text),
        variables={"TYPED": "/w/study/typed"},
        labels={"DATA": "$(OUTPUT_PATH)/$(P)/in"},
        paths=[
            {"name": "INSIDE", "path": "$(OUTPUT_PATH)/a/../b"},
            {"name": "OUTSIDE", "path": "$(OUTPUT_PATH)/../beside"},
        ],
        parameters={"P": [1], "NAME": ["OUTPUT_PATH"], "REST": ["PUT_PATH)/y"]},
    )
    assert expand(spec, root="/w/study").instances[0].command == filled


def test_a_parameter_of_the_name_of_the_folder_is_not_used_by_naming_that(make: Any) -> None:
    spec = make.spec(
        make.step("s", "$(OUTPUT_PATH)"),
        make.step("t", "$(OUTPUT_PATH.label)"),
        parameters={"OUTPUT_PATH": ["$(OUTPUT_PATH)/x", 2]},
    )
    commands = [instance.command for instance in expand(spec).instances]
    assert commands == ["$(OUTPUT_PATH)", "OUTPUT_PATH.$(OUTPUT_PATH)/x", "OUTPUT_PATH.2"]


def test_a_path_that_a_generator_gives_back_is_named_by_the_token(make: Any) -> None:
    generator = ParameterGenerator()
    values = ["/w", "/w/in", "/w2", "see /w", "$(OUTPUT_PATH)/x"]
    generator.add_parameter("P", values, [f"P.{number}" for number in range(5)])
    graph = expand(make.spec(make.step("s", "$(P)")), table_of(generator), root="/w")
    folder = "$(OUTPUT_PATH)"
    given = [instance.command for instance in graph.instances]
    assert given == [folder, f"{folder}/in", "/w2", "see /w", f"{folder}/x"]
    assert [instance.parameters[0].value for instance in graph.instances] == values
