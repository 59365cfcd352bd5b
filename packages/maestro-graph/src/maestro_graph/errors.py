"""Define the errors of this package, as one tree.

```
GraphError
├── FormatError          a file of the workspace is torn, foreign, or too new
├── StudyError           the study cannot be expanded
│   ├── TokenError       a token names nothing, or names itself
│   ├── ParameterError   the table of parameters does not fit together
│   ├── TopologyError    a dependency on no step, or a cycle
│   ├── ResourceError    a resource that is no number after its tokens were resolved
│   └── ResultError      a result that is not in the folder of its step
├── DependencyError      a path that is missing, a repository that cannot be cloned
└── PgenError            the user's generator file failed
```
"""

from __future__ import annotations


class GraphError(Exception):
    """Base of all errors of this package.

    Args:
        message: what happened and why, fit for a user.
        hint: what to do about it; may be empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class FormatError(GraphError):
    """A file of the workspace cannot be read: torn, of another format, or too new."""


class StudyError(GraphError):
    """The study, or its parameters, cannot be expanded."""


class TokenError(StudyError):
    """A token names nothing, or leads back to itself."""


class ParameterError(StudyError):
    """The table of parameters does not fit together."""


class TopologyError(StudyError):
    """A step depends on no step of the study, or on itself."""


class ResourceError(StudyError):
    """A resource is not what it must be after its tokens were resolved."""


class ResultError(StudyError):
    """The file of a result is not in the folder of its step after its tokens were resolved."""


class DependencyError(GraphError):
    """A dependency of the study is missing or cannot be had."""


class PgenError(GraphError):
    """The user's generator file failed.

    Args:
        message: what happened.
        hint: what to do about it.
        trace: the traceback, from the generator file's first frame on; empty where there is none.
    """

    def __init__(self, message: str, *, hint: str = "", trace: str = "") -> None:
        super().__init__(message, hint=hint)
        self.trace = trace
