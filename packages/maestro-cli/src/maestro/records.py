"""Values that the Python API returns; they do not change. Times are UTC, durations seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from attrs import field, frozen

if TYPE_CHECKING:
    from maestro_spec import Problem as SpecProblem
    from maestro_spec.reporting.json import ProblemRecord

__all__ = [
    "Attempt",
    "Change",
    "Conductor",
    "Effect",
    "Event",
    "Explanation",
    "Failure",
    "Instance",
    "Problem",
    "Settings",
    "Status",
    "Step",
    "problem_of",
    "problems_of",
    "time_of",
]


@frozen
class Settings:
    """Limits of a study; 0: no limit.

    Attributes:
        throttle: Jobs that may be submitted at once.
        rlimit: Restarts of an instance.
        attempts: Attempts of an instance.
        sleep: Seconds between two questions to the scheduler.
        local_slots: Slots for local steps; None: as the study says.
        batch: Keys of the batch block that were updated.
    """

    throttle: int
    rlimit: int
    attempts: int
    sleep: float
    local_slots: int | None
    batch: Mapping[str, object]


@frozen
class Conductor:
    """The process that runs a study, or ran it last.

    Attributes:
        alive: It runs.
        host, pid: Where, and which.
        since: When it took the study up.
        heartbeat: When it last said that it is there.
        trouble: What it cannot do just now; None: nothing.
        paused: Why it starts nothing just now; None: it does.
    """

    alive: bool
    host: str
    pid: int
    since: datetime
    heartbeat: datetime
    trouble: str | None
    paused: str | None


@frozen
class Status:
    """A study as it stood when it was looked at.

    Attributes:
        name: The study's.
        folder: Its folder.
        state: ``STAGED``, ``RUNNING``, ``FINISHED``, ``FAILED``, ``CANCELLED``, ``DRYRUN``,
            ``STOPPED``, ``DEAD`` or ``UNKNOWN``; docs/commands.md says what each means.
        counts: Instances by word: ``finished``, ``running``, ``queued``, ``waiting``, ``blocked``,
            ``failed``, ``cancelled``, ``held``, ``skipped``, ``unknown``; those without any are left out.
        total: Number of instances.
        created: When it was made; None: unknown.
        began: The first submission; None: there was none.
        ended: The last end, of a study that goes on no more.
        worked, idle: Seconds in which something was submitted or ran, and in which nothing did in between.
        left: Seconds until it may end; None: nobody knows.
        paused: Why it stands still though its conductor is alive; None: it does not.
        exit_code: That of ``maestro status``.
        settings: Its limits.
        conductor: Who runs it, or ran it last; None: nobody did.
    """

    name: str
    folder: Path
    state: str
    counts: Mapping[str, int]
    total: int
    created: datetime | None
    began: datetime | None
    ended: datetime | None
    worked: float
    idle: float
    left: float | None
    paused: str | None
    exit_code: int
    settings: Settings
    conductor: Conductor | None

    @property
    def done(self) -> bool:
        """Whether it goes on no more by itself."""
        return self.state not in ("RUNNING", "UNKNOWN")

    @property
    def ok(self) -> bool:
        """Whether every step has finished."""
        return self.state == "FINISHED"

    def __str__(self) -> str:
        from maestro_cli.study.tally import in_words

        told = f"{self.name}: {self.state}, {self.total} instances"
        return f"{told}: {in_words(self.counts)}" if self.counts else told


@frozen
class Step:
    """A step of a study.

    Attributes:
        name: Its name.
        instances: How many instances it has.
        counts: Those by word, as in `Status`.
        after: Names of the steps that it waits for.
    """

    name: str
    instances: int
    counts: Mapping[str, int]
    after: Sequence[str]


@frozen
class Instance:
    """An instance of a step: the step with one combination of parameters.

    Attributes:
        name, step: Its name, and that of its step.
        parameters: Name → value.
        state: ``INITIALIZED``, ``QUEUED``, ``PENDING``, ``RUNNING``, ``FINISHED``, ``FAILED``, …
            (docs/step-states.md).
        folder: Where it runs.
        job: The scheduler's id, or the process id; None: there is none.
        attempt: Number of its latest attempt; 0: there was none.
        submitted: Its first submission.
        started, ended: Of its latest attempt.
        run_time: Seconds of its latest attempt; None: it did not start.
        exit_code: Of its command.
        restarts, resubmissions, retries: How often each was done.
        reason: What is said of its state.
        held: It gets no further attempt until it is released.
    """

    name: str
    step: str
    parameters: Mapping[str, object]
    state: str
    folder: Path
    job: str | None
    attempt: int
    submitted: datetime | None
    started: datetime | None
    ended: datetime | None
    run_time: float | None
    exit_code: int | None
    restarts: int
    resubmissions: int
    retries: int
    reason: str | None
    held: bool


@frozen
class Attempt:
    """An attempt at an instance.

    Attributes:
        number: 1 for the first.
        submitted, started, ended: When it was; None: it was not.
        state: In which it ended; None: it has not.
    """

    number: int
    submitted: datetime | None
    started: datetime | None
    ended: datetime | None
    state: str | None


@frozen
class Failure:
    """Failures of one kind: the same cause, and the same last lines but for numbers and paths.

    Attributes:
        cause: ``exit code 7``, ``signal SIGKILL``, ``time-out``, ``node failure``, ….
        instances: Names of those that failed so.
        example: The first of them.
        log: Its error log; None: it left none.
        last_lines: The end of that.
    """

    cause: str
    instances: Sequence[str]
    example: Instance
    log: Path | None
    last_lines: Sequence[str] = field(factory=tuple)


@frozen
class Explanation:
    """Why something is as it is.

    Attributes:
        name: Of the instance; of a study: its own name.
        state: Its state.
        text: One sentence.
        more: Further lines.
        facts: The same for programs, as ``maestro why --json`` has it.
        next: Commands that help, and what each is for; of a study alone.
    """

    name: str
    state: str
    text: str
    more: Sequence[str] = ()
    facts: Mapping[str, object] = field(factory=dict)
    next: Sequence[tuple[str, str]] = ()

    def __str__(self) -> str:
        return "\n".join([f"{self.name}: {self.text}", *(f"    {line}" for line in self.more)])


@frozen
class Event:
    """Something that happened to a study as a whole.

    Attributes:
        time: When.
        kind: ``request``, ``opened``, ``amended``, ``ended`` or ``closed``.
        facts: What it was; its fields are those of ``maestro status --history --json``.
    """

    time: datetime
    kind: str
    facts: Mapping[str, object]


@frozen
class Effect:
    """What came of a request.

    Attributes:
        effect: ``in force``; ``waiting``: its conductor, or the next one, takes it in; ``none``:
            there was nothing to do.
        instances: How many it concerns.
        message: A sentence for people.
    """

    effect: Literal["in force", "waiting", "none"]
    instances: int
    message: str


@frozen
class Change:
    """What an amendment does, or would do.

    Attributes:
        effect: ``in force``, ``waiting``, ``planned`` (it was only looked at) or ``nothing``.
        kept: Number of instances that stay as they are.
        changed, again, new, gone: Names of those that are other ones, run again for another reason, are
            added, are taken out.
        left: Names of changed ones that stay as they ran.
        study: What of the whole study is another one: ``description``, ``batch.queue``, ….
    """

    effect: str
    kept: int
    changed: Sequence[str]
    again: Sequence[str]
    new: Sequence[str]
    gone: Sequence[str]
    left: Sequence[str]
    study: Sequence[str]


@frozen
class Problem:
    """Something that is wrong, or looks wrong, in a study file.

    Attributes:
        code: What kind of problem; ``maestro-spec explain CODE`` says more.
        severity: ``error``, ``warning`` or ``hint``.
        message: What it is.
        hint: What to do; None: the message says it.
        file, line, column: Where; None: nowhere in particular.
    """

    code: str
    severity: str
    message: str
    hint: str | None
    file: str | None
    line: int | None
    column: int | None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place}: {self.severity}: {self.message} [{self.code}]"


def problem_of(record: object) -> Problem:
    """Make a problem of the linter's own form for programs."""
    found = cast("ProblemRecord", record)
    return Problem(
        found["code"],
        found["severity"],
        found["message"],
        found["hint"],
        found["file"],
        found["line"],
        found["column"],
    )


def problems_of(problems: Iterable[SpecProblem]) -> list[Problem]:
    """Make problems of the linter's."""
    from maestro_spec.reporting.json import as_json

    return [problem_of(as_json(each)) for each in problems]


def time_of(milliseconds: int | None) -> datetime | None:
    """Return a moment that is given in ms since 1970; None, and what is before 1970: none."""
    if milliseconds is None or milliseconds <= 0:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
