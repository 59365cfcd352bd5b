"""What tests of this room ask of a text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from maestro_spec.errors import StudyInvalid
from maestro_spec.schema.read_value import plain
from maestro_spec.yaml.parser import parse


@pytest.fixture
def code_of() -> Callable[[str], str]:
    """Give the code of the one error that a text is refused with."""

    def run(text: str) -> str:
        with pytest.raises(StudyInvalid) as caught:
            parse(text, "study.yaml")
        (problem,) = caught.value.problems
        assert problem.severity == "error"
        assert problem.place is not None
        return problem.code

    return run


@pytest.fixture
def value_of() -> Callable[[str], object]:
    """Give the plain value of a text without problems."""

    def run(text: str) -> object:
        document, problems = parse(text, "study.yaml")
        assert problems == []
        assert document.root is not None
        return plain(document.root)

    return run
