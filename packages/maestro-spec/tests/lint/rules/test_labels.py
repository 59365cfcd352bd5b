"""Two rows that would share a name or a folder, so that one of them is never run."""

from __future__ import annotations

PARAMETERS = "global.parameters:\n"


def test_values_that_differ_only_as_texts_are_the_same(codes, step, study):
    text = PARAMETERS + "  P: {values: [1, '1', 2], label: P.%%}\n"
    assert codes(text + study(step("a", "cmd: $(P)"))) == set()


def test_labels_are_joined_before_they_are_compared(codes, step, study):
    table = (
        PARAMETERS + "  P: {values: [a.b, a], label: '%%'}\n  Q: {values: [c, b.c], label: '%%'}\n"
    )
    assert codes(table + study(step("s", "cmd: $(P) $(Q)"))) == {"MS203"}


def test_only_the_parameters_that_a_step_uses_tell_its_rows_apart(lint, step, study):
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


def test_rows_of_a_grid_are_compared_as_a_product(codes, step, study):
    text = """\
global.parameters:
  grid:
    - P: {values: [a, a.b], label: '%%'}
    - Q: {values: [b.c, c], label: '%%'}
"""
    assert codes(text + study(step("s", "cmd: $(P) $(Q)"))) == {"MS203"}


def test_a_list_of_labels(codes, step, study):
    step_ = study(step("a", "cmd: $(P)"))
    assert codes(PARAMETERS + "  P: {values: [1, 2], label: [one, two]}\n" + step_) == set()
    assert codes(PARAMETERS + "  P: {values: [1, 2], label: [one]}\n" + step_) == {"MS201"}
    assert codes(PARAMETERS + "  P: {values: [1, 2], label: [one, one]}\n" + step_) == {"MS203"}
