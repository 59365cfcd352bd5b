"""The rules, beyond the example that each code has in explanations.yaml."""

from __future__ import annotations

import pytest


def step(name, run, description="d"):
    return f"  - {{name: {name}, description: {description}, run: {{{run}}}}}\n"


def study(*steps):
    return "study:\n" + "".join(steps)


def messages(lint, text, code, **options):
    return [p.message for p in lint(text, **options) if p.code == code]


# Names and the graph


def test_the_order_of_steps_never_matters(lint):
    steps = [
        step("a", "cmd: echo"),
        step("b", "cmd: ls $(a.workspace), depends: [a]"),
        step("c", "cmd: ls $(b.workspace), depends: [b]"),
    ]
    assert lint(study(*steps)) == lint(study(*reversed(steps))) == []


def test_a_cycle_is_printed_as_it_goes(lint):
    text = study(
        step("c", "cmd: x, depends: [a]"),
        step("a", "cmd: x, depends: [b]"),
        step("b", "cmd: x, depends: [c_*]"),
        step("d", "cmd: x, depends: [a]"),
    )
    assert messages(lint, text, "MS304") == ["These steps wait for each other: a → b → c → a."]


def test_a_workspace_that_is_waited_for_through_others_is_no_problem(lint):
    text = study(
        step("a", "cmd: x"),
        step("b", "cmd: x, depends: [a]"),
        step("c", "cmd: ls $(a.workspace), depends: [b]"),
    )
    assert lint(text) == []


def test_a_workspace_through_a_variable_is_a_dependency_too(codes):
    env = "env: {variables: {IN: $(a.workspace)/in}}\n"
    steps = [step("a", "cmd: ls $(b.workspace), depends: [b]"), step("b", "cmd: ls $(IN)")]
    assert "MS304" in codes(env + study(*steps))


def test_dependencies_may_be_named_by_variables(lint):
    env = "env: {variables: {FIRST: a}}\n"
    assert lint(env + study(step("a", "cmd: x"), step("b", "cmd: x, depends: [$(FIRST)]"))) == []
    found = messages(lint, env + study(step("b", "cmd: x, depends: [$(FIRST)]")), "MS302")
    assert found == ["`b` depends on `a`, which is no step."]


@pytest.mark.parametrize("name", ["logs", "meta", "status.csv", "batch.info", ".maestro", "lo~gs"])
def test_names_that_the_workspace_needs(name, codes):
    assert codes(study(step(f"'{name}'", "cmd: x"))) == {"MS307"}


@pytest.mark.parametrize("name", ["..", ".", "a/b", "../x", "日本", "x" * 201])
def test_names_that_make_no_folder_as_they_are(name, codes):
    assert codes(study(step(f"'{name}'", "cmd: x"))) == {"MS308"}
    assert codes(f"description: {{name: '{name}', description: d}}") == {"MS308"}


def test_a_step_that_is_unreadable_hides_no_names_of_others(codes):
    text = study(step("a", "cmd: 5"), step("b", "cmd: x, depends: [a]"))
    assert codes(text) == {"MS104"}


# Parameters


PARAMETERS = "global.parameters:\n"


def test_values_that_differ_only_as_texts_are_the_same(codes):
    text = PARAMETERS + "  P: {values: [1, '1', 2], label: P.%%}\n"
    assert codes(text + study(step("a", "cmd: $(P)"))) == set()


def test_labels_are_joined_before_they_are_compared(codes):
    table = (
        PARAMETERS + "  P: {values: [a.b, a], label: '%%'}\n  Q: {values: [c, b.c], label: '%%'}\n"
    )
    assert codes(table + study(step("s", "cmd: $(P) $(Q)"))) == {"MS203"}


