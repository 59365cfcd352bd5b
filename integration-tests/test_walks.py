"""The walks in docs/architecture.md are those of the code, and cross no more modules than is bound.

Would catch a module that was put on the way of every instance, or a page that tells of another way.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import attrs
import pytest

from maestro_conductor.core.throttle import room

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def walks(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("walks", repository / "scripts/walks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["walks"] = module
    spec.loader.exec_module(module)
    return module


def test_the_walks_on_the_page_are_those_of_the_code(repository: Path) -> None:
    check: list[str | Path] = [sys.executable, repository / "scripts/walks.py", "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@attrs.frozen
class _Value:
    number: int


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (977, True),
        (97, False),
        (977.0, False),
        ("977", True),
        ("1977", False),
        ("a/followed/b", True),
        (Path("a/followed"), True),
        ([("x", {"y": 977})], True),
        ({977: None}, True),
        (_Value(977), True),
        (_Value(1), False),
        ([[[[[977]]]]], False),
        (list(range(1000)), False),
    ],
)
def test_a_value_is_found_alone_and_within_others(
    walks: ModuleType, value: object, held: bool
) -> None:
    assert walks.Walk(frozenset({977, "977"}), "end", "followed").holds(value, 4) is held


@pytest.mark.parametrize(("throttle", "met"), [(977, True), (976, False)])
def test_a_module_meets_the_value_where_a_function_takes_or_gives_it(
    walks: ModuleType, throttle: int, met: bool
) -> None:
    walk = walks.Walk(frozenset({977}), "the end")
    with walk.followed():
        room(throttle, 3, 1000)
    assert list(walk.met) == (["maestro_conductor.core.throttle"] if met else [])


def test_a_module_is_crossed_where_it_gives_the_value_on(walks: ModuleType) -> None:
    modules = ["maestro_conductor.core.machine", "maestro_conductor.core.throttle"]
    journal = "maestro_conductor.journal.writer"
    walk = walks.Walk(frozenset(), "the end", met=dict.fromkeys([*modules, journal]))
    walk.given.update({("", modules[0]), (modules[0], modules[1]), (modules[1], modules[1])})
    walk.given.add((modules[1], journal))
    assert walk.crossed() == modules[:1]
    assert walk.asked() == modules[1:]
    walk.last = "core.throttle"
    assert walk.crossed() == modules


def test_what_passes_nothing_on_is_beside_the_way(walks: ModuleType) -> None:
    assert walks.beside("maestro_conductor.core.throttle") is None
    assert walks.beside("maestro_conductor.journal.writer") == "kept in the journal by"
