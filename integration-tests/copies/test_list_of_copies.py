"""The list of copies in CONTRIBUTING.md is what is there, and nothing else is written twice.

A fault here would be a copy that nobody watches: it is mended in one package, and goes wrong in the other.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from attrs import frozen

pytestmark = pytest.mark.once

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = REPOSITORY / "packages"
VECTORS = REPOSITORY / "docs/workspace-format/vectors"

#: So many lines in a row, without those that say little, are a copy.
_LINES = 7


@frozen
class Row:
    """A row of the list.

    Attributes:
        rule: what is written several times.
        copies: file → names in it that are a copy; none: all of it.
        same_bytes: the files are equal.
        vectors: file names.
        compared: file of a test, from `integration-tests`.
    """

    rule: str
    copies: dict[str, list[str]]
    same_bytes: bool
    vectors: list[str]
    compared: str


def page() -> str:
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return text.split("\n## Copies\n")[1].split("\n## ")[0]


def rows() -> list[Row]:
    found = []
    for line in page().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 5 or cells[0] in ("rule", "---"):
            continue
        copies = {}
        for code in re.findall(r"`([^`]+)`", cells[1]):
            path, _, names = code.partition(":")
            copies[path] = names.split()
        vectors = re.findall(r"`([^`]+)`", cells[3])
        (compared,) = re.findall(r"`([^`]+)`", cells[4])
        found.append(Row(cells[0], copies, cells[2] == "the same bytes", vectors, compared))
    return found


def each(which: Iterable[Row]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", [pytest.param(row, id=row.rule) for row in which])


def source(path: str) -> Path:
    """The place of a module: `maestro_spec/cli.py`."""
    package = path.split("/")[0].replace("_", "-")
    return PACKAGES / package / "src" / path


def test_there_is_a_list() -> None:
    assert len(rows()) > 10
    assert sum(row.same_bytes for row in rows()) > 3


@each(rows())
def test_each_copy_is_there(row: Row) -> None:
    assert len({path.split("/")[0] for path in row.copies}) > 1
    for path, names in row.copies.items():
        tree = ast.parse(source(path).read_text(encoding="utf-8"))
        defined = {getattr(node, "name", None) for node in tree.body}
        assert set(names) <= defined, path


@each(row for row in rows() if row.same_bytes)
def test_the_same_bytes_are_the_same(row: Row) -> None:
    contents = {source(path).read_bytes() for path in row.copies}
    assert len(contents) == 1
    assert not any(row.copies.values())  # all of the file, not only some names


@each(rows())
def test_each_copy_is_compared(row: Row) -> None:
    text = (REPOSITORY / "integration-tests" / row.compared).read_text(encoding="utf-8")
    if row.compared.startswith("copies/"):
        for package in {path.split("/")[0] for path in row.copies}:
            assert package in text


def reads(package: Path, vectors: str) -> bool:
    """Whether a test of a package reads a file of vectors."""
    pattern = re.compile(
        rf"vectors[^\n]*[\"'/]{re.escape(vectors.removesuffix('.json'))}(\.json)?[\"']"
    )
    return any(
        pattern.search(path.read_text(encoding="utf-8"))
        for path in (package / "tests").rglob("test_*.py")
    )


@each(row for row in rows() if row.vectors)
def test_the_tests_of_each_package_read_the_vectors(row: Row) -> None:
    for vectors in row.vectors:
        assert (VECTORS / vectors).is_file()
        for package in {path.split("/")[0].replace("_", "-") for path in row.copies}:
            assert reads(PACKAGES / package, vectors), f"{package} does not read {vectors}"


def test_all_vectors_are_named_and_read() -> None:
    for path in VECTORS.iterdir():
        assert f"`{path.name}`" in page()
        assert any(reads(package, path.name) for package in PACKAGES.iterdir())


def telling_lines(text: str) -> list[str]:
    """The lines of a module without imports, docstrings, comments and lone brackets, spaces folded."""
    left_out: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Import | ast.ImportFrom) or is_text:
            left_out |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        folded = " ".join(line.split("  #")[0].split())
        if number not in left_out and re.search(r"\w", folded) and not folded.startswith("#"):
            lines.append(folded)
    return lines


def written_twice(modules: dict[str, str]) -> Iterator[tuple[frozenset[str], str]]:
    """Modules of several packages with the same lines in a row, and the first of these lines."""
    places: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for path, text in modules.items():
        lines = telling_lines(text)
        for first in range(len(lines) - _LINES + 1):
            places[tuple(lines[first : first + _LINES])].add(path)
    for window, paths in places.items():
        if len({path.split("/")[0] for path in paths}) > 1:
            yield frozenset(paths), window[0]


def unlisted(modules: dict[str, str]) -> set[tuple[str, ...]]:
    listed = [row.copies.keys() for row in rows()]
    return {
        (*sorted(paths), line)
        for paths, line in written_twice(modules)
        if not any(paths <= row for row in listed)
    }


def all_modules() -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for folder in PACKAGES.glob("*/src")
        for path in folder.rglob("*.py")
    }


def test_nothing_else_is_written_twice() -> None:
    assert unlisted(all_modules()) == set()


def test_what_is_written_twice_is_seen() -> None:
    modules = all_modules()
    mine = "maestro_spec/yaml/nodes.py"
    assert mine in modules
    modules["maestro_cli/nodes.py"] = modules[mine].replace("    ", "\t") + "\nmore = 1\n"
    assert {found[:2] for found in unlisted(modules)} == {("maestro_cli/nodes.py", mine)}
    # A copy that is listed with one package is none in a third.
    listed = "maestro_spec/format_rules/names.py"
    modules = all_modules()
    modules["maestro_conductor/names.py"] = modules[listed]
    assert unlisted(modules)
