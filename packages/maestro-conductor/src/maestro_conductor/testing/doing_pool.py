"""Run local jobs in virtual time that do something: each writes what it was told, and what it was given.

A command is ``make WORD from FOLDER …`` or ``fail WORD from FOLDER …``; folders are workspaces of the study.
It writes itself, and the results in these folders, into ``out.txt``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from maestro_conductor.backends.protocol import JobMap, PollAnswer, SubmitAnswer
from maestro_conductor.testing.death import spared
from maestro_conductor.testing.virtual_time import SlottedPool, Timeline
from maestro_conductor.workspace.graph_file import read_graph

__all__ = ["RESULT", "DoingPool"]

RESULT = "out.txt"


class DoingPool(SlottedPool):
    """A local adapter whose jobs outlive the conductor.

    Args:
        time: its own.
        root: the workspace.
        slots: jobs that run at a time.
        lasts: s that each job runs.

    Attributes:
        done: of each start, the workspace, relative to the root, and the command; and whether it
            came to its end.
    """

    def __init__(self, time: Timeline, root: Path, slots: int = 2, lasts: float = 1.0) -> None:
        super().__init__(time, slots, lasts)
        self.done: list[tuple[str, str, bool]] = []
        self._root = root

    def poll(self, job_ids: Sequence[str]) -> dict[str, PollAnswer]:
        """See docs/adapters.md."""
        with spared():
            return super().poll(job_ids)

    def submit(self, jobs: Sequence[JobMap]) -> dict[str, SubmitAnswer]:
        """See docs/adapters.md."""
        with spared():
            return super().submit(jobs)

    def lose_conductor(self) -> None:
        """Start none of those that wait: as a keeper whose conductor has died."""
        for job in self._those("PENDING"):
            self.say(job, state="CANCELLED")

    def _fill(self) -> None:
        with spared():
            waiting = self._those("PENDING")
            super()._fill()
            for job in waiting:
                if self.answers[job]["state"] == "RUNNING":
                    self._begin(job)

    def _begin(self, job: str) -> None:
        with self._attempt_file(job).open("x") as file:
            file.write("start host=somewhere boot=-\n")

    def _end(self, job: str) -> None:
        with spared():
            if self.answers[job]["state"] == "RUNNING":
                code = self._do(job)
                with self._attempt_file(job).open("a") as file:
                    file.write(f"end code={code}\n")
                state = "FAILED" if code else "FINISHED"
                self.say(job, state=state, exit_code=code)
            else:
                self.done.append((*self._told(job), False))
            self._fill()

    def _do(self, job: str) -> int:
        workspace, command = self._told(job)
        self.done.append((workspace, command, True))
        verb, word, _, *folders = command.split()
        if verb == "fail":
            return 1
        lines = [word]
        for folder in self._expanded(folders):
            with contextlib.suppress(FileNotFoundError):
                given = (self._root / folder / RESULT).read_text()
                lines += [f"  {line}" for line in given.splitlines()]
        (self._root / workspace / RESULT).write_text("\n".join([*lines, ""]))
        return 0

    def _expanded(self, folders: Sequence[str]) -> list[str]:
        """Put what the graph knows in the place of ``STEP/*``: folders of what is gone lie there, too."""
        found: list[str] = []
        for folder in folders:
            if folder.endswith("/*"):
                known = read_graph(self._root).workspaces
                found += sorted(each for each in known if each.startswith(folder[:-1]))
            else:
                found.append(folder)
        return found

    def _told(self, job: str) -> tuple[str, str]:
        request = self.submitted[job]["request"]
        workspace = Path(request["workspace"]).relative_to(self._root)
        return str(workspace), str(request["command"])

    def _attempt_file(self, job: str) -> Path:
        given = self.submitted[job]
        return Path(given["request"]["workspace"]) / f".attempt.{given['attempt']}"
