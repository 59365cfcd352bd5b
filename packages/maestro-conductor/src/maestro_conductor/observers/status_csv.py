"""Write ``status.csv``, for people and for upstream's tools. Our own read the journal.

Written in slices, so that a study of many steps does not stand still meanwhile, and no more often
than keeps its cost at 1 % of a core.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from maestro_conductor.core.study_state import NONE, StudyState
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.states import FINISHED, NAMES, RUNNING, SKIPPED
from maestro_conductor.workspace.atomic_write import replace_file
from maestro_conductor.workspace.regular_files import open_regular

__all__ = ["COLUMNS", "StatusFile", "duration", "quoted", "rows"]

COLUMNS = (
    "Step Name,Job ID,Workspace,State,Run Time,Elapsed Time,Start Time,Submit Time,End Time,"
    "Number Restarts,Params\n"
)

#: The words by which states are shown: upstream's tools know no `SKIPPED`.
_WORDS = tuple(NAMES[FINISHED] if code == SKIPPED else name for code, name in enumerate(NAMES))

#: Share of a core that the file may cost, and the bounds of the interval in s.
_SHARE = 0.01
_SHORTEST, _LONGEST = 1.0, 60.0
#: Rows made in one go: about 10 ms.
_SLICE = 2000


def rows(graph: Graph, state: StudyState, now: int, first: int, last: int) -> Iterator[str]:
    """Return the lines of the instances ``first`` to ``last - 1``.

    Args:
        graph: the study.
        state: how far it came.
        now: ms since 1970.
        first: index of the first instance.
        last: one more than that of the last.
    """
    for i in range(first, last):
        submitted, started, ended = state.submitted[i], state.started[i], state.ended[i]
        until = ended if ended != NONE else now
        if started == NONE or (ended == NONE and state.state[i] != RUNNING):
            run_time = "--:--:--"
        else:
            run_time = duration(until - started)
        elapsed = "--:--:--" if submitted == NONE else duration(until - submitted)
        yield (
            f"{quoted(graph.names[i])},{quoted(state.job[i] or '--')},"
            f"{quoted(graph.workspaces[i])},{_WORDS[state.state[i]]},{run_time},{elapsed},"
            f"{_moment(started)},{_moment(submitted)},{_moment(ended)},{state.restarts[i]},"
            f"{quoted(graph.parameters[i])}\n"
        )


def duration(milliseconds: int) -> str:
    """Return a time as ``0d:00h:00m:00s``; a clock that was set back gives 0."""
    return _span(max(0, milliseconds) // 1000)


@lru_cache(maxsize=4096)
def _span(seconds: int) -> str:
    days, seconds = divmod(seconds, 86400)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    return f"{days}d:{hours:02}h:{minutes:02}m:{seconds:02}s"


def quoted(text: str) -> str:
    """Return a value as RFC 4180 writes it, in quotes only where it must be."""
    if "," in text or '"' in text or "\n" in text or "\r" in text:
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text


def _moment(milliseconds: int) -> str:
    return "--" if milliseconds == NONE else _local_time(milliseconds // 1000)


@lru_cache(maxsize=4096)
def _local_time(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


class StatusFile:
    """Keeps a workspace's ``status.csv`` fresh.

    Call `work` in each round of the loop; `due` says when there is something to do.
    """

    def __init__(self, root: Path, graph: Graph, state: StudyState) -> None:
        self._root: Path | None = root
        self._graph = graph
        self._state = state
        self._written = -1  # value of state.changes that the file shows
        self._making = -1
        self._next = 0.0
        self._place = 0
        self._parts: list[str] = []
        self._cost = 0.0

    def follow(self, root: Path | None) -> None:
        """Write the file where the workspace was moved to; None: no more, it was deleted."""
        self._root = root

    def due(self) -> float | None:
        """Return the steady time in s from which `work` has something to do; None: nothing changed."""
        if self._root is None:
            return None
        if self._parts:
            return 0.0
        return None if self._written == self._state.changes else self._next

    def work(self, steady: float, wall: int) -> None:
        """Do a slice of what is due.

        Raises:
            OSError: the file could not be written; it is tried again later.
        """
        due = self.due()
        if due is None or steady < due:
            return
        begun = time.thread_time()
        if not self._parts:
            self._parts = [COLUMNS]
            self._place = 0
            self._cost = 0.0
            self._making = self._state.changes
        last = min(len(self._graph), self._place + _SLICE)
        self._parts.append("".join(rows(self._graph, self._state, wall, self._place, last)))
        self._place = last
        try:
            if last == len(self._graph):
                self._put()
        finally:
            self._cost += time.thread_time() - begun
            if not self._parts:
                self._next = steady + min(_LONGEST, max(_SHORTEST, self._cost / _SHARE))

    def finish(self, wall: int) -> None:
        """Write it once more, whatever it costs, if it does not show the end.

        Raises:
            OSError: it could not be written.
        """
        if self._root is None or (self._written == self._state.changes and not self._parts):
            return
        self._making = self._state.changes
        self._parts = [COLUMNS, *rows(self._graph, self._state, wall, 0, len(self._graph))]
        self._put()

    def _put(self) -> None:
        assert self._root is not None  # noqa: S101 - `due` and `finish` have looked
        content = "".join(self._parts).encode("utf-8", "surrogateescape")
        self._parts = []
        with self._locked(self._root / ".status.lock"):
            replace_file(self._root / "status.csv", content, sync=False)
        self._written = self._making

    @contextlib.contextmanager
    def _locked(self, path: Path) -> Iterator[None]:
        """Hold ``.status.lock`` as upstream does. A reader that keeps it for ever is not waited for."""
        # The file is replaced whole: the lock is a courtesy, so it need not be had.
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):
                descriptor = open_regular(path, os.O_RDWR | os.O_CREAT)
                stack.callback(os.close, descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