def test_only_the_parameters_that_a_step_uses_tell_its_rows_apart(lint):
    table = PARAMETERS + "  P: {values: [1, 2], label: P}\n  Q: {values: [1, 2], label: Q.%%}\n"
    both, one = step("both", "cmd: $(P) $(Q)"), step("one", "cmd: $(P)")
    assert [p.code for p in lint(table + study(both))] == ["MS202"]
    (problem,) = lint(table + study(both, one))
    assert (problem.code, problem.where) == ("MS203", "global.parameters.P.label")
    assert "`one`" in problem.message
    # A step inherits the parameters of those it depends on.
    assert [
        p.code for p in lint(table + study(both, step("one", "cmd: $(P), depends: [both]")))
    ] == ["MS202"]


def test_parameters_are_used_through_labels_dependencies_and_workspaces(lint):
    text = """\
env: {labels: {ONE: x$(TWO), TWO: y$(P.label)}}
global.parameters: {P: {values: [1, 2], label: P.%%}}
"""
    assert (
        lint(text + study(step("a", "cmd: echo $(ONE)"), step("b", "cmd: x, depends: [a_*]"))) == []
    )


def test_rows_of_a_grid_are_compared_as_a_product(codes):
    text = """\
global.parameters:
  grid:
    - P: {values: [a, a.b], label: '%%'}
    - Q: {values: [b.c, c], label: '%%'}
"""
    assert codes(text + study(step("s", "cmd: $(P) $(Q)"))) == {"MS203"}


def test_a_list_of_labels(codes):
    step_ = study(step("a", "cmd: $(P)"))
    assert codes(PARAMETERS + "  P: {values: [1, 2], label: [one, two]}\n" + step_) == set()
    assert codes(PARAMETERS + "  P: {values: [1, 2], label: [one]}\n" + step_) == {"MS201"}
    assert codes(PARAMETERS + "  P: {values: [1, 2], label: [one, one]}\n" + step_) == {"MS203"}


@pytest.mark.parametrize(
    ("range_", "code"),
    [
        ("start: 0, stop: 1, step: 0.1", None),
        ("start: 1, stop: 0, step: -1", None),
        ("start: 0, stop: 1, num: 1", None),
        ("start: 0, stop: 1, step: 0", "MS208"),
        ("start: 0, stop: 1, step: -1", "MS208"),
        ("start: 0, stop: 1.0e+30, step: 1", "MS208"),
        ("start: 0, stop: 1, num: 0", "MS106"),
        ("start: 0, stop: .nan, num: 2", "MS104"),
    ],
)
def test_ranges(range_, code, codes):
    text = PARAMETERS + f"  P: {{range: {{{range_}}}}}\n" + study(step("a", "cmd: $(P)"))
    assert codes(text) == ({code} if code else set())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "it is empty"),
        ("A,A\n1,2\n", "the same name"),
        ("A,\n1,2\n", "column 2 has no name"),
        ("A,B\n1\n", "row 2 has 1 cells"),
        ('A\n"x\n', "unexpected end"),
        ("A\n\xff\n", "decode"),
    ],
)
def test_tables_that_cannot_be_used(content, says, lint, tmp_path):
    (tmp_path / "bad.csv").write_bytes(content.encode("latin-1"))
    (found,) = messages(lint, PARAMETERS + "  csv: bad.csv\n", "MS209")
    assert says in found


def test_a_table_without_the_column_that_is_labelled(lint):
    text = PARAMETERS + "  csv: {csv: table.csv, labels: {NOPE: '%%'}}\n"
    assert messages(lint, text, "MS209") == ["The table table.csv has no column `NOPE`."]


# Tokens


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


def test_the_parameters_of_a_pgen_file_can_be_named(codes):
    text = study(step("a", "cmd: $(SIZE) $(SIZE.label)"))
    assert codes(text) == {"MS401", "MS402"}
    assert codes(text, parameters=["SIZE"]) == set()
    assert codes(text, parameters=["OTHER"]) == {"MS205", "MS401", "MS402"}


def test_parameters_of_a_pgen_file_are_checked_by_their_names(lint):
    text = "env: {variables: {SIZE: 5}}\n" + study(step("a", "cmd: $(SIZE) $(SEED)"))
    found = [(p.code, p.place) for p in lint(text, parameters=["SIZE", "SEED", "MESH"])]
    assert sorted(found) == [("MS205", None), ("MS206", None)]


