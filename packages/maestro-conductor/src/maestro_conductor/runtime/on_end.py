"""Call the user's command at the study's end. Whatever it does, the study stays what it is."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import IO

from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import FormatError
from maestro_conductor.model import states
from maestro_conductor.observers.log_writer import StudyLog
from maestro_conductor.runtime.clock import Clock
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.workspace.on_end_file import take_on_end

__all__ = ["OnEnd"]

#: s that it has to end after it was asked to.
_GRACE = 2.0
#: Bytes of its output that are looked at for the last line.
_TAIL = 4096
_FAILED = (states.FAILED, states.TIMEDOUT, states.HWFAILURE, states.INCOMPLETE)


class OnEnd:
    """Calls the command, once.

    Args:
        clock: tells how long it took.
        limit: s after which it is stopped.
    """

    def __init__(self, clock: Clock, limit: float) -> None:
        self._clock = clock
        self._limit = limit
        self._process: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None
        self._begun = 0.0

    def start(self, context: RunContext, state: StudyState) -> None:
        """Start the command, where the study has ended and there is one; nothing goes wrong by that."""
        if state.outcome is None:
            return
        try:
            command = take_on_end(context.root)
            if command is None:
                return
            self._begun = self._clock.steady()
            with contextlib.suppress(OSError):  # no room: what it says is lost
                self._output = tempfile.TemporaryFile()  # noqa: SIM115 - read when it has ended
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", command],
                cwd=context.root,
                env={**os.environ, **_variables(context, state)},
                stdin=subprocess.DEVNULL,
                stdout=self._output or subprocess.DEVNULL,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError, FormatError) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            context.log.event("on_end_failed", reason=reason or str(error))

    @property
    def is_running(self) -> bool:
        """Whether it was started, and its end was not waited for."""
        return self._process is not None

    def finish(self, log: StudyLog) -> None:
        """Wait for the command's end, not for ever, and log what became of it."""
        process, self._process = self._process, None
        if process is None:
            return
        why = None
        try:
            process.wait(self._limit)
        except subprocess.TimeoutExpired:
            why = f"it was stopped after {self._limit:g} s"
        except KeyboardInterrupt:
            why = "it was stopped, as somebody interrupted us"
        if why is not None:
            _stop(process)
        code = process.returncode
        took = round(max(0.0, self._clock.steady() - self._begun), 3)
        said = self._last_line()
        if why is None and code == 0:
            log.event("on_end_called", exit_code=0, duration_s=took)
            return
        reason = ": ".join(part for part in (why or "it failed", said) if part)
        code = 128 - code if code < 0 else code
        log.event("on_end_failed", exit_code=code, duration_s=took, reason=reason)

    def _last_line(self) -> str:
        if self._output is None:
            return ""
        with self._output as output:
            output.seek(max(0, output.seek(0, os.SEEK_END) - _TAIL))
            lines = output.read().decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the command, and what it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            process.wait(_GRACE)
    process.wait()


def _variables(context: RunContext, state: StudyState) -> dict[str, str]:
    counts = list(state.counts)
    name, code = state.outcome or ("", 0)
    numbers = {
        "INSTANCES": len(state),
        "FINISHED": counts[states.FINISHED],
        "FAILED": sum(counts[each] for each in _FAILED),
        "CANCELLED": counts[states.CANCELLED],
        "SKIPPED": counts[states.SKIPPED],
        "EXIT_CODE": code,
    }
    by_state = [
        f"{word} {number}" for word, number in zip(states.NAMES, counts, strict=True) if number
    ]
    texts = {
        "STUDY": context.graph.name.replace("\0", ""),
        "FOLDER": str(Path(context.root)),
        "STATE": name,
        "COUNTS": ", ".join(by_state),
        **{word: str(number) for word, number in numbers.items()},
    }
    return {f"MAESTRO_{word}": text for word, text in texts.items()}
