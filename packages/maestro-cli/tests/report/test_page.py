"""The page as a whole.

A fault here would be a page that loads something, that its own policy stops, or in which a name is markup.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from attrs import evolve

from maestro_cli.graph_view.pictures import steps_picture
from maestro_cli.report.content import Column, Report, StepLine
from maestro_cli.report.durations import Taken
from maestro_cli.report.failures import Group
from maestro_cli.report.gather import gather
from maestro_cli.report.page import page
from maestro_cli.report.surprise import Finding
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import HOSTILE, T0, hostile

Reports = Callable[[], Report]


class Reader(HTMLParser):
    """Notes what a browser would: elements, attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": [], "title": []}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag
        if tag in self.inside:
            self.inside[tag].append("")

    def handle_endtag(self, _tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in self.inside:
            self.inside[self._open][-1] += data


@pytest.fixture
def report(failed: Path) -> Report:
    return gather(open_study(failed), now=T0, most_rows=100)


def nasty(report: Report) -> Report:
    """The report of a study in which every text is one that nobody should have."""
    name = HOSTILE[0]
    every = list(HOSTILE)
    return evolve(
        report,
        name=name,
        root=name,
        description=name,
        notes=every,
        study_file=name,
        facts=[(each, each) for each in every],
        steps=[StepLine(each, 1, {"FAILED": 1}) for each in every],
        picture=steps_picture(hostile(), limit=99),
        columns=[
            *report.columns,
            *(Column(each, "text", "parameter", [each] * 7) for each in every),
        ],
        findings=[Finding(each, each, each, 1, 1, 0.5) for each in every],
        groups=[Group("FAILED", 1, each, [each], every, each, every) for each in every],
        taken=[Taken(each, each, each, 1, 1.0, 1.0, 1.0, 1.0) for each in every],
        history=every,
        versions={each: each for each in every},
    )


def test_nothing_is_loaded_and_the_policy_allows_just_what_is_there(report: Report) -> None:
    read = Reader(page(report))
    for tag, attributes in read.elements:
        assert not {"src", "srcset", "data", "action"} & attributes.keys(), (tag, attributes)
        assert (attributes.get("href") or "#").startswith(("#", "data:,")), attributes
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    (policy,) = [a["content"] for _, a in read.elements if a.get("http-equiv")]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    kinds = [a.get("type") for tag, a in read.elements if tag == "script"]
    code = [text for text, kind in zip(read.inside["script"], kinds, strict=True) if kind is None]
    for text in (*code, *read.inside["style"]):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_names_are_text_everywhere(report: Report) -> None:
    plain, spoiled = page(report), page(nasty(report))
    read = Reader(spoiled)
    assert {tag for tag, _ in read.elements} <= {tag for tag, _ in Reader(plain).elements} | {
        "ul",
        "li",
    }
    assert spoiled.count("<script") - plain.count("<script") == 0
    assert len(read.inside["script"]) == 4
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", spoiled.split("<script>")[0]
    )
    assert json.loads(read.inside["script"][0])["size"] == 7
    spoiled.encode("utf-8")


def test_what_is_not_there_has_no_section(staged: Path) -> None:
    text = page(gather(open_study(staged), now=T0, most_rows=100))
    for name in ("timeline", "surprises", "failures", "durations"):
        assert f'id="{name}"' not in text
        assert f'href="#{name}"' not in text
    assert 'id="instances"' in text


def test_what_is_left_out_is_said(failed: Path) -> None:
    text = page(gather(open_study(failed), now=T0, most_rows=3))
    assert "3 of 7 instances are here" in text


def test_headings_go_down_one_by_one_and_tables_have_captions(report: Report) -> None:
    read = Reader(page(report))
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    tags = [tag for tag, _ in read.elements]
    assert tags.count("table") == tags.count("caption") >= 4
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