def test_a_pgen_file_replaces_the_table_of_the_study(codes):
    text = PARAMETERS + "  P: {values: [1, 2], label: P}\n" + study(step("a", "cmd: $(P)"))
    assert codes(text) == {"MS203"}
    assert codes(text, parameters=["P"]) == set()


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


def test_variables_nested_to_any_depth(lint):
    chain = ", ".join(f"V{n}: x$(V{n + 1})" for n in range(200))
    text = f"env: {{variables: {{{chain}, V200: end}}}}\n" + study(step("a", "cmd: $(V0)"))
    assert lint(text) == []


def test_a_variable_may_stand_for_the_parameter_of_its_name(codes, lint):
    env = "env: {variables: {P: $(P)}, labels: {OUT: o_$(P)}}\n"
    steps = study(step("a", "cmd: echo $(OUT)"))
    assert codes(PARAMETERS + "  P: {values: [1, 2], label: P.%%}\n" + env + steps) == set()
    assert codes(env + steps, parameters=["P"]) == set()
    assert messages(lint, env + steps, "MS404") == [
        "`P` stands for itself, and no parameter is called `P`."
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        "P: {values: [x$(P), y], label: P.%%}",
        "P: {values: [y, x$(P)], label: [a, b]}",
        "P: {values: [1, 2], label: P.%%.$(P.label)}",
        "P: {values: [$(V)], label: P.1}",
        "P: {values: [$(Q)], label: P.1}\n  Q: {values: [$(P)], label: Q.1}",
    ],
)
def test_parameters_that_lead_back_to_themselves(codes, parameters):
    text = f"env: {{variables: {{V: $(P)}}}}\n{PARAMETERS}  {parameters}\n"
    assert "MS404" in codes(text + study(step("a", "cmd: echo $(P)")))


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ("a_P.1", "MS310"),
        ("a_P.3", None),
        ("a_P", None),
    ],
)
def test_a_step_called_like_an_instance(codes, other, code):
    text = PARAMETERS + "  P: {values: [1, 2], label: P.%%}\n"
    found = codes(text + study(step(other, "cmd: echo"), step("a", "cmd: echo $(P)")))
    assert found == ({code} if code else set())


def test_instances_of_two_steps_with_one_name(codes):
    table = "  P: {values: [1], label: x_%%}\n  Q: {values: [1], label: Q}\n"
    text = PARAMETERS + "  P: {values: [x_1, '1'], label: '%%'}\n"
    steps = study(step("a", "cmd: echo $(P)"), step("a_x", "cmd: echo $(P)"))
    assert "MS310" in codes(text + steps)
    assert "MS310" not in codes(PARAMETERS + table + steps)


def test_a_cycle_of_variables_is_printed(lint):
    text = "env: {variables: {A: $(B), B: $(C)}, labels: {C: $(A)}}\n"
    assert messages(lint, text, "MS404") == [
        "These names contain each other: $(A) → $(B) → $(C) → $(A)."
    ]


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("cmd: '$(LAUNCHER)[2p] a; $(LAUNCHER)[2p] b', procs: 4", None),
        ("cmd: '$(LAUNCHER)[2p] a; $(LAUNCHER)[3p] b', procs: 4", "MS406"),
        ("cmd: '$(LAUNCHER)[3n, 1p] a', procs: 4, nodes: 2", "MS406"),
        ("cmd: '$(LAUNCHER)[8p] a', procs: $(P)", None),
        ("cmd: '$(LAUNCHER)[8p] a', nodes: 1", None),
        ("cmd: x, restart: '$(LAUNCHER)[8p] a', procs: 4", "MS406"),
        ("cmd: '$(LAUNCHER) [ -f x ]', procs: 4", None),
    ],
)
def test_launchers(keys, code, codes):
    text = "global.parameters: {P: {values: [1, 2], label: P.%%}}\n"
    text += study(step("a", keys, description="$(P)"))
    assert codes(text) == ({code} if code else set())


