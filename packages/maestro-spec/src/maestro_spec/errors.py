"""Define the errors of this package.

::

    SpecError                 anything below; ``.problems`` says what, and where
    ├── StudyUnreadable       no study file could be read: absent, a folder, no permission
    ├── StudyInvalid          it is no study: YAML or structure wrong
    └── OverrideInvalid       a variable or batch key of the command line does not fit the study
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maestro_spec.diagnostics.problems import Problem
    from maestro_spec.yaml.nodes import Document


class SpecError(Exception):
    """A study file cannot be used.

    Attributes:
        problems: all that was found, warnings and hints included, in the order of the file.
        document: the file's text, to show its lines; None where it could not be read.
    """

    def __init__(
        self, message: str, problems: Sequence[Problem] = (), document: Document | None = None
    ) -> None:
        super().__init__(message)
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.document = document


class StudyUnreadable(SpecError):  # noqa: N818 (it names what the study is)
    """There is nothing to read: the file is absent, a folder, or may not be read."""


class StudyInvalid(SpecError):  # noqa: N818 (it names what the study is)
    """The text is not a study: its YAML or its structure is wrong."""


class OverrideInvalid(SpecError):  # noqa: N818 (it names what the study is)
    """A variable or a batch key given on the command line does not fit the study."""


def invalid(found: Problem) -> StudyInvalid:
    """Return the error for a study that one problem keeps from being read any further."""
    return StudyInvalid(str(found), [found])
