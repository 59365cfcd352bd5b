"""Every error of this package.

AdapterError
├── UnknownAdapterError     no entry point has this name (also a LookupError)
├── OptionsError            ``create(options)`` got something it cannot use (also a ValueError)
├── RequestError            a job request that cannot be rendered (also a ValueError)
│   ├── LauncherError       an allocation of ``$(LAUNCHER)[…]`` does not fit the request
│   └── WalltimeError       a walltime that is none
└── SchedulerError          trouble with the scheduler: .command .output .transient .unknown

An adapter's methods raise the first four. A `SchedulerError` never crosses the interface: it
becomes an answer, by `SchedulerError.answer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from maestro_adapters.interface import CancelAnswer, SubmitAnswer

__all__ = [
    "AdapterError",
    "LauncherError",
    "OptionsError",
    "RequestError",
    "SchedulerError",
    "UnknownAdapterError",
    "WalltimeError",
]


class AdapterError(Exception):
    """Base of every error of this package."""


class UnknownAdapterError(AdapterError, LookupError):
    """No installed package brings an adapter of this name."""


class OptionsError(AdapterError, ValueError):
    """An option of ``create`` has a value that the adapter cannot use."""


class RequestError(AdapterError, ValueError):
    """A job request that cannot be turned into a script."""


class LauncherError(RequestError):
    """A launcher's allocation does not fit the nodes and procs of its request."""


class WalltimeError(RequestError):
    """A text that is no walltime."""


class SchedulerError(AdapterError):
    """The scheduler, or a command that talks to it, failed.

    Attributes:
        command: what was run, as argv; empty where nothing was.
        output: what came back, standard output and error together.
        transient: whether trying again makes sense; nothing is wrong with the job.
        unknown: whether the request may have been received all the same.
    """

    def __init__(
        self,
        message: str,
        *,
        command: Sequence[str] = (),
        output: str = "",
        transient: bool = False,
        unknown: bool = False,
    ) -> None:
        super().__init__(message)
        self.command = list(command)
        self.output = output
        self.transient = transient
        self.unknown = unknown

    def answer(self) -> SubmitAnswer:
        """Make the answer of `submit`, in builtin types; `cancel` has the same."""
        return {
            "error": str(self),
            "transient": self.transient,
            "unknown": self.unknown,
            "command": list(self.command),
            "output": self.output,
        }

    def cancel_answer(self) -> CancelAnswer:
        """Make the answer of `cancel`, in builtin types."""
        return cast("CancelAnswer", self.answer())  # both are a `Refusal` with nothing more
