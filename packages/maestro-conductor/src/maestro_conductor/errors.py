"""What can go wrong, for people.

::

    ConductorError
    ├── WorkspaceError         the folder is no workspace, or cannot be read or written
    │   └── FormatError        a file in it is not what this version can read
    ├── HeldError              another conductor holds the workspace
    ├── AdapterError           the study's adapter is missing or does not start
    ├── BrokenError            a mistake of ours ended the conductor
    └── IllegalTransitionError a mistake of ours: a step went where it may not go
"""

from __future__ import annotations

__all__ = [
    "AdapterError",
    "BrokenError",
    "ConductorError",
    "FormatError",
    "HeldError",
    "IllegalTransitionError",
    "WorkspaceError",
]


class ConductorError(Exception):
    """Base of all errors of this package; its text is fit for users."""


class WorkspaceError(ConductorError):
    """The folder is no workspace, or cannot be read or written."""


class FormatError(WorkspaceError):
    """A file of the workspace is not what this version can read."""


class HeldError(ConductorError):
    """Another conductor holds the workspace."""


class AdapterError(ConductorError):
    """The study's adapter is missing or does not start."""


class BrokenError(ConductorError):
    """A mistake of ours ended the conductor; the log has the details."""


class IllegalTransitionError(ConductorError):
    """A step was about to go where the table of states does not let it.

    Attributes:
        instance: index of the instance.
    """

    def __init__(self, instance: int, message: str) -> None:
        super().__init__(message)
        self.instance = instance
