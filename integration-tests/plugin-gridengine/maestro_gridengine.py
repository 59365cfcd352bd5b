"""Grid Engine for maestro: `qsub`, `qstat`, `qacct`, `qdel`.

Pages: qsub(1), qstat(1), sge_status(5), accounting(5), qdel(1) of Son of Grid Engine 8.1.9
(https://manpages.debian.org/bookworm/gridengine-client/).
"""

from __future__ import annotations

import os
import pwd
import re
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from maestro_adapters.batch.missing_jobs import MissingJobTracker, unreachable
from maestro_adapters.batch.token_search import Found, TokenSearch
from maestro_adapters.errors import SchedulerError
from maestro_adapters.job import states, walltime
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.prepared import Prepared, leading_directives
from maestro_adapters.job.request import JobRequest, parse_request
from maestro_adapters.job.states import JobStatus, StateTable
from maestro_adapters.job.submission import Submission, parse_submission
from maestro_adapters.process.runner import Call, CommandRunner, Result, Runner, neutral_environment
from maestro_adapters.script import driver
from maestro_adapters.script.render import free_options, render
from maestro_adapters.script.script_file import carried_script

SUFFIX = ".ge.sh"
#: Seconds by which qacct may follow the end of a job: sge_conf(5), accounting_flush_time.
QACCT_LAG = 15.0

#: sge_status(5): the states of a job as qstat shows them.
STATES = StateTable(
    "Grid Engine",
    "https://manpages.debian.org/bookworm/gridengine-common/sge_status.5.en.html",
    {
        **dict.fromkeys(("qw", "Rq", "hqw", "hRwq"), states.PENDING),
        **dict.fromkeys(("r", "t", "Rr", "Rt", "hr"), states.RUNNING),
        **dict.fromkeys(("s", "ts", "S", "tS", "T", "tT"), states.SUSPENDED),
        **dict.fromkeys(("Rs", "Rts", "RS", "RtS", "RT", "RtT"), states.SUSPENDED),
        # An error of the site: it waits until an administrator clears it.
        **dict.fromkeys(("Eqw", "Ehqw", "EhRqw"), states.PENDING),
        **dict.fromkeys(("dr", "dt", "dRr", "dRt", "ds", "dS", "dT"), states.FINISHING),
        **dict.fromkeys(("dRs", "dRS", "dRT"), states.FINISHING),
        # It has ended; how, is for qacct to tell.
        "z": states.FINISHING,
    },
)
#: accounting(5), "failed": 37 the run limit; 100 the job was killed from outside. (The driver outlives
#: a script that is killed, so a 100 is a qdel.)
_FAILED = {"37": states.TIMEDOUT, "100": states.CANCELLED}
_OUTAGE = re.compile(
    r"unable to (contact|send)|commlib error|got (no|read) .*qmaster|timeout", re.I
)
_LIMIT = re.compile(r"jobs are allowed per user|max_u_jobs|max_jobs|job rejected: only", re.I)


def create(options: Mapping[str, Any]) -> GridEngineAdapter:
    """The adapter for `batch: {type: gridengine}`."""
    parsed = AdapterOptions.from_mapping(options)
    return GridEngineAdapter(
        parsed,
        CommandRunner(
            timeout=parsed.timeout,
            # What a job that we run in left behind; SGE_… says which Grid Engine to talk to.
            environment=lambda: neutral_environment(os.environ, ("JOB_", "PE_", "NSLOTS", "QUEUE")),
        ),
    )