# Values and the batch block

SLURM = "batch: {type: slurm, host: h, bank: b, queue: q}\n"


@pytest.mark.parametrize(
    ("walltime", "code"),
    [
        ("90", None), ("24:00:00", None), ("2-00:00:00", None), ("30s", None), ("inf", None),
        ("'10:00'", "MS506"), ("10:00", "MS506"), ("soon", "MS504"), ("1:2:3:4", "MS504"),
        ("$(W)", "MS504"), ("$(T)", None), ("$(E)", None), ("$(T)0", None), ("0h", None), ("00", None),
        (".5h", None), ("'90 '", None), ("UNLIMITED", None), ("Infinite", None), ("1-00:00:00", None),
    ],
)  # fmt: skip
def test_walltimes_of_scheduled_steps(walltime, code, codes):
    env = "env: {variables: {W: soon, T: 90, E: ' '}}\n"
    text = SLURM + env + study(step("a", f"cmd: x, procs: 1, walltime: {walltime}"))
    assert codes(text) == ({code} if code else set())


@pytest.mark.parametrize(
    ("kind", "codes_"),
    [
        ("local", set()), ("slurm", set()), ("lsf", set()), ("flux", set()),
        ("gridengine", {"MS502"}),
    ],
)  # fmt: skip
def test_banks_queues_and_hosts_may_be_left_out(kind, codes_, codes):
    assert codes(f"batch: {{type: {kind}}}") == codes_


@pytest.mark.parametrize(
    ("kind", "walltime", "code"),
    [
        ("lsf", "UNLIMITED", "MS504"), ("lsf", "infinite", "MS504"), ("lsf", "inf", "MS504"),
        ("flux", "unlimited", "MS504"), ("flux", "INFINITE", "MS504"), ("flux", "inf", None),
        ("local", "UNLIMITED", None), ("lsf", "$(W)", "MS504"), ("flux", "$(W)", "MS504"),
        ("slurm", "$(W)", None),
    ],
)  # fmt: skip
def test_no_limit_has_other_words_elsewhere(kind, walltime, code, codes):
    env = "env: {variables: {W: UNLIMITED}}\n"
    text = f"batch: {{type: {kind}}}\n{env}"
    text += study(step("a", f"cmd: x, procs: 1, walltime: {walltime}"))
    assert codes(text) == ({code} if code else set())


def test_a_walltime_that_a_local_step_is_held_to_must_be_one(codes):
    text = study(step("a", "cmd: x, walltime: soon, enforce walltime: true"))
    assert codes(text) == {"MS504"}


def test_keys_that_a_scheduler_does_not_use(lint):
    text = "batch: {type: slurm, host: h, bank: b, queue: q, uri: u, version: 1, local_slots: 2}"
    assert [(p.code, p.where) for p in lint(text)] == [
        ("MS503", "batch.uri"),
        ("MS503", "batch.version"),
    ]


@pytest.mark.parametrize(
    ("scheduler", "codes"), [("local", ["MS503"]), ("slurm", []), ("lsf", []), ("flux", [])]
)
def test_a_throttle_per_user_is_for_schedulers(lint, scheduler, codes):
    text = f"batch: {{type: {scheduler}, host: h, bank: b, queue: q, user_throttle: 5}}"
    assert [p.code for p in lint(text) if p.where == "batch.user_throttle"] == codes


