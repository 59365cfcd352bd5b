"""A token that is mistyped and passes; or one of the shell's that is taken for a mistake."""

from __future__ import annotations

import pytest

PARAMETERS = "global.parameters:\n"


@pytest.mark.parametrize(
    "command",
    [
        "$(date) $(pwd) $(hostname) $(nproc)", "$((1+1)) $((2 * (3 + 4)))", "$(ls -l) $(cat a | wc -l)",
        "$(basename $PWD)", "${HOME} $HOME $1", "\\$(LATER)", "$(mycommand)", "$(a_script.sh)",
        "$(SIZE) $(SIZE.label) $(SIZE.name) $(A) $(WORKSPACE) $(SPECROOT) $(OUTPUT_PATH)",
        "$($(A)) $(echo $(SIZE))", "awk '{print $(NF-1), $(NF)}' f",
    ],
)  # fmt: skip
def test_tokens_of_the_shell_and_defined_ones_are_no_problem(command, lint):
    text = f"""\
env: {{variables: {{A: x}}}}
global.parameters: {{SIZE: {{values: [1, 2], label: S.%%}}}}
study:
  - name: a
    description: $(SIZE)
    run:
      cmd: |
        {command}
"""
    assert lint(text) == []


@pytest.mark.parametrize(
    ("command", "code", "hint"),
    [
        ("$(SIZ)", "MS401", "Did you mean $(SIZE)?"),
        ("$(size)", "MS401", "Did you mean $(SIZE)?"),
        ("$(WORSPACE)", "MS401", "Did you mean $(WORKSPACE)?"),
        ("$(HOME)", "MS401", "For a variable of the shell write ${HOME}."),
        ("$(SIZE.lable)", "MS402", "Write $(SIZE) for the value."),
        ("$(SIZ.label)", "MS402", "Did you mean $(SIZE.label)?"),
        ("$(A.label)", "MS402", None),
        ("$(aa.workspace)", "MS403", "Did you mean $(a.workspace)?"),
    ],
)
def test_tokens_that_nothing_defines(command, code, hint, lint):
    text = f"""\
env: {{variables: {{A: x}}}}
global.parameters: {{SIZE: {{values: [1, 2], label: S.%%}}}}
study:
  - name: a
    description: $(SIZE)
    run:
      cmd: |
        echo one
        echo {command}
"""
    (problem,) = lint(text)
    assert (problem.code, problem.hint) == (code, hint)
    assert (problem.place.line, problem.place.column) == (10, 14)


def test_the_parameters_of_a_pgen_file_can_be_named(codes, step, study):
    text = study(step("a", "cmd: $(SIZE) $(SIZE.label)"))
    assert codes(text) == {"MS401", "MS402"}
    assert codes(text, parameters=["SIZE"]) == set()
    assert codes(text, parameters=["OTHER"]) == {"MS205", "MS401", "MS402"}


def test_tokens_where_they_have_no_effect(lint):
    text = """\
description: {name: x_$(SIZE), description: d}
batch: {type: local, shell: /bin/$(SIZE)}
env: {dependencies: {paths: [{name: D, path: $(SIZE)}]}}
global.parameters: {SIZE: {values: [1, 2], label: S.%%}}
study:
  - {name: a$(SIZE), description: $(WORKSPACE), run: {cmd: $(SIZE)}}
"""
    assert [(p.code, p.where) for p in lint(text)] == [
        ("MS407", "description.name"),
        ("MS407", "batch.shell"),
        ("MS407", "env.dependencies.paths[0].path"),
        ("MS407", "study[0].name"),
        ("MS407", "study[0].description"),
    ]


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("$(M)", "MS401"),
        ("$(n)", "MS401"),
        ("$(Temp)", "MS401"),
        ("$(make.worksapce)", "MS403"),
        ("$(mkae.worksapce)", "MS403"),
        ("$(make.Workspace)", "MS403"),
        ("$(make.sh)", None),
        ("$(other.worksapce)", None),
        ("$(date)", None),
        ("$(nproc)", None),
        ("$(x)", None),
        ("awk '{print $(NF)}'", None),
    ],
)
def test_tokens_that_nobody_defines(codes, token, code, step, study):
    text = PARAMETERS + "  N: {values: [1, 2], label: N.%%}\n"
    steps = study(
        step("make", "cmd: echo $(N)"), step("b", f'cmd: "ls {token}", depends: [make_*]')
    )
    assert codes(text + steps) == ({code} if code else set())
