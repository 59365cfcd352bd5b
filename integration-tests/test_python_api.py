"""The page on the Python API, as a user follows it; and the data frames that take its records.

Would catch an example that no longer says what it shows, a command that the API lacks, and records that
pandas or polars do not take.
"""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import maestro

pytestmark = pytest.mark.once

PAGE = (Path(__file__).parents[1] / "docs/python-api.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_page_are_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    text = "\n".join(blocks("pycon"))
    assert text.count(">>>") > 30
    test = doctest.DocTestParser().get_doctest(text, {}, "python-api.md", None, 0)
    report: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(
        test, out=report.append
    )
    assert result.failed == 0, "".join(report)


def test_every_command_has_its_row(repository: Path) -> None:
    folder = repository / "packages/maestro-cli/src/maestro_cli/commands"
    there = {path.stem for path in folder.glob("*.py")} - {"__init__", "completion"}
    table = PAGE.partition("## Instead of the command")[2].partition("\n## ")[0]
    first_cells = re.findall(r"^\| ([^|]*)\|", table, re.MULTILINE)
    assert set(re.findall(r"`([a-z]+)`", "".join(first_cells))) == there


def test_what_the_table_names_is_there() -> None:
    table = PAGE.partition("## Instead of the command")[2].partition("\n## ")[0]
    for name in re.findall(r"`maestro\.([a-z]+)\(", table):
        assert name in maestro.__all__
    for name in re.findall(r"`study\.([a-z]+)", table) + re.findall(r"`\.([a-z]+)\(", table):
        assert hasattr(maestro.Study, name), name


def test_errors_of_the_page_are_those_of_the_module() -> None:
    table = PAGE.partition("| class | when |")[2].partition("\n## ")[0]
    named = set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE))
    errors = {
        name
        for name in maestro.__all__
        if isinstance(each := getattr(maestro, name), type) and issubclass(each, Exception)
    }
    assert named == errors - {"MaestroError"}
