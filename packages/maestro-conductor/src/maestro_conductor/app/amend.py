"""Take in amendments where no conductor runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import attrs

from maestro_conductor.app.amend_planning import Known, Planning
from maestro_conductor.app.study_files import log_path_of, open_in_force, open_journal
from maestro_conductor.core.events import RequestSeen
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import WorkspaceError
from maestro_conductor.journal.reader import JournalReader
from maestro_conductor.journal.writer import JournalWriter
from maestro_conductor.model import records
from maestro_conductor.model.graph import Graph
from maestro_conductor.observers.log_file import LogFile
from maestro_conductor.observers.log_writer import DEFAULT_LEVEL, LEVELS, StudyLog
from maestro_conductor.runtime.amending import Amending
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.runtime.host import Host
from maestro_conductor.runtime.request_answers import RequestAnswers
from maestro_conductor.workspace.answer_files import AnswerFiles
from maestro_conductor.workspace.conductor_lock import hold
from maestro_conductor.workspace.graph_file import GraphFile
from maestro_conductor.workspace.request_files import Request, RequestFiles
from maestro_conductor.workspace.run_file import read_run
from maestro_conductor.workspace.sharing import open_to_group

__all__ = ["take_in"]


def take_in(root: Path, host: Host | None = None, planning: Planning | None = None) -> bool:
    """Take in the amendments that wait, of a study that no conductor runs; start nothing.

    Args:
        root: the workspace.
        host: the machine; None: this one.
        planning: has read the study; what of that holds still is not read again.

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
        known = None if planning is None else planning.known()
        before = None if known is None else GraphFile(root, known.graph)
        graph = open_in_force(root, before).graph
        for request in requests.look(0.0):
            if request.kind != "amend":
                return False
            try:
                amended = _amend(root, graph, request, requests, host, known)
            except ValueError as error:
                refused.append(str(error))
                known = None  # the refusal stands in the journal
                continue
            if amended is None:
                return False
            if amended is not graph:
                graph = open_in_force(root, GraphFile(root, amended)).graph
            known = None
    if refused:
        raise WorkspaceError("; ".join(refused))
    return True


def _amend(
    root: Path,
    graph: Graph,
    request: Request,
    requests: RequestFiles,
    host: Host,
    known: Known | None,
) -> Graph | None:
    """Take in an amendment, and return the graph in force then; None: that cannot be done now.

    Raises:
        ValueError: it is refused, and answered so.
    """
    journal_known = None if known is None else (known.state, known.reader)
    with _opened(root, graph, host, journal_known) as (context, state, journal):
        answers = RequestAnswers(context, requests, AnswerFiles(root), {})
        amending = Amending(
            *(context, state, journal, answers),
            known=None if known is None else known.difference,
            closed="amended",
        )
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
            return graph
        if asked.stop or amending.commit() is not None:
            return None
        return amending.amended


@contextlib.contextmanager
def _opened(
    root: Path,
    graph: Graph,
    host: Host,
    known: tuple[StudyState, JournalReader] | None,
) -> Iterator[tuple[RunContext, StudyState, JournalWriter]]:
    """Open the log and the journal."""
    log_file = LogFile(log_path_of(root, graph.name), disk=host.disk)
    log = StudyLog(log_file, LEVELS[DEFAULT_LEVEL], graph.name, str(root))
    context = RunContext(root, graph, host.clock, log)
    with (
        contextlib.closing(log_file),
        open_journal(context, read_run(root), host.disk, known) as (state, journal),
    ):
        yield context, state, journal
