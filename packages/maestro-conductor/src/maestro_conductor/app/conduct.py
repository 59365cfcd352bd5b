"""Puts a conductor together and runs it."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import attrs

from maestro_conductor.__about__ import __version__
from maestro_conductor.app.signals import Signals
from maestro_conductor.backends.discovery import create_adapter
from maestro_conductor.backends.job_request import adapter_options
from maestro_conductor.backends.protocol import Adapter, AdapterFactory, LocalAdapter
from maestro_conductor.backends.submitter import Submission
from maestro_conductor.core.machine import Machine
from maestro_conductor.core.queues import ARRAY_BATCH
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import WorkspaceError
from maestro_conductor.journal.replay import load
from maestro_conductor.journal.writer import JournalWriter
from maestro_conductor.model import records
from maestro_conductor.model.file_names import clean_name
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.settings import Run, SettingsChange
from maestro_conductor.observers.log_writer import (
    DEFAULT_LEVEL,
    LEVELS,
    LogFile,
    StudyLog,
    check_log_path,
    plain_copy,
)
from maestro_conductor.observers.status_csv import StatusFile
from maestro_conductor.runtime.context import Parts
from maestro_conductor.runtime.host import Host
from maestro_conductor.runtime.main_loop import Loop
from maestro_conductor.runtime.progress import Progress
from maestro_conductor.workspace.atomic_write import ensure_seen
from maestro_conductor.workspace.conductor_lock import Hold, boot_id, hold, last_holder
from maestro_conductor.workspace.disk import Disk
from maestro_conductor.workspace.graph_file import GraphFile
from maestro_conductor.workspace.leftovers import sweep
from maestro_conductor.workspace.paths import JOURNAL
from maestro_conductor.workspace.request_files import RequestFiles
from maestro_conductor.workspace.run_file import read_run
from maestro_conductor.workspace.sharing import open_to_group

__all__ = ["conduct", "log_path_of"]


@attrs.frozen
class ConductOptions:
    """How a conductor was asked to run: see `conduct`.

    Attributes:
        previous: who held the workspace before and did not say that it left; None: nobody.
    """

    log_path: Path
    log_level: int
    log_to_stdout: bool
    sleeptime: float | None
    ready: Callable[[], None] | None
    observer: Callable[[Progress], None] | None
    local_steps: str
    factory: AdapterFactory
    host: Host
    previous: str | None


def conduct(
    root: Path,
    *,
    log_path: Path | None = None,
    log_level: int = DEFAULT_LEVEL,
    log_to_stdout: bool = False,
    sleeptime: float | None = None,
    ready: Callable[[], None] | None = None,
    observer: Callable[[Progress], None] | None = None,
    take_over: bool = False,
    local_steps: str = "leave",
    scheduler_factory: AdapterFactory | None = None,
    host: Host | None = None,
) -> int:
    """Run a workspace's study to its end, in this process.

    TERM and INT stop it cleanly when this is called in the main thread; it can be started again.

    Args:
        root: the workspace.
        log_path: of the log; None: ``logs/<study>.log`` in the workspace.
        log_level: 1 (all) to 5 (critical only).
        log_to_stdout: show the log's lines, too.
        sleeptime: s, longest pause between two polls; None: what the study says.
        ready: called once, when the conductor is alive.
        observer: called a few times a second while things change.
        take_over: take the workspace from a conductor of another host whose heartbeat is old.
        local_steps: what becomes of running local steps after a signal: ``leave``: they go on,
            and the next conductor finds them; ``finish``: they are waited for, until a second
            signal; ``stop``: they are stopped, and the next conductor runs them again.
        scheduler_factory: makes adapters from name and options; None: installed ones.
        host: the machine: its clock, its disk and what else a test may want to be another;
            None: this one.

    Returns:
        0: finished; 2: some step failed; 3: cancelled; 128 + n: stopped by signal n.

    Raises:
        WorkspaceError: the folder is no workspace, or cannot be read; or ``log_path`` cannot be
            written.
        HeldError: another conductor holds it.
        AdapterError: the study's adapter is missing.
    """
    root = Path(root).absolute()
    if log_path is not None:
        check_log_path(log_path)
    seen = _identity(root)
    graph_file = GraphFile(root)
    graph = graph_file.graph
    run = read_run(root)
    before = last_holder(root)
    try:
        with open_to_group(root), hold(root, take_over=take_over) as held, Signals() as signals:
            if _identity(root) != seen:
                raise WorkspaceError(
                    f"{root} was replaced by another study in this moment, and nothing was "
                    "started. To run that one, start it again"
                )
            options = ConductOptions(
                log_path=log_path or log_path_of(root, graph.name),
                log_level=log_level,
                log_to_stdout=log_to_stdout,
                sleeptime=sleeptime,
                ready=ready,
                observer=observer,
                local_steps=local_steps,
                factory=scheduler_factory or create_adapter,
                host=host or Host(),
                previous=before.describe() if before is not None and before.live else None,
            )
            return _conduct(root, graph_file, run, held, signals, options)
    finally:
        graph_file.close()


def _identity(root: Path) -> tuple[int, int] | None:
    """What tells a folder from another one that takes its place; None: there is none."""
    try:
        status = root.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def log_path_of(root: Path, study: str) -> Path:
    """Where a study's log is."""
    return root / "logs" / f"{clean_name(study)}.log"


