"""A value that its scheduler refuses hours later; or one that is right, and reported."""

from __future__ import annotations

import pytest

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
def test_walltimes_of_scheduled_steps(walltime, code, codes, step, study):
    env = "env: {variables: {W: soon, T: 90, E: ' '}}\n"
    text = SLURM + env + study(step("a", f"cmd: x, procs: 1, walltime: {walltime}"))
    assert codes(text) == ({code} if code else set())


@pytest.mark.parametrize(
    ("kind", "walltime", "code"),
    [
        ("lsf", "UNLIMITED", "MS504"), ("lsf", "infinite", "MS504"), ("lsf", "inf", "MS504"),
        ("flux", "unlimited", "MS504"), ("flux", "INFINITE", "MS504"), ("flux", "inf", None),
        ("local", "UNLIMITED", None), ("lsf", "$(W)", "MS504"), ("flux", "$(W)", "MS504"),
        ("slurm", "$(W)", None),
    ],
)  # fmt: skip
def test_no_limit_has_other_words_elsewhere(kind, walltime, code, codes, step, study):
    env = "env: {variables: {W: UNLIMITED}}\n"
    text = f"batch: {{type: {kind}}}\n{env}"
    text += study(step("a", f"cmd: x, procs: 1, walltime: {walltime}"))
    assert codes(text) == ({code} if code else set())


def test_a_walltime_that_a_local_step_is_held_to_must_be_one(codes, step, study):
    text = study(step("a", "cmd: x, walltime: soon, enforce walltime: true"))
    assert codes(text) == {"MS504"}


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
def test_exit_codes(keys, count, lint, step, study, messages):
    assert len(messages(study(step("a", f"cmd: x, {keys}")), "MS510")) == count


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
def test_numbers_that_a_variable_gives(value, code, codes, step, study):
    env = f"env: {{variables: {{N: {value}, OTHER: 8}}}}\n"
    assert codes(env + study(step("a", "cmd: x, procs: $(N)"))) == ({code} if code else set())


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [("gpus", "0", None), ("procs", "''", None), ("procs", "0", "MS512"), ("procs", "null", "MS512"),
     ("walltime", "''", None), ("walltime", "soon", "MS504"), ("exclusive", "'off'", None),
     ("exclusive", "perhaps", "MS513"), ("enforce walltime", "2", "MS513"), ("nested", "''", None)],
)  # fmt: skip
def test_odd_values_that_a_parameter_gives(key, value, code, codes, step, study):
    kind = "flux" if key == "nested" else "slurm"
    text = (
        f"batch: {{type: {kind}}}\nglobal.parameters: {{P: {{values: [{value}], label: L.%%}}}}\n"
    )
    text += study(step("a", f"cmd: x, nodes: 2, {key}: $(P)"))
    assert {found for found in codes(text) if found.startswith("MS5")} == (
        {code} if code else set()
    )
