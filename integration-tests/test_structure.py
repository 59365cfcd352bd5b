"""The shape of the code that no other tool looks at.

Would catch a file that grows past what is read in one go, a class that is cut into files by
inheritance, an untyped door, and a test that nobody finds beside the module that it tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

#: Lines: most files are shorter than the first, none is longer than the second.
USUAL, LONGEST = 300, 400
#: Share of the files that are shorter than usual.
MOST = 0.95
#: Lines on which nothing more is said of a type than `Any`, imports among them.
MOST_ANY = 80
#: Tests of no module alone: of a page of the package, its import, or what all schedulers do alike.
OF_THE_PACKAGE = {"readme", "import", "tutorial", "schedulers"}
#: Bases that add a kind, not a part.
KINDS = ("Error", "Protocol", "TypedDict", "NamedTuple", "Exception", "Sequence")


def python_files(repository: Path) -> list[Path]:
    folders = ["packages", "integration-tests", "benchmarks", "scripts", "docs"]
    found = [path for folder in folders for path in (repository / folder).rglob("*.py")]
    return [path for path in found if not {"build", "dist", ".venv"} & set(path.parts)]


def sources(repository: Path) -> list[Path]:
    return [path for path in python_files(repository) if "src" in path.parts]


def test_files_are_read_in_one_go(repository: Path) -> None:
    lengths = {
        path.relative_to(repository): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(repository)
    }
    assert len(lengths) > 500
    assert not {str(path): n for path, n in lengths.items() if n > LONGEST}
    longer = {str(path): n for path, n in lengths.items() if n > USUAL}
    assert len(longer) <= (1 - MOST) * len(lengths), longer


def test_what_crosses_a_door_has_a_type(repository: Path) -> None:
    counts = {
        str(path.relative_to(repository)): sum(
            bool(re.search(r"\bAny\b", line))
            for line in path.read_text(encoding="utf-8").splitlines()
        )
        for path in sources(repository)
    }
    assert sum(counts.values()) <= MOST_ANY, {name: n for name, n in counts.items() if n}


def cut_classes(trees: dict[str, ast.Module]) -> Iterator[str]:
    """Classes whose base is a class of ours in another file that is no kind of its own."""
    places = {
        node.name: name
        for name, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
    kinds: set[str] = set()
    for _ in range(5):  # a kind's kind is one, too
        kinds |= {
            node.name
            for tree in trees.values()
            for node in tree.body
            if isinstance(node, ast.ClassDef)
            and any(
                (base := ast.unparse(b).partition("[")[0]).endswith(KINDS) or base in kinds
                for b in node.bases
            )
        }
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef) or node.name.endswith(KINDS):
                continue
            for base in map(ast.unparse, node.bases):
                if places.get(base, name) != name and base not in kinds:
                    yield f"{name}: {node.name}({base})"


def test_no_class_is_cut_into_files_by_inheritance(repository: Path) -> None:
    for package in sorted((repository / "packages").glob("*/src/*")):
        trees = {
            str(path.relative_to(package)): ast.parse(path.read_text(encoding="utf-8"))
            for path in package.rglob("*.py")
            if "testing" not in path.parts
        }
        assert not list(cut_classes(trees))


@pytest.mark.parametrize(
    ("base", "cut"),
    [
        ("class Part: ...", ["whole.py: Whole(Part)"]),
        ("class Part(Protocol): ...", []),
        ("class Part(OurError): ...", []),
        ("class Other: ...", []),
    ],
)
def test_a_cut_class_is_seen(base: str, cut: list[str]) -> None:
    trees = {"part.py": ast.parse(base), "whole.py": ast.parse("class Whole(Part): ...")}
    assert list(cut_classes(trees)) == cut


def is_mirrored(test: Path, tests: Path, source: Path) -> bool:
    """Return whether a test's name begins with a module, or a room, of the same folder.

    A package that brings two (`maestro` beside `maestro_cli`) has a folder for the other one. What follows the module's name says which side of it is tested: ``test_expand_properties.py``.
    """
    words = test.stem.removeprefix("test_").split("_")
    room = test.parent.relative_to(tests)
    folder = source / room if (source / room).is_dir() else source.parent / room
    begins = ["_".join(words[:count]) for count in range(1, len(words) + 1)]
    return any(
        name in OF_THE_PACKAGE
        or (folder / f"{name}.py").exists()
        or (folder / name / "__init__.py").exists()
        or (folder.name == name and folder.is_dir())
        for name in begins
    )


def test_tests_mirror_modules(repository: Path) -> None:
    strays = []
    for package in sorted((repository / "packages").iterdir()):
        tests, source = package / "tests", package / "src" / package.name.replace("-", "_")
        if tests.is_dir():
            strays += [
                str(test.relative_to(repository))
                for test in sorted(tests.rglob("test_*.py"))
                if not is_mirrored(test, tests, source)
            ]
    assert not strays


def test_a_stray_test_is_seen(tmp_path: Path) -> None:
    source, tests = tmp_path / "src", tmp_path / "tests"
    (source / "core").mkdir(parents=True)
    (source / "core/queues.py").touch()
    names = {
        "core/test_queues.py": True,
        "core/test_queues_properties.py": True,
        "core/test_core.py": True,
        "core/test_lanes.py": False,
        "test_queues.py": False,
        "test_readme.py": True,
    }
    for name, mirrored in names.items():
        assert is_mirrored(tests / name, tests, source) is mirrored, name


def test_each_test_file_says_what_it_would_catch(repository: Path) -> None:
    tests = [path for path in python_files(repository) if path.name.startswith("test_")]
    silent = [
        str(path.relative_to(repository))
        for path in tests
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent
