"""Which page a study gets, in each form.

A fault here would be a form that shows instances which were not asked for, or none at all.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maestro_cli.study.selection import Selection
from maestro_cli.study.workspace_view import open_study
from maestro_cli.ui.style import Paint
from maestro_cli.views.status_page import Form, of_study, of_upstream

PLAIN = Paint(on=False)


def steps(root: Path, **form: object) -> list[str]:
    page = of_study(open_study(root), Form(encoding="json", **form), paint=PLAIN, first=True)
    return [step["name"] for step in json.loads(page)["steps"]]


def test_the_instances_that_are_asked_for(failed: Path) -> None:
    assert len(steps(failed, content="all")) == 7
    assert steps(failed, content="failed") == ["make_N.2", "post_N.2", "collect"]
    assert steps(failed, content="failed", selection=Selection(("post*",))) == ["post_N.2"]
    assert steps(
        failed, content="all", states=frozenset({"FAILED"}), selection=Selection(("make",))
    ) == ["make_N.2"]


@pytest.mark.parametrize(
    ("form", "begin"),
    [
        (Form("text", "all", "legacy"), "====="),
        (Form("text", "all", "narrow"), "STUDY: "),
        (Form("text", "summary"), "FAILED     100 %"),
        (Form("text", "failed"), "OUT: FAILED, 1 failed, 2 blocked"),
        (Form("text", "history"), "{root}: FAILED"),
        (Form("json", "history"), '{{"format": "maestro-status"'),
        (Form("csv", "all"), "Study,Step Name,"),
        (Form("json", "summary"), '{{"format": "maestro-status"'),
    ],
    ids=str,
)
def test_each_form_has_its_page(failed: Path, form: Form, begin: str) -> None:
    page = of_study(open_study(failed), form, paint=PLAIN, first=True)
    assert page.startswith(begin.format(root=failed))
    assert page.endswith("\n")


def test_only_the_first_study_has_a_head(failed: Path) -> None:
    page = of_study(open_study(failed), Form("csv", "all"), paint=PLAIN, first=False)
    assert page.startswith(f"{failed},make_N.1,")


def test_a_study_of_ours_is_no_other_s(failed: Path) -> None:
    assert of_upstream(failed, Form("text", "all"), paint=PLAIN, first=True) is None
