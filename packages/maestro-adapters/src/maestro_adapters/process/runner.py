"""Starts the commands of schedulers; the only module of this package that does.

A command is a list of arguments, never a shell string. It has a time-out, a process group of its
own, so that a hanging one is ended with all its children, and an environment from which the user's
settings of the scheduler's commands are gone: a user's `SQUEUE_FORMAT` must not change what we parse.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

import attrs

_Item = TypeVar("_Item")
_Value = TypeVar("_Value")

#: Most commands of one scheduler that run at the same time.
MOST_AT_ONCE = 8

#: Seconds that a killed command has to go away; one that sits in a system call may not.
_GRACE = 2.0


@attrs.frozen
class Call:
    """One command to be run.

    Attributes:
        argv: program and arguments.
        stdin: text for its standard input.
        cwd: folder to run in.
        submits: it makes a job, which may inherit this command's environment: the locale is kept.
        variables: added to its environment.
    """

    argv: tuple[str, ...]
    stdin: str | None = None
    cwd: str | None = None
    submits: bool = False
    variables: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Result:
    """What was run, and what came back.

    Attributes:
        argv: as in the call.
        exit_code: None where the command did not start, or was stopped.
        stdout: what it printed; bytes that are not UTF-8 are kept as surrogates.
        stderr: likewise.
        problem: None; `missing`: there is no such program, or it cannot be run; `timeout`: it was stopped.
    """

    argv: tuple[str, ...]
    exit_code: int | None
    stdout: str = ""
    stderr: str = ""
    problem: str | None = None

    @property
    def ok(self) -> bool:
        """Tell whether it ended with exit code 0."""
        return self.exit_code == 0

    @property
    def output(self) -> str:
        """Return what it printed, errors first: those say most."""
        return "\n".join(text.strip() for text in (self.stderr, self.stdout) if text.strip())

    def describe(self) -> str:
        """Say in one line what was run and what came back."""
        program = self.argv[0]
        if self.problem == "missing":
            return f"{program} could not be run: {self.stderr.strip()}"
        said = " / ".join(self.output.splitlines()) or "nothing"
        if self.problem == "timeout":
            return f"{program} did not answer in time and was stopped; it had said: {said}"
        return f"{program} ended with exit code {self.exit_code} and said: {said}"


class Runner(Protocol):
    """What an adapter needs of the outside world; no method raises for a failing command."""

    def run(self, call: Call) -> Result:
        """Run one call to its end."""
        ...

    def map(self, function: Callable[[_Item], _Value], items: Sequence[_Item]) -> list[_Value]:
        """Apply a function that runs calls to each item, several at a time, results in order."""
        ...

    def missing_program(self, programs: Sequence[str]) -> str | None:
        """Name the first of these programs that is not on the PATH; None: all are."""
        ...


def neutral_environment(
    environment: Mapping[str, str], drop: Iterable[str], keep: Iterable[str] = ()
) -> dict[str, str]:
    """Return the environment without the variables that start with one of `drop`, but for those in `keep`."""
    prefixes, kept = tuple(drop), frozenset(keep)
    return {
        name: value
        for name, value in environment.items()
        if name in kept or not name.startswith(prefixes)
    }


@attrs.frozen
class CommandRunner:
    """Runs calls as processes of this machine.

    Attributes:
        timeout: seconds that one command may take.
        environment: gives the environment of the commands, neutral already.
        at_once: most commands at the same time.
        locale: `LC_ALL` of commands that make no job, so that their messages are the ones we know.
    """

    timeout: float = 60.0
    environment: Callable[[], Mapping[str, str]] = lambda: os.environ
    at_once: int = MOST_AT_ONCE
    locale: str = "C"

    def run(self, call: Call) -> Result:
        """Run one call to its end, or stop it when its time has run out."""
        environment = dict(self.environment())
        if not call.submits:
            environment["LC_ALL"] = self.locale
        environment.update(call.variables)
        try:
            process = subprocess.Popen(
                call.argv,
                stdin=subprocess.DEVNULL if call.stdin is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=call.cwd,
                env=environment,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return Result(call.argv, None, stderr=str(error), problem="missing")
        stdin = None if call.stdin is None else call.stdin.encode("utf-8", "surrogateescape")
        try:
            stdout, stderr = process.communicate(stdin, timeout=self.timeout)
        except subprocess.TimeoutExpired as expired:
            stdout, stderr = _stop(process, expired)
            return Result(call.argv, None, _text(stdout), _text(stderr), problem="timeout")
        return Result(call.argv, process.returncode, _text(stdout), _text(stderr))

    def map(self, function: Callable[[_Item], _Value], items: Sequence[_Item]) -> list[_Value]:
        """Apply a function to each item, in at most `at_once` threads."""
        if len(items) < 2:
            return [function(item) for item in items]
        with ThreadPoolExecutor(min(self.at_once, len(items))) as pool:
            return list(pool.map(function, items))

    def missing_program(self, programs: Sequence[str]) -> str | None:
        """Name the first of these programs that is not on the PATH of the commands; None: all are."""
        path = self.environment().get("PATH")
        return next((name for name in programs if shutil.which(name, path=path) is None), None)


def _stop(
    process: subprocess.Popen[bytes], expired: subprocess.TimeoutExpired
) -> tuple[bytes, bytes]:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    try:
        return process.communicate(timeout=_GRACE)
    except subprocess.TimeoutExpired:
        # It hangs in the kernel (a dead file system): leave it, but not its pipes.
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        return expired.stdout or b"", expired.stderr or b""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
