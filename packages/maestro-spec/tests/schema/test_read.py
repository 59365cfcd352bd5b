"""A key or a value that is read although it is wrong, or refused without words that help."""

from __future__ import annotations

import pytest

RUN = "study: [{name: a, description: d, run: {cmd: echo, %s}}]"


def found(lint, text):
    return [(p.code, p.where) for p in lint(text)]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("nodes: 1.0", None),
        ("nodes: '4'", None),
        ("nodes: $(A)0", None),
        ("nodes: 0", "MS106"),
        ("nodes: 1.5", "MS104"),
        ("nodes: true", "MS104"),
        ("nodes: [1]", "MS104"),
        ("nodes: null", "MS105"),
        ("nodes: $(WORKSPACE)", "MS104"),
        ("nodes: 99999999999999999999", "MS106"),
        ("gpus: 0", None),
        ("gpus: -1", "MS106"),
        ("walltime: 0", None),
        ("walltime: -5", "MS106"),
        ("walltime: 1.5", "MS104"),
        ("walltime: true", "MS104"),
        ("walltime: ''", "MS105"),
        ("exclusive: true", None),
        ("exclusive: $(A)", "MS513"),
        ("exclusive: {allocation: true}", None),
        ("exclusive: {allocation: true, luncher: true}", "MS102"),
        ("exclusive: 'yes'", "MS104"),
        ("exclusive: [true]", "MS104"),
        ("nested: 1", "MS104"),
        ("priority: EXPEDITED", None),
        ("priority: 0.5", None),
        ("priority: '0.5'", None),
        ("priority: $(A)", None),
        ("priority: 1.5", "MS106"),
        ("priority: urgent", "MS108"),
        ("priority: true", "MS104"),
        ("depends: a", "MS104"),
        ("depends: ~", "MS105"),
        ("reservation: 5", "MS104"),
        ("qos: ''", "MS105"),
        ("retries: 3", None),
        ("retries: -1", "MS106"),
        ("retries: many", "MS104"),
        ("retry pause: 0.5", None),
        ("retry pause: .inf", "MS104"),
        ("retry pause: -1", "MS106"),
        ("exit codes: {success: [0, 256]}", "MS106"),
        ("exit codes: {sucess: [0]}", "MS101"),
        ("allow failure: maybe", "MS104"),
        ("requeue: true", None),
        ("allocation_args: {mem: 5, flag: null}", None),
        ("allocation args: [mem]", "MS104"),
        ("cores_per_task: 2", "MS101"),
    ],
)
def test_keys_of_run(keys, expected, codes):
    env = "env: {variables: {A: 4}}\n"
    assert codes(env + RUN % keys) == ({expected} if expected else set())


def test_ours_may_be_spelt_with_underscores_or_spaces_but_not_both(lint):
    assert found(lint, RUN % "retry_pause: 1, allow_failure: true") == []
    assert found(lint, RUN % "retry_pause: 1, retry pause: 2") == [
        ("MS008", "study[0].run.retry pause")
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (RUN % "depend: [a]", "Did you mean `depends`?"),
        (RUN % "wall_time: 5", "Did you mean `walltime`?"),
        (RUN % "cores-per-task: 5", "Did you mean `cores per task`?"),
        (
            "study: [{name: a, description: d, cmd: echo, run: {cmd: echo}}]",
            "It belongs under `run`.",
        ),
        ("env: {variable: {A: 1}}", "Did you mean `variables`?"),
        ("batch: {ques: q}", "Did you mean `queue`?"),
        ("bach: {type: local}", "Did you mean `batch`?"),
        ("env: {dependencies: {path: []}}", "Did you mean `paths`?"),
    ],
)
def test_unknown_keys_have_a_suggestion(text, hint, lint):
    assert hint in {p.hint for p in lint(text)}


def test_unknown_keys_are_errors_where_upstream_refuses_them_and_warnings_elsewhere(lint):
    text = """\
holder: 1
description: {name: a, description: b, mine: 1}
env: {more: 1, dependencies: {git: [{name: A, path: p, url: u, depth: 1}], spock: 1}}
batch: {foo: 1}
study: [{name: a, description: d, run: {cmd: echo, foo: 1}, bar: 1}]
global.parameters: {P: {values: [1], label: a, foo: 1}}
"""
    unknown = {p.where: p.severity for p in lint(text) if p.code in {"MS101", "MS102"}}
    assert unknown == {
        "holder": "warning",
        "env.more": "error",
        "env.dependencies.git[0].depth": "warning",
        "env.dependencies.spock": "warning",
        "batch.foo": "warning",
        "study[0].run.foo": "error",
        "study[0].bar": "error",
        "global.parameters.P.foo": "error",
    }