def _conduct(
    root: Path,
    graph_file: GraphFile,
    run: Run,
    held: Hold,
    signals: Signals,
    options: ConductOptions,
) -> int:
    host = options.host
    clock, graph = host.clock, graph_file.graph
    log_file = LogFile(options.log_path, plain_copy if options.log_to_stdout else None, host.disk)
    log = StudyLog(log_file, LEVELS[options.log_level], graph.name, str(root))
    sweep(root)
    state, journal = _open_journal(root, graph, run, log, host.disk)
    try:
        requests = RequestFiles(
            root, lambda path, reason: log.event("request_rejected", path=str(path), reason=reason)
        )
        if state.outcome is not None and not requests.any_waiting():
            if options.ready is not None:
                options.ready()
            return state.outcome[1]
        local, scheduler = _make_adapters(graph, options.factory)
        submission = Submission(graph_file, run, root, scheduler or local)
        slots = local.describe().get("slots")
        machine = Machine(
            graph,
            state,
            dry=run.dry,
            local_slots=slots,
            local_ahead=slots or 0,
            weigh=submission.weigh,
            batch=ARRAY_BATCH if graph.batch.get("array") else None,
        )
        opened = records.opened(clock.wall(), platform.node(), boot_id(), os.getpid(), __version__)
        state.apply(opened)
        journal.add(opened)
        settings = state.settings.changed(SettingsChange(sleep=options.sleeptime))
        if settings != state.settings:
            record = records.settings(clock.wall(), "run", settings)
            state.apply(record)
            journal.add(record)
        log.event(
            "conductor_started",
            host=held.me.host,
            pid=held.me.pid,
            version=__version__,
            previous=options.previous,
        )
        parts = Parts(
            root=root,
            graph=graph,
            machine=machine,
            journal=journal,
            submission=submission,
            local=local,
            scheduler=scheduler,
            requests=requests,
            hold=held,
            log=log,
            log_file=log_file,
            status=StatusFile(root, graph, state),
            host=host,
            wake=signals.wake,
            signal=lambda: signals.name,
            local_steps=options.local_steps,
            ready=options.ready,
            observer=options.observer,
        )
        return Loop(parts).run()
    finally:
        log_file.close()
        journal.close()


def _open_journal(
    root: Path, graph: Graph, run: Run, log: StudyLog, disk: Disk
) -> tuple[StudyState, JournalWriter]:
    """Replay the journal, cut its torn tail, and open it for writing; make it where there is none."""
    path = root / JOURNAL
    try:
        ensure_seen(path)
        state, reader = load(root, graph, run)
        if reader.header is None:
            return state, JournalWriter.create(path, run.study_id, len(graph), disk)
        torn = path.stat().st_size - reader.offset
        if torn:
            log.event("journal_cut", count=torn)
        return state, JournalWriter(path, reader.offset, reader.sequence, disk)
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be opened: {error.strerror}") from error


def _make_adapters(graph: Graph, factory: AdapterFactory) -> tuple[LocalAdapter, Adapter | None]:
    """The adapter of the local steps, and that of the scheduled ones."""
    batch: Mapping[str, Any] = graph.batch
    kind = batch.get("type") or "local"
    scheduler = None if kind == "local" else factory(kind, adapter_options(batch))
    local = factory("local", adapter_options(batch, local_beside=scheduler is not None))
    return cast("LocalAdapter", local), scheduler
