"""Plan amendments, and take them in where no conductor runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import attrs

from maestro_conductor.app.study_files import log_path_of, open_in_force, open_journal
from maestro_conductor.core.amendment import AmendPlan, make_plan
from maestro_conductor.core.events import RequestSeen
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import WorkspaceError
from maestro_conductor.journal.in_force import graph_in_force
from maestro_conductor.journal.replay import load
from maestro_conductor.journal.writer import JournalWriter
from maestro_conductor.model import records
from maestro_conductor.model.graph import Graph
from maestro_conductor.observers.log_file import LogFile
from maestro_conductor.observers.log_writer import DEFAULT_LEVEL, LEVELS, StudyLog
from maestro_conductor.runtime.amending import Amending
from maestro_conductor.runtime.amendment_reading import read_difference
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.runtime.host import Host
from maestro_conductor.runtime.request_answers import RequestAnswers
from maestro_conductor.workspace.answer_files import AnswerFiles
from maestro_conductor.workspace.conductor_lock import hold
from maestro_conductor.workspace.request_files import Request, RequestFiles
from maestro_conductor.workspace.run_file import read_run
from maestro_conductor.workspace.sharing import open_to_group

__all__ = ["plan_amendment", "take_in"]


def plan_amendment(
    root: Path, folder: Path, *, only_new: bool = False, descendants: bool = True
) -> AmendPlan:
    """Plan an amendment by what the workspace says now; change nothing.

    Args:
        root: the workspace.
        folder: where the amendment was put together, whatever it is called.
        only_new: what has changed and has begun stays as it ran.
        descendants: what has finished after a changed or a new instance runs again, too.

    Raises:
        WorkspaceError: something cannot be read, or the amendment is of another study, or of
            another form of this one than the one in force.
    """
    root = Path(root).absolute()
    difference = read_difference(root, folder, in_force=graph_in_force(root))
    state, _ = load(root, difference.old, read_run(root))
    return make_plan(difference, state, only_new=only_new, descendants=descendants)


def take_in(root: Path, host: Host | None = None) -> bool:
    """Take in the amendments that wait, of a study that no conductor runs; start nothing.

    Args:
        root: the workspace.
        host: the machine; None: this one.

    Returns:
        Whether all that waited are in force. Else something is in flight that has to be cancelled
        first, or another request came before them: the next conductor takes them in.

    Raises:
        HeldError: a conductor runs it, and takes them in itself.
        WorkspaceError: one was refused, as the text says; or the workspace cannot be read.
        OSError: something cannot be written; what was not refused waits, or is in force.
    """
    root, host = Path(root).absolute(), host or Host()
    refused: list[str] = []
    with open_to_group(root), hold(root):
        requests = RequestFiles(root)
        requests.find_claimed()
        graph = open_in_force(root).graph
        for request in requests.look(0.0):
            if request.kind != "amend":
                return False
            try:
                if not _amend(root, graph, request, requests, host):
                    return False
            except ValueError as error:
                refused.append(str(error))
            before, graph = graph, open_in_force(root).graph
            if graph.amendment != before.amendment:
                _leave(root, graph, host)
    if refused:
        raise WorkspaceError("; ".join(refused))
    return True


def _amend(root: Path, graph: Graph, request: Request, requests: RequestFiles, host: Host) -> bool:
    """Take in an amendment; False: that cannot be done now.

    Raises:
        ValueError: it is refused, and answered so.
    """
    with _opened(root, graph, host) as (context, state, journal):
        answers = RequestAnswers(context, requests, AnswerFiles(root), {})
        amending = Amending(context, state, journal, answers)
        text = request.kind if request.ask is None else request.ask.text

        def answer(message: str, *, accepted: bool) -> None:
            seen = RequestSeen(request.kind, request.by, text, 0, accepted, message)
            journal.add(records.request(host.clock.wall(), **attrs.asdict(seen)))
            journal.flush()
            answers.add(request, seen, frozenset())
            answers.work(host.clock.steady())

        try:
            if request.ask is None:
                raise ValueError(request.wrong)
            asked = amending.begin(request)
        except ValueError as error:
            answer(str(error), accepted=False)
            raise
        if asked is None:
            answer("it is in force already", accepted=True)
            return True
        return not asked.stop and amending.commit() is None


def _leave(root: Path, graph: Graph, host: Host) -> None:
    """Record that nobody runs the study, or it would look as if its conductor had died.

    Where that cannot be recorded, the study is amended all the same.
    """
    with (
        contextlib.suppress(OSError, WorkspaceError),
        _opened(root, graph, host) as (_context, _state, journal),
    ):
        journal.add(records.closed(host.clock.wall(), "amended"))
        journal.flush()


@contextlib.contextmanager
def _opened(
    root: Path, graph: Graph, host: Host
) -> Iterator[tuple[RunContext, StudyState, JournalWriter]]:
    """Open the log and the journal."""
    log_file = LogFile(log_path_of(root, graph.name), disk=host.disk)
    log = StudyLog(log_file, LEVELS[DEFAULT_LEVEL], graph.name, str(root))
    context = RunContext(root, graph, host.clock, log)
    with (
        contextlib.closing(log_file),
        open_journal(context, read_run(root), host.disk) as (state, journal),
    ):
        yield context, state, journal
