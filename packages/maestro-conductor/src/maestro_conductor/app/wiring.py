"""Put the parts of a conductor together."""

from __future__ import annotations

from functools import partial
from typing import cast

from maestro_conductor.app.options import ConductOptions
from maestro_conductor.app.signals import Signals
from maestro_conductor.app.study_files import StudyFiles
from maestro_conductor.backends.batch_check import batch_trouble
from maestro_conductor.backends.job_request import GraphMap, JobRequests, adapter_options
from maestro_conductor.backends.local_backend import LocalBackend
from maestro_conductor.backends.protocol import Adapter, AdapterFactory, LocalAdapter
from maestro_conductor.backends.scheduler_backend import SchedulerBackend
from maestro_conductor.backends.script_writer import ScriptWriter, temporary_folder
from maestro_conductor.backends.submitter import Submitter
from maestro_conductor.core.granting import Grants
from maestro_conductor.core.machine import Machine
from maestro_conductor.core.queues import ARRAY_BATCH, LOCAL, SCHEDULED
from maestro_conductor.observers.record_logger import RecordLogger
from maestro_conductor.observers.status_csv import StatusFile
from maestro_conductor.runtime.amending import Amending
from maestro_conductor.runtime.attempt_reading import AttemptReader
from maestro_conductor.runtime.backend_events import BackendEvents
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.runtime.execute import Backend, Executor
from maestro_conductor.runtime.housekeeping import Housekeeping
from maestro_conductor.runtime.journal_commit import JournalCommitter
from maestro_conductor.runtime.journal_upkeep import JournalUpkeep
from maestro_conductor.runtime.log_upkeep import LogUpkeep
from maestro_conductor.runtime.machine_runner import MachineRunner
from maestro_conductor.runtime.main_loop import ConductorLoop
from maestro_conductor.runtime.progress import ProgressReporter
from maestro_conductor.runtime.request_answers import RequestAnswers
from maestro_conductor.runtime.request_intake import RequestIntake
from maestro_conductor.runtime.shutdown import Shutdown
from maestro_conductor.runtime.waiter import Waiter
from maestro_conductor.runtime.withdrawal import Withdrawal
from maestro_conductor.workspace.answer_files import AnswerFiles
from maestro_conductor.workspace.conductor_lock import Hold
from maestro_conductor.workspace.folder_watch import FolderWatch
from maestro_conductor.workspace.request_files import RequestFiles

__all__ = ["make_loop"]


def make_loop(
    context: RunContext,
    files: StudyFiles,
    requests: RequestFiles,
    hold: Hold,
    watch: FolderWatch,
    signals: Signals,
    options: ConductOptions,
) -> ConductorLoop:
    """Return a loop that is ready to run; whoever gets it closes it.

    Args:
        context: of the run.
        files: of the study.
        requests: that people make.
        hold: of the workspace.
        watch: of its folder.
        signals: end the run.
        options: as the conductor was asked to run.

    Raises:
        AdapterError: the study's adapter is missing.
    """
    graph, state, log, host = context.graph, files.state, context.log, options.host
    job_requests = JobRequests(files.graph, context.root, lambda: state.settings.batch)
    batch = dict(job_requests.batch)
    if state.settings.local_slots is not None:
        batch["local_slots"] = state.settings.local_slots
    local_adapter, scheduler_adapter = _make_adapters(batch, options.factory)
    writer = ScriptWriter(
        graph,
        job_requests,
        scheduler_adapter or local_adapter,
        context.root,
        temporary_folder(state.own_id) if files.run.usetmp else None,
    )
    submitter = Submitter(writer)
    slots = local_adapter.describe()["slots"]
    machine = Machine(
        graph,
        state,
        dry=files.run.dry,
        local_slots=slots,
        local_ahead=slots or 0,
        weigh=job_requests.slots,
        batch=ARRAY_BATCH if graph.batch.get("array") else None,
    )
    local = LocalBackend(local_adapter, submitter, machine.queues[LOCAL], host.clock.steady)
    backends: dict[str, Backend] = {LOCAL: local}
    scheduler = None
    if scheduler_adapter is not None:
        scheduler = SchedulerBackend(
            scheduler_adapter,
            submitter,
            signals.wakeup.set,
            log.event,
            array=bool(graph.batch.get("array")),
            worker=host.worker,
        )
        backends[SCHEDULED] = scheduler
    record_logger = RecordLogger(graph, state, log)
    progress = ProgressReporter(graph, state, options.observer)
    committer = JournalCommitter(context, files.journal, [record_logger.tell, progress.follow])
    attempts = AttemptReader(context, hold.me.host, hold.me.boot, files.graph.results_of)
    runner = MachineRunner(
        context,
        machine,
        committer,
        Executor(backends, attempts, writer.write_all),
        Withdrawal(machine, list(backends.values())),
        record_logger.note,
    )
    waiter = Waiter(host.selector(), signals.wakeup)
    answers = RequestAnswers(context, requests, AnswerFiles(context.root), machine.queues)
    amending = Amending(context, state, files.journal, answers)
    return ConductorLoop(
        context,
        runner,
        BackendEvents(host.clock, machine, local, scheduler, waiter),
        RequestIntake(
            requests,
            Grants(
                graph,
                state,
                files.graph.values_of,
                partial(
                    batch_trouble, files.graph, context.root, scheduler_adapter or local_adapter
                ),
            ),
            answers,
            runner.take_in,
            committer.when_safe,
            amending,
        ),
        Shutdown(signals, options.local_steps, machine.queues),
        Housekeeping(
            context,
            hold,
            JournalUpkeep(context, files.journal, state),
            StatusFile(context.root, graph, state),
            progress,
            LogUpkeep(files.log, log),
        ),
        watch,
        amending,
    )


def _make_adapters(batch: GraphMap, factory: AdapterFactory) -> tuple[LocalAdapter, Adapter | None]:
    """Make the adapter of the local steps, and that of the scheduled ones."""
    kind = batch.get("type") or "local"
    scheduler = None if kind == "local" else factory(kind, adapter_options(batch))
    local = factory("local", adapter_options(batch, local_beside=scheduler is not None))
    return cast("LocalAdapter", local), scheduler
