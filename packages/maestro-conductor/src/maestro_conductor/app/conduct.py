"""Run the study in a workspace to its end."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import attrs

from maestro_conductor.__about__ import __version__
from maestro_conductor.app.options import ConductOptions
from maestro_conductor.app.signals import Signals
from maestro_conductor.app.study_files import StudyFiles, log_path_of, open_in_force, open_journal
from maestro_conductor.app.wiring import make_loop
from maestro_conductor.backends.discovery import create_adapter
from maestro_conductor.backends.protocol import AdapterFactory
from maestro_conductor.errors import WorkspaceError
from maestro_conductor.model import records
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.records import Record
from maestro_conductor.model.settings import Run, SettingsChange
from maestro_conductor.observers.log_file import LogFile, check_log_path
from maestro_conductor.observers.log_writer import DEFAULT_LEVEL, LEVELS, StudyLog, plain_copy
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.runtime.failures import explained
from maestro_conductor.runtime.host import Host
from maestro_conductor.runtime.on_end import OnEnd
from maestro_conductor.runtime.progress import Progress
from maestro_conductor.workspace.amendment_files import sweep_amendments
from maestro_conductor.workspace.conductor_lock import Hold, Holder, hold, last_holder
from maestro_conductor.workspace.folder_identity import identify
from maestro_conductor.workspace.folder_watch import FolderWatch
from maestro_conductor.workspace.graph_file import GraphFile
from maestro_conductor.workspace.inside import stay_inside
from maestro_conductor.workspace.leftovers import sweep
from maestro_conductor.workspace.paths import PRIVATE
from maestro_conductor.workspace.place import Origin, find_origin
from maestro_conductor.workspace.request_files import RequestFiles
from maestro_conductor.workspace.run_file import read_run
from maestro_conductor.workspace.sharing import open_to_group

__all__ = ["conduct", "log_path_of"]


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
        0: finished; 1: the workspace was moved or deleted meanwhile; 2: some step failed;
        3: cancelled; 128 + n: stopped by signal n.

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
    _refuse_link_out(root)
    graph_file = GraphFile(root)
    graph = graph_file.graph
    before = last_holder(root)
    host = host or Host()
    on_end = OnEnd(host.clock, host.on_end_limit)
    try:
        with (
            Signals() as signals,  # first: a signal must not keep us from saying that we leave
            open_to_group(root),
            hold(root, take_over=take_over) as held,
            contextlib.closing(FolderWatch(root)) as watch,
        ):
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
                host=host,
                previous=before.describe() if before is not None and before.live else None,
                on_end=on_end,
            )
            while True:
                graph_file = open_in_force(root, graph_file)
                ended = _conduct(root, graph_file, read_run(root), held, watch, signals, options)
                if isinstance(ended, int):
                    break
                graph_file.close()
                graph_file = GraphFile(root, ended)  # as it was read for the comparison
                options = attrs.evolve(options, ready=None, previous=None)
    finally:
        graph_file.close()
    if on_end.is_running:  # nobody waits for the lock meanwhile
        log_file, log = _open_log(root, graph_file.graph, options)
        with contextlib.closing(log_file):
            on_end.finish(log)
    return ended


def _refuse_link_out(root: Path) -> None:
    """Refuse a study whose own folder is somewhere else.

    Raises:
        WorkspaceError: it is.
    """
    try:
        stay_inside(root, PRIVATE)
    except OSError as error:
        raise WorkspaceError(f"{error.filename} cannot be used: {error.strerror}") from error


def _identity(root: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another one in its place; None: there is none."""
    try:
        status = root.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _conduct(
    root: Path,
    graph_file: GraphFile,
    run: Run,
    held: Hold,
    watch: FolderWatch,
    signals: Signals,
    options: ConductOptions,
) -> int | Graph:
    """Run a study until its end: the exit code; or until it is amended: its new graph."""
    host, graph, ready = options.host, graph_file.graph, options.ready
    log_file, log = _open_log(root, graph, options)
    context = RunContext(root, graph, host.clock, log)
    sweep(root)
    sweep_amendments(root)
    with open_journal(context, run, host.disk) as (state, journal), contextlib.closing(log_file):
        requests = RequestFiles(root)
        if state.outcome is not None and not requests.any_waiting():
            if ready is not None:
                ready()
            options.on_end.start(context, state)
            return state.outcome[1]
        files = StudyFiles(graph_file, run, journal, state, log_file)
        origin = _record_start(context, files, held.me, options.sleeptime)
        with contextlib.closing(
            make_loop(context, files, requests, held, watch, signals, options)
        ) as loop:
            log.event(
                "conductor_started",
                host=held.me.host,
                pid=held.me.pid,
                version=__version__,
                previous=options.previous,
            )
            if origin is not None:
                log.event("study_copied" if origin.copied else "study_moved", path=origin.path)
            with explained(context, log_file.path):
                ended = loop.run(ready)
        if isinstance(ended, int):
            options.on_end.start(context, state)
        return ended


def _open_log(root: Path, graph: Graph, options: ConductOptions) -> tuple[LogFile, StudyLog]:
    copy = plain_copy if options.log_to_stdout else None
    own = root if options.log_path == log_path_of(root, graph.name) else None
    log_file = LogFile(options.log_path, copy, options.host.disk, own)
    return log_file, StudyLog(log_file, LEVELS[options.log_level], graph.name, str(root))


def _record_start(
    context: RunContext, files: StudyFiles, me: Holder, sleeptime: float | None
) -> Origin | None:
    """Record who opens the journal, and what the command line changes.

    Returns:
        From where the study came since it was last opened; None: it is where it was.
    """

    def record(entry: Record) -> None:
        files.state.apply(entry)
        files.journal.add(entry)

    root, state = str(context.root), files.state
    origin = find_origin(
        context.root, state.opened, files.run.root or context.graph.root, files.run.study_id
    )
    # A copy's jobs must never be taken for those of the original, nor the reverse.
    own_id = os.urandom(6).hex() if origin is not None and origin.copied else state.own_id
    wall = context.clock.wall()
    found = identify(context.root)
    folder = None if found is None else [found.device, found.inode]
    record(records.opened(wall, me.host, me.boot, me.pid, __version__, root, own_id, folder))
    settings = files.state.settings.changed(SettingsChange(sleep=sleeptime))
    if settings != files.state.settings:
        record(records.settings(wall, "run", settings))
    return origin