class GridEngineAdapter:
    """Submits to Grid Engine, asks it, deletes."""

    name = "gridengine"

    def __init__(
        self,
        options: AdapterOptions,
        runner: Runner,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._options = options
        self._runner = runner
        self._search = TokenSearch(self._look, pause)
        self._tracker = MissingJobTracker(seconds=QACCT_LAG)
        self._deleted: set[str] = set()

    def describe(self) -> dict[str, Any]:
        """What this adapter is and can do."""
        return {
            "name": self.name,
            "suffix": SUFFIX,
            "scheduled": True,
            "slots": None,
            "commands": ["qsub", "qstat", "qacct", "qdel"],
        }

    def render(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The texts of a job's scripts."""
        job = parse_request(request, self._options)
        lines = directives(job) if job.scheduled else []
        texts = render(job, SUFFIX, lines, lambda _nodes, procs: f"mpirun -n {procs or 1}")
        texts["prepared"] = prepare(job, lines).as_map() if job.scheduled else None
        return texts

    def submit(self, jobs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Submit all jobs, several at a time."""
        parsed = [parse_submission(job, self._prepare) for job in jobs]
        answers = self._runner.map(self._submit, parsed)
        return {job.key: answer for job, answer in zip(parsed, answers, strict=True)}

    def _prepare(self, request: Mapping[str, Any]) -> Prepared:
        job = parse_request(request, self._options)
        return prepare(job, directives(job) if job.scheduled else [])

    def _submit(self, job: Submission) -> dict[str, Any]:
        text = driver.scheduled(
            job.prepared.directives,
            driver.arguments(
                job.prepared.workspace,
                job.script,
                job.attempt,
                log=job.prepared.label,
                log_id="${JOB_ID}",
                job_id="${JOB_ID}",
            ),
            {**self._options.environment, "MAESTRO_TOKEN": job.token},
            script_text=carried_script(job),
        )
        # The driver opens the logs and finds its folder: a path with a colon means another host here.
        argv = ["qsub", "-terse", "-V", "-wd", "/", "-o", "/dev/null", "-e", "/dev/null", "-r", "n"]
        argv += ["-S", "/bin/sh", "-ac", f"maestro_token={job.token}"]
        if job.exclude_nodes:
            argv += ["-l", f"h=!({'|'.join(job.exclude_nodes)})"]
        result = self._runner.run(Call(tuple(argv), stdin=text, submits=True))
        found = re.search(r"^(\d+)$", result.stdout, re.MULTILINE)
        if result.ok and found:
            self._tracker.seen(found[1], JobStatus(states.PENDING))
            return {"job": found[1], "state": states.PENDING}
        return error_of(result, lost=result.ok or result.problem == "timeout").answer()

    def poll(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Ask `qstat` for all jobs, then `qacct` for those that it does not show."""
        self._tracker.keep_only(job_ids)
        queued = self._ask(("qstat", "-xml", "-u", user()), qstat) if job_ids else {}
        answers: dict[str, JobStatus] = {}
        ended: dict[str, JobStatus] | str | None = None
        for job_id in job_ids:
            if isinstance(queued, str):
                answers[job_id] = unreachable(queued)
                continue
            if job_id in queued:
                answers[job_id] = self._tracker.seen(job_id, queued[job_id])
                continue
            if ended is None:
                ended = self._ask(("qacct", "-o", user(), "-j"), qacct)
            answers[job_id] = self._left(job_id, ended)
        return {job_id: status.answer() for job_id, status in answers.items()}

    def _left(self, job_id: str, ended: dict[str, JobStatus] | str) -> JobStatus:
        """A job that has left the queue."""
        if isinstance(ended, str):
            return unreachable(ended)
        if job_id in ended:
            return self._tracker.seen(job_id, ended[job_id])
        if job_id in self._deleted:
            return JobStatus(states.CANCELLED, reason="deleted while it waited")
        return self._tracker.missed(job_id)

    def _ask(
        self, argv: tuple[str, ...], parse: Callable[[str], dict[str, JobStatus]]
    ) -> dict[str, JobStatus] | str:
        result = self._runner.run(Call(argv))
        # qacct fails before the first job has ended.
        if not result.ok and "no jobs running since" not in result.output:
            return result.describe()
        try:
            return parse(result.stdout)
        except (ElementTree.ParseError, ValueError) as error:
            return f"{argv[0]} printed what is no list of jobs: {error}"

    def cancel(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Delete all; a job that has ended already counts as cancelled."""
        if not job_ids:
            return {}
        result = self._runner.run(Call(("qdel", *job_ids)))
        answers: dict[str, dict[str, Any]] = {}
        for job_id in job_ids:
            about = [
                line for line in result.output.splitlines() if re.search(rf"\b{job_id}\b", line)
            ]
            said = "\n".join(about)
            if "has deleted job" in said:
                # It waited: neither qstat nor qacct will know it any more.
                self._deleted.add(job_id)
            if re.search("deleted job|for deletion|does not exist|already in", said):
                answers[job_id] = {"cancelled": True}
            else:
                answers[job_id] = error_of(result).answer()
        return answers

    def find(self, tokens: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Which submissions were received and are in the queue."""
        return self._search.find(tokens)

    def _look(self) -> list[Found] | str:
        queued = self._ask(("qstat", "-xml", "-u", user()), qstat)
        if isinstance(queued, str):
            return queued
        if not queued:
            return []
        result = self._runner.run(Call(("qstat", "-j", ",".join(queued))))
        contexts = dict(context_tokens(result.stdout))
        if not result.ok and not contexts:
            return result.describe()
        return [
            Found(token, job_id, queued[job_id].state)
            for job_id, token in contexts.items()
            if job_id in queued
        ]

    def wake_fd(self) -> int | None:
        """Nothing here notifies."""
        return None

    def close(self, stop_jobs: bool = False) -> None:
        """Nothing is held; jobs go on unless told otherwise."""
        if stop_jobs:
            self.cancel(self._tracker.live())


def directives(request: JobRequest) -> list[str]:
    """The lines below the interpreter, each only where it has a value."""
    slots = (request.procs or 1) * (request.cores_per_task or 1)
    options = [f"-N {job_name(request.label)}"]
    if request.queue:
        options.append(f"-q {request.queue}")
    if request.bank:
        options.append(f"-P {request.bank}")
    seconds = walltime.parse(request.walltime) if request.walltime else None
    if seconds:
        options.append(f"-l h_rt={walltime.clock(seconds)}")
    if slots > 1:
        options.append(f"-pe smp {slots}")
    if request.gpus:
        options.append(f"-l gpu={request.gpus}")
    if request.exclusive_allocation:
        options.append("-l exclusive=true")
    if request.reservation:
        options.append(f"-ar {request.reservation}")
    if request.priority == "held":
        options.append("-h")
    options += free_options(request.allocation_args)
    return [f"#$ {option}" for option in options]


def prepare(request: JobRequest, lines: Sequence[str]) -> Prepared:
    """What submitting takes of a request."""
    return Prepared.of(request, leading_directives(lines, "#$"))


def job_name(label: str) -> str:
    """qsub(1), -N: no blanks, none of `/:@\\*?`, no digit first."""
    name = re.sub(r"[^\w.+=-]", "_", label, flags=re.ASCII)
    return name if name[:1].isalpha() else f"j{name}"


def user() -> str:
    """Whose jobs are ours."""
    return pwd.getpwuid(os.getuid()).pw_name


def qstat(text: str) -> dict[str, JobStatus]:
    """The jobs of `qstat -xml`, by id."""
    root = ElementTree.fromstring(text)  # noqa: S314  (the site's own qstat wrote it)
    found = {}
    for job in root.iter("job_list"):
        native = job.findtext("state", "")
        queue = job.findtext("queue_name") or ""
        found[job.findtext("JB_job_number", "")] = JobStatus(
            STATES.translate(native),
            native=native,
            reason="error of the site" if native.startswith("E") else None,
            nodes=(queue.partition("@")[2],) if "@" in queue else (),
        )
    return found


def qacct(text: str) -> dict[str, JobStatus]:
    """The jobs of `qacct -j`, by id."""
    found = {}
    for block in re.split(r"^={20,}$", text, flags=re.MULTILINE):
        fields = dict(line.split(None, 1) for line in block.splitlines() if len(line.split()) > 1)
        if "jobnumber" not in fields:
            continue
        code = int(fields.get("exit_status", "1").split()[0])
        reason = fields.get("failed", "0").strip()
        failed = reason.split()[0]
        state = states.FINISHED if code == 0 else states.FAILED
        if failed != "0":
            state = _FAILED.get(failed, states.HWFAILURE)
        found[fields["jobnumber"].strip()] = JobStatus(
            state,
            native="ended",
            reason=reason if failed != "0" else None,
            exit_code=code if failed == "0" else None,
            nodes=(fields["hostname"].strip(),) if "hostname" in fields else (),
        )
    return found


def context_tokens(text: str) -> Iterator[tuple[str, str]]:
    """Job id and token, of `qstat -j`."""
    job_id = ""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name == "job_number":
            job_id = value.strip()
        elif name == "context":
            for item in value.strip().split(","):
                if item.startswith("maestro_token="):
                    yield job_id, item.partition("=")[2]


def error_of(result: Result, *, lost: bool = False) -> SchedulerError:
    """The error for a failed command."""
    waits = bool(_LIMIT.search(result.output))
    outage = result.problem == "timeout" or bool(_OUTAGE.search(result.output))
    return SchedulerError(
        result.describe(),
        command=result.argv,
        output=result.output,
        transient=waits or outage or lost,
        unknown=lost,
    )