@pytest.mark.parametrize(
    "text",
    [
        "description: [a]", "description: {name: a}", "description: {name: 5, description: d}",
        "env:", "env: [a]", "env: {variables: [a]}", "env: {variables: {A: true}}",
        "env: {variables: {A: ''}}", "env: {variables: {A: }}", "env: {variables: {A: 2026-01-01}}",
        "env: {variables: {'': x}}", "env: {sources: [5]}", "env: {labels: }",
        "env: {dependencies: {paths: [{name: A}]}}", "env: {dependencies: {paths: {name: A}}}",
        "env: {dependencies: {git: [{name: A, path: p}]}}",
        "env: {dependencies: {git: [{name: A, path: p, url: u, hash: 12345}]}}",
        "env: {dependencies: {spack: {type: a}}}",
        "batch: text", "batch: {type: 5}", "batch: {queue: [a]}", "batch: {local_slots: 0}",
        "batch: {user_throttle: 0}",
        "study: []", "study: {a: b}", "study: [a]", "study:", "study: [{}]",
        "study: [{name: a, description: d, run: {cmd: [echo]}}]",
        "study: [{name: a, description: d, run: {cmd: yes}}]",
        "study: [{name: a, description: d, run: {}}]",
        "study: [{name: a, description: d, run: echo}]",
        "study: [{name: '', description: d, run: {cmd: echo}}]",
        "global.parameters:", "global.parameters: [a]", "global.parameters: {1: {values: [1], label: a}}",
        "global.parameters: {P: [1, 2]}", "global.parameters: {P: {values: [1]}}",
        "global.parameters: {P: {label: a}}", "global.parameters: {P: {values: 5, label: a}}",
        "global.parameters: {P: {values: [1], label: 5}}", "global.parameters: {P: {values: [1], label: ''}}",
        "global.parameters: {P: {range: {start: 1}, label: a}}",
        "global.parameters: {P: {range: {start: 1, stop: 2}, label: a}}",
        "global.parameters: {P: {range: {start: 1, stop: 2, step: 1, num: 2}, label: a}}",
        "global.parameters: {grid: []}", "global.parameters: {csv: {csv: ''}}",
    ],
)  # fmt: skip
def test_wrong_structure_is_an_error_with_a_place(text, lint):
    errors = [p for p in lint(text) if p.severity == "error"]
    assert errors
    assert all(p.place is not None and p.place.line >= 1 for p in errors)


def test_what_the_batch_block_may_hold_beyond_texts(codes):
    assert codes("batch:") == set()
    assert codes("batch: {type: slurm, host: 5, bank: , queue: 1.5, nodes: '2', gpus: }") == set()


def test_parameters_that_are_called_like_our_keys_are_parameters(lint):
    text = """\
study: [{name: a, description: d, run: {cmd: "$(grid) $(csv)"}}]
global.parameters:
  grid: {values: [1, 2], label: g.%%}
  csv: {values: [3, 4], label: c.%%}
"""
    assert lint(text) == []


def test_the_three_ways_to_write_a_table(lint):
    step = "study: [{name: a, description: d, run: {cmd: '$(SIZE) $(MESH) $(SEED)'}}]\n"
    grid = """\
global.parameters:
  grid:
    - {csv: table.csv, labels: {SIZE: S.%%}}
    - SEED: {range: {start: 1, stop: 2, num: 3}}
"""
    assert lint(step + grid) == []
    assert lint(step.replace(" $(SEED)", "") + "global.parameters: {csv: table.csv}") == []
    assert lint(step.replace(" $(SEED)", "") + "global.parameters: {csv: {csv: table.csv}}") == []


def test_a_bad_row_of_steps_does_not_shift_the_places_of_others(lint):
    text = "study:\n  - 5\n  - {name: a, description: d, run: {cmd: echo, depends: [a]}}\n"
    assert ("MS303", "study[1].run.depends[0]") in found(lint, text)


@pytest.mark.parametrize("key", ["host", "bank", "queue", "reservation", "qos", "uri", "version"])
@pytest.mark.parametrize(("word", "code"), [("no", "MS110"), ("off", "MS110"), ("yes", "MS104")])
def test_a_word_that_yaml_takes_for_a_switch_is_to_be_quoted(lint, key, word, code):
    """`bank: no` is a bank to who wrote it, and no bank to YAML."""
    (problem,) = [p for p in lint(f"batch: {{type: flux, {key}: {word}}}") if p.code != "MS503"]
    assert (problem.code, problem.where) == (code, f"batch.{key}")
    assert problem.hint == f'Put it in quotes: "{word}".'
    assert problem.place.column == len(f"batch: {{type: flux, {key}: ") + 1


def test_a_false_that_is_written_out_says_nothing(lint):
    assert lint("batch: {type: slurm, bank: false, queue: ~, host: 0}") == []


@pytest.mark.parametrize("blank", ["''", "'  '"])
def test_the_type_of_the_batch_block_is_not_blank(lint, blank):
    (problem,) = lint(f"batch: {{type: {blank}}}")
    assert (problem.code, problem.where) == ("MS105", "batch.type")


def test_a_near_miss_of_a_section_is_an_error(lint):
    def messages(text, code):
        return [p.message for p in lint(text) if p.code == code]

    steps = "study: [{name: a, description: d, run: {cmd: echo}}]\n"
    assert messages("global_parameters: {}\n" + steps, "MS101") == [
        "the study file has no key `global_parameters`."
    ]
    assert messages("batches: {}\nbatch: {type: local}\n" + steps, "MS101") == []
    assert messages("batches: {}\nbatch: {type: local}\n" + steps, "MS102") == [
        "`batches` in the study file is ignored."
    ]
    assert messages("x-defaults: {}\n" + steps, "MS101") == []
