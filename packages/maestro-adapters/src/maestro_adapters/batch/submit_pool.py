"""Runs the commands that submit, several at a time, and makes answers of what they print."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Protocol

import attrs

from maestro_adapters.batch.command_errors import ErrorPatterns
from maestro_adapters.batch.submit_breaker import SubmitBreaker
from maestro_adapters.errors import SchedulerError
from maestro_adapters.interface import SubmitAnswer
from maestro_adapters.job.submission import Submission
from maestro_adapters.process.runner import Call, Runner

__all__ = ["SingleCommand", "SubmitCommand", "SubmitPool"]


class SubmitCommand(Protocol):
    """One command that submits one job, or several at once."""

    @property
    def limits(self) -> Hashable:
        """What a site's limits on submissions depend on, so far as the jobs say it."""

    def call(self) -> Call:
        """Write the command.

        Raises:
            OSError: a script that goes along cannot be read.
        """

    def answers(self, answer: SubmitAnswer) -> dict[str, SubmitAnswer]:
        """Turn the answer of the command into one for each job's key."""

    def parts(self) -> Sequence[SubmitCommand]:
        """Cut it into smaller commands, where the site has no room for all; none: it is one job."""


@attrs.frozen
class SingleCommand:
    """A command that submits one job.

    Attributes:
        job: to be submitted.
        make_call: writes the command; it may raise OSError where the script cannot be read.
        limits: what a site's limits on submissions depend on.
    """

    job: Submission
    make_call: Callable[[Submission], Call]
    limits: Hashable

    def call(self) -> Call:
        """Write the command.

        Raises:
            OSError: the script cannot be read.
        """
        return self.make_call(self.job)

    def answers(self, answer: SubmitAnswer) -> dict[str, SubmitAnswer]:
        """Return the answer under the job's key."""
        return {self.job.key: answer}

    def parts(self) -> Sequence[SubmitCommand]:
        """Return nothing: there is no smaller one."""
        return ()


@attrs.frozen
class SubmitPool:
    """Submits for one scheduler.

    Attributes:
        runner: runs the commands.
        patterns: tell what a failed command means.
        job_id: finds the id in what a command prints; None: there is none.
    """

    runner: Runner
    patterns: ErrorPatterns
    job_id: Callable[[str], str | None]

    def submit(self, commands: Sequence[SubmitCommand]) -> dict[str, SubmitAnswer]:
        """Run all; an answer for each job's key."""
        breaker = SubmitBreaker(self.patterns)
        answers: dict[str, SubmitAnswer] = {}
        for some in self.runner.map(lambda command: self._run(command, breaker), commands):
            answers.update(some)
        return answers

    def _run(self, command: SubmitCommand, breaker: SubmitBreaker) -> dict[str, SubmitAnswer]:
        refusal = breaker.refusal(command.limits)
        if refusal is not None:
            return command.answers(refusal.answer())
        try:
            call = command.call()
        except OSError as error:
            unread = SchedulerError(f"cannot read {error.filename or 'a script'}: {error}")
            return command.answers(unread.answer())
        result = self.runner.run(call)
        if self.patterns.at_limit(result) and (parts := command.parts()):
            # The site refuses the command as a whole; a part of it may still find room.
            answers: dict[str, SubmitAnswer] = {}
            for part in parts:
                answers.update(self._run(part, breaker))
            return answers
        breaker.learn(result, command.limits)
        return command.answers(self.patterns.submit_answer(result, self.job_id(result.stdout)))