@pytest.mark.parametrize(
    ("keys", "count"),
    [
        ("retries: 1, exit codes: {retry: [1]}", 0),
        ("exit codes: {retry: [1]}", 1),
        ("exit codes: {restart: [1]}", 1),
        ("restart: y, exit codes: {restart: [1]}", 0),
        ("retries: 1, restart: y, exit codes: {success: [0, 1], retry: [1], restart: [1]}", 1),
    ],
)
def test_exit_codes(keys, count, lint):
    assert len(messages(lint, study(step("a", f"cmd: x, {keys}")), "MS510")) == count


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("4", None),
        ("'4'", None),
        ("$(OTHER)", None),
        ("-1", "MS512"),
        ("2.0", None),
        ("1.5", "MS512"),
        ("four", "MS512"),
        ("0", "MS512"),
        ("' '", None),
    ],
)
def test_numbers_that_a_variable_gives(value, code, codes):
    env = f"env: {{variables: {{N: {value}, OTHER: 8}}}}\n"
    assert codes(env + study(step("a", "cmd: x, procs: $(N)"))) == ({code} if code else set())


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
def test_tokens_that_nobody_defines(codes, token, code):
    text = PARAMETERS + "  N: {values: [1, 2], label: N.%%}\n"
    steps = study(
        step("make", "cmd: echo $(N)"), step("b", f'cmd: "ls {token}", depends: [make_*]')
    )
    assert codes(text + steps) == ({code} if code else set())


@pytest.mark.parametrize(
    ("depends", "command", "code"),
    [
        ("make", "cat $(make.workspace)/*/a", "MS311"),
        ("make", 'cat "$(make.workspace)"/*/a', "MS311"),
        ("make_*", "cat $(make.workspace)/*/a", None),
        ("make", "cat $(make.workspace)/*.txt", None),
        ("make", "ls $(make.workspace)/*", None),
        ("single", "cat $(single.workspace)/*/a", None),
    ],
)
def test_a_forgotten_star(codes, depends, command, code):
    text = PARAMETERS + "  N: {values: [1, 2], label: N.%%}\n"
    steps = [step("make", "cmd: echo $(N)"), step("single", "cmd: echo")]
    steps.append(step("use", f"cmd: '{command}', depends: [{depends}]"))
    assert codes(text + study(*steps)) == ({code} if code else set())


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("echo ${SIZE}", "MS412"),
        ("echo \\${SIZE}", None),
        ("echo ${OTHER}", None),
        ("echo ${SIZE:-3}", None),
        ("SIZE=4; echo ${SIZE}", None),
        ("for SIZE in 1 2; do echo ${SIZE}; done", None),
        ("read SIZE; echo ${SIZE}", None),
        (". ./settings; echo ${SIZE}", None),
    ],
)
def test_a_variable_of_the_shell_called_like_a_parameter(codes, command, code):
    text = PARAMETERS + "  SIZE: {values: [1, 2], label: S.%%}\n"
    found = codes(text + study(step("a", f"cmd: '{command}; echo $(SIZE)'")))
    assert found == ({code} if code else set())


def test_a_near_miss_of_a_section_is_an_error(lint):
    steps = study(step("a", "cmd: echo"))
    assert messages(lint, "global_parameters: {}\n" + steps, "MS101") == [
        "the study file has no key `global_parameters`."
    ]
    assert messages(lint, "batches: {}\nbatch: {type: local}\n" + steps, "MS101") == []
    assert messages(lint, "batches: {}\nbatch: {type: local}\n" + steps, "MS102") == [
        "`batches` in the study file is ignored."
    ]
    assert messages(lint, "x-defaults: {}\n" + steps, "MS101") == []


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [("gpus", "0", None), ("procs", "''", None), ("procs", "0", "MS512"), ("procs", "null", "MS512"),
     ("walltime", "''", None), ("walltime", "soon", "MS504"), ("exclusive", "'off'", None),
     ("exclusive", "perhaps", "MS513"), ("enforce walltime", "2", "MS513"), ("nested", "''", None)],
)  # fmt: skip
def test_odd_values_that_a_parameter_gives(key, value, code, codes):
    kind = "flux" if key == "nested" else "slurm"
    text = (
        f"batch: {{type: {kind}}}\nglobal.parameters: {{P: {{values: [{value}], label: L.%%}}}}\n"
    )
    text += study(step("a", f"cmd: x, nodes: 2, {key}: $(P)"))
    assert {found for found in codes(text) if found.startswith("MS5")} == (
        {code} if code else set()
    )
