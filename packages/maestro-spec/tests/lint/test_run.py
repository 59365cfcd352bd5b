"""A rule that is not run, a problem of reading that gets lost, or a report without end."""

from __future__ import annotations

from maestro_spec.lint.rules import RULES
from maestro_spec.lint.run import MOST_OF_ONE_CODE


def test_each_module_of_rules_is_run(repository):
    folder = repository / "packages/maestro-spec/src/maestro_spec/lint/rules"
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert {rule.__module__.rpartition(".")[2] for rule in RULES} == modules
    assert len(RULES) == len(modules)


def test_what_was_noted_while_reading_is_reported_in_the_order_of_the_file(lint):
    text = "batch: {foo: 1, type: slrum}\nenv: {variables: {A: 24:00:00}}\n"
    assert [p.code for p in lint(text)] == ["MS102", "MS502", "MS111"]


def test_no_more_than_a_thousand_problems_of_one_code(lint):
    depends = ", ".join(f"gone{number}" for number in range(MOST_OF_ONE_CODE + 10))
    text = f"study: [{{name: a, description: d, run: {{cmd: x, depends: [{depends}]}}}}]\n"
    assert [p.code for p in lint(text)].count("MS302") == MOST_OF_ONE_CODE
