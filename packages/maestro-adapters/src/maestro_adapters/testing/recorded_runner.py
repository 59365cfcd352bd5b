"""Runs commands for tests: answers them with what a real scheduler printed, and keeps the calls.

runner = RecordedRunner()
runner.answers("squeue", stdout="12|RUNNING|...")
options = AdapterOptions()
adapter = make_adapter(SlurmScheduler(options, runner), options)
adapter.poll(["12"])
runner.calls  # what was run

A recording is a file of this form; its command is as one would type it in a shell:

$ squeue --noheader
--- stdout
12|RUNNING|...
--- stderr
--- exit 0
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from maestro_adapters.process.runner import Call, Result

_Item = TypeVar("_Item")
_Value = TypeVar("_Value")
_FORM = re.compile(r"\$ (.*)\n--- stdout\n(.*?)--- stderr\n(.*?)--- exit (\d+)\n?", re.DOTALL)


def read_recording(path: Path) -> Result:
    """Read what a command printed when it was recorded.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no recording.
    """
    found = _FORM.fullmatch(path.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{path} is no recording of a command")
    return Result(tuple(shlex.split(found[1])), int(found[4]), found[2], found[3])


def recording(result: Result) -> str:
    """Write a result as the text of a recording; a last line without an end gets one."""
    parts = [f"$ {shlex.join(result.argv)}\n"]
    for name, text in (("stdout", result.stdout), ("stderr", result.stderr)):
        parts += [f"--- {name}\n", text, "\n" if text and not text.endswith("\n") else ""]
    return "".join([*parts, f"--- exit {result.exit_code}\n"])


class RecordedRunner:
    """Runs nothing. Each answer to a program is given once, the last one again and again.

    Attributes:
        calls: what was run, in order.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._answers: dict[str, list[Callable[[Call], Result]]] = {}

    def answers(
        self,
        program: str,
        stdout: str = "",
        stderr: str = "",
        exit_code: int | None = 0,
        problem: str | None = None,
    ) -> None:
        """Queue an answer to a program."""
        self.does(program, lambda call: Result(call.argv, exit_code, stdout, stderr, problem))

    def hangs(self, program: str) -> None:
        """Let the program not answer in time."""
        self.answers(program, exit_code=None, problem="timeout")

    def does(self, program: str, action: Callable[[Call], Result]) -> None:
        """Queue an answer that depends on the call."""
        self._answers.setdefault(program, []).append(action)

    def forget(self) -> None:
        """Drop all answers and calls."""
        self._answers.clear()
        self.calls.clear()

    def run(self, call: Call) -> Result:
        """Answer a call; a program without answers does not exist here."""
        self.calls.append(call)
        queue = self._answers.get(call.argv[0])
        if not queue:
            return Result(call.argv, None, stderr="No such file or directory", problem="missing")
        action = queue.pop(0) if len(queue) > 1 else queue[0]
        return action(call)

    def map(self, function: Callable[[_Item], _Value], items: Sequence[_Item]) -> list[_Value]:
        """Apply the function to one after another, in order."""
        return [function(item) for item in items]

    def missing_program(self, programs: Sequence[str]) -> str | None:  # noqa: ARG002
        """Return None: what is missing shows when it is run."""
        return None

    def argvs(self, program: str) -> list[tuple[str, ...]]:
        """List the command lines of a program, in order."""
        return [call.argv for call in self.calls if call.argv[0] == program]
