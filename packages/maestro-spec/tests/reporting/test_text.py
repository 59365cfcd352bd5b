"""A report whose caret points at something else, or that speaks to the terminal."""

from __future__ import annotations

from maestro_spec.diagnostics.problems import Place, Problem
from maestro_spec.reporting.text import render_summary, render_text
from maestro_spec.yaml.nodes import Document

DOCUMENT = Document("study.yaml", "a: 1\nbb: wörld $(X)\x1b[31m\n" + "c" * 300 + "END\n", None)
PROBLEM = Problem(
    "MS401", "warning", Place("study.yaml", 2, 11, 2, 15), ("study", 0, "run"), "What.", "Do this."
)


def test_text_shows_the_line_and_a_caret_under_the_problem():
    assert render_text([PROBLEM], DOCUMENT) == (
        "study.yaml:2:11: warning: What. [MS401]\n"
        " 2 | bb: wörld $(X)�[31m\n"
        "   |           ^^^^\n"
        "  = Do this.\n"
    )


def test_text_has_colours_only_if_asked():
    assert "\033[1;33mwarning: \033[0m" in render_text([PROBLEM], DOCUMENT, colour=True)
    assert "\033" not in render_text([PROBLEM], DOCUMENT)


def test_text_without_a_place_or_a_document():
    bare = Problem("MS001", "error", None, (), "It cannot be read.")
    assert render_text([bare]) == "error: It cannot be read. [MS001]\n"
    assert render_text([PROBLEM]).splitlines()[1] == "  = Do this."


def test_text_cuts_long_lines_around_the_problem():
    problem = Problem("MS401", "error", Place("study.yaml", 3, 301, 3, 304), (), "End.")
    line, carets = render_text([problem], DOCUMENT).splitlines()[1:3]
    assert len(line) < 120
    assert line[carets.index("^") :] == "END"


def test_summary_counts():
    assert render_summary([PROBLEM, PROBLEM], 3) == "2 warnings in 3 files.\n"
    assert render_summary([], 1) == "No problems in 1 file.\n"
