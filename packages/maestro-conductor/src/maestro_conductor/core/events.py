"""List what can happen to a study: the inputs of the machine.

Times are s since 1970 where an adapter gives them, ms where they are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from maestro_conductor.core.answers import Answer
from maestro_conductor.model.settings import SettingsChange

__all__ = [
    "AmendAsked",
    "Answers",
    "AttemptFileRead",
    "CancelAsked",
    "Closing",
    "Event",
    "Found",
    "HoldAsked",
    "Now",
    "Polled",
    "ReleaseAsked",
    "RequestSeen",
    "ResumeAsked",
    "ScriptsWritten",
    "SkipAsked",
]


@attrs.frozen
class Now:
    """The time of a call of the machine.

    Attributes:
        wall: ms since 1970, for records.
        steady: s, of a clock that never jumps, for pauses.
    """

    wall: int
    steady: float


@attrs.frozen
class Answers:
    """Answers to a submission: for each job instance, attempt, and what ``submit`` gave.

    Attributes:
        queue, jobs: which.
        at: ms since 1970, when; None: now.
    """

    queue: str
    jobs: Sequence[tuple[int, int, Answer]]
    at: int | None = None


@attrs.frozen
class Polled:
    """Answers of ``poll``, by job."""

    queue: str
    jobs: Mapping[str, Answer]


@attrs.frozen
class Found:
    """Answers of ``find``: for each instance and attempt what it gave."""

    queue: str
    jobs: Sequence[tuple[int, int, Answer]]


@attrs.frozen
class AttemptFileRead:
    """What an attempt file says.

    Attributes:
        instance, attempt: which.
        fate: ``void``: never ran, and never will; ``absent``: it is not there, and was not made;
            ``deleted``: neither is the folder of the instance; ``ended``; ``started``: no end is known; ``error``: could not be read.
        exit_code: where it ended.
        started: ms, when it started, if known.
        at: ms, when it ended.
        detail: for people.
        lacks: why the step has failed though its command succeeded: a result that is required is not
            there; None: nothing is missing.
    """

    instance: int
    attempt: int
    fate: str
    exit_code: int | None = None
    started: int | None = None
    at: int | None = None
    detail: str | None = None
    lacks: str | None = None


@attrs.frozen
class ScriptsWritten:
    """Scripts of a dry run: for each instance None, or why not."""

    jobs: Sequence[tuple[int, str | None]]


@attrs.frozen
class CancelAsked:
    """Somebody asked to cancel the study; or these instances, none of which is in a final state."""

    instances: Sequence[int] | None = None


@attrs.frozen
class HoldAsked:
    """Submit no attempt of these instances until they are released."""

    instances: Sequence[int]


@attrs.frozen
class ReleaseAsked:
    """Let these instances run, which are held."""

    instances: Sequence[int]


@attrs.frozen
class SkipAsked:
    """Count these instances as finished; none of them is in flight."""

    instances: Sequence[int]


@attrs.frozen
class RequestSeen:
    """A request was taken in, or refused. What it asked for is an event of its own, before this one.

    Attributes:
        request, by, text, instances, accepted, message: as in the record of kind ``request``.
    """

    request: str
    by: str | None
    text: str
    instances: int
    accepted: bool
    message: str


@attrs.frozen
class AmendAsked:
    """The study is to be amended, as soon as what that changes is in flight no longer.

    Attributes:
        stop: instances that are to be in flight no longer; None: the study is not amended after all.
    """

    stop: frozenset[int] | None


@attrs.frozen
class ResumeAsked:
    """Run these instances again; all of them are in a final state."""

    instances: Sequence[int]


@attrs.frozen
class Closing:
    """The conductor is about to leave.

    Attributes:
        stop_local: the local steps are being stopped; they are run again by the next conductor.
    """

    stop_local: bool


Event = (
    Answers
    | Polled
    | Found
    | AttemptFileRead
    | ScriptsWritten
    | CancelAsked
    | AmendAsked
    | SettingsChange
    | ResumeAsked
    | HoldAsked
    | ReleaseAsked
    | SkipAsked
    | RequestSeen
    | Closing
)
