"""A report whose problems are out of order, or there twice."""

from __future__ import annotations

from maestro_spec.diagnostics.problems import Place, has_errors, in_order, path_text, problem


def test_problems_stand_in_the_order_of_the_file_and_each_once():
    at = [Place("f", line, 1, line, 2) for line in (1, 2)]
    later, first = (problem("MS101", place, (), "x") for place in (at[1], at[0]))
    nowhere = problem("MS001", None, (), "x")
    assert in_order([later, first, later, nowhere]) == [nowhere, first, later]


def test_a_problem_has_the_severity_of_its_code():
    warning, error = (problem(code, None, (), "x") for code in ("MS102", "MS101"))
    assert (warning.severity, error.severity) == ("warning", "error")
    assert has_errors([warning, error])
    assert not has_errors([warning])


def test_paths_are_written_as_people_write_them():
    assert path_text(("study", 0, "run", "depends", 2)) == "study[0].run.depends[2]"
    assert str(problem("MS101", Place("f", 3, 4, 3, 5), (), "Wrong.", "Do.")) == (
        "f:3:4: error MS101: Wrong. Do."
    )
