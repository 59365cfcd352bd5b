"""The examples in the docstrings of the API.

Would catch one that no longer says what happens.
"""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import maestro


@pytest.mark.parametrize("name", [each.name for each in pkgutil.iter_modules(maestro.__path__)])
def test_examples_say_what_happens(name: str, study: maestro.Study) -> None:
    module = importlib.import_module(f"maestro.{name}")
    finder = doctest.DocTestFinder()
    for test in finder.find(module, extraglobs={"maestro": maestro, "study": study}):
        report: list[str] = []
        assert doctest.DocTestRunner().run(test, out=report.append).failed == 0, "".join(report)


def test_what_a_study_does_has_examples() -> None:
    found = doctest.DocTestFinder().find(maestro.Study)
    with_examples = {test.name for test in found if test.examples}
    assert len(with_examples) > 10
