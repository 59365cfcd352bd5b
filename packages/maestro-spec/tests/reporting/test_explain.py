"""A code without an explanation, or whose example does not have the problem that it shows."""

from __future__ import annotations

import pytest

from maestro_spec.diagnostics.codes import CODES
from maestro_spec.reporting.explain import explain_all, explain_one, explanations

#: they need files that are too large, or no files, and have tests of their own in yaml/test_source and test_composer
WITHOUT_EXAMPLE = {"MS001", "MS002", "MS004", "MS005", "MS006", "MS007"}


def test_every_code_is_explained_and_nothing_else():
    assert list(explanations()) == list(CODES)


def test_only_codes_about_whole_files_have_no_example():
    without = {code for code, about in explanations().items() if about.wrong is None}
    assert without == WITHOUT_EXAMPLE


@pytest.mark.parametrize("code", [c for c in CODES if c not in WITHOUT_EXAMPLE])
def test_the_wrong_example_has_the_problem_and_the_right_one_has_no_problem_at_all(code, lint):
    about = explanations()[code]
    found = [p for p in lint(about.wrong) if p.code == code]
    assert found, f"{code} is not found in its example"
    assert all(p.place is not None for p in found)
    allowed = {"MS102"} if code in {"MS010", "MS011"} else set()
    assert {p.code for p in lint(about.right)} <= allowed


def test_explain_one_shows_both_examples():
    text = explain_one("MS301")
    assert text.startswith("MS301: duplicate step name (error)")
    assert "Wrong:" in text
    assert "Right:" in text


def test_explain_all_lists_every_code():
    assert [line.split()[0] for line in explain_all().splitlines()] == list(CODES)


def test_the_page_of_diagnostics_is_made_of_the_same_source(repository):
    page = (repository / "docs" / "diagnostics.md").read_text(encoding="utf-8")
    assert page == explain_all("markdown"), (
        "run: maestro-spec explain --format markdown > docs/diagnostics.md"
    )
