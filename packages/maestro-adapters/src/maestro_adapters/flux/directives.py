"""Writes a job request as `#flux:` lines (RFC 36) and as words of `flux run`.

Options: https://flux-framework.readthedocs.io/projects/flux-core/en/latest/man1/flux-batch.html and
man1/flux-run.html (flux-core 0.88).
"""

from __future__ import annotations

import math
import re
import shlex

from maestro_adapters.errors import RequestError
from maestro_adapters.flux import options
from maestro_adapters.job import walltime
from maestro_adapters.job.request import JobRequest
from maestro_adapters.job.walltime_grammar import LACKING

PREFIX = "#flux: "

#: Urgencies of flux-submit(1): 0 holds a job, 16 is the default, 31 the highest.
URGENCIES = {
    "held": 0,
    "minimal": 1,
    "low": 9,
    "medium": 16,
    "high": 24,
    "expedite": 31,
    "expedited": 31,
}


def directives(request: JobRequest, uri: str | None) -> list[str]:
    """Write the lines below the interpreter, each only where it has a value."""
    name = job_name(request.label)
    log = request.label.replace("{{", "__")
    exclusive = is_exclusive(request)
    lines = []
    if request.step_nodes:
        lines.append(f"-N {request.step_nodes}")
    if request.step_procs and not exclusive:
        lines.append(f"-n {request.step_procs}")
    lines.append(f"-t {time_limit(request.walltime)}")
    if request.queue:
        lines.append(f"-q {shlex.quote(request.queue)}")
    if request.bank:
        lines.append(f"--bank={shlex.quote(request.bank)}")
    lines.append(f"--job-name={_quoted(name)}")
    lines.append(f"--output={shlex.quote(log + '.{{id}}.out')}")
    lines.append(f"--error={shlex.quote(log + '.{{id}}.err')}")
    if exclusive:
        lines.append("--exclusive")
    lines += (shlex.join([word]) for word in options.words(request.allocation_args))
    info = [f"#MAESTRO-INFO (flux_uri) {uri}", "#"] if uri else []
    return [*info, *(f"{PREFIX}{line}" for line in lines)]


def launch_words(request: JobRequest, nodes: int | None, procs: int | None) -> str:
    """Write one `$(LAUNCHER)`."""
    exclusive = request.exclusive_launcher or options.asks_exclusive(request.launcher_args)
    words = ["flux", "run"]
    if nodes:
        words += ["-N", str(nodes)]
    if procs:
        words += ["-n", str(procs)]
    if not exclusive:
        if request.cores_per_task:
            words += ["-c", str(request.cores_per_task)]
        if request.gpus:
            words += ["-g", str(request.gpus)]
    else:
        words.append("--exclusive")
    words += options.words(request.launcher_args, setopt=request.args)
    return " ".join(words)


def resource_words(request: JobRequest) -> list[str]:
    """Write what a submission asks for beside its directives: cores and GPUs of each slot, urgency, flags."""
    words = []
    if not is_exclusive(request):
        if request.cores_per_task:
            words += ["-c", str(request.cores_per_task)]
        if request.gpus:
            per_slot = math.ceil(request.gpus / (request.step_nodes or 1))
            words += ["-g", str(per_slot)]
    if request.priority is not None:
        words.append(f"--urgency={urgency(request.priority)}")
    if request.waitable:
        words.append("--flags=waitable")
    return words


def is_exclusive(request: JobRequest) -> bool:
    """Tell whether the nodes are for this job alone; Flux wants a number of nodes with that."""
    return bool(request.step_nodes) and (
        request.exclusive_allocation or options.asks_exclusive(request.allocation_args)
    )


def urgency(priority: str | float) -> int:
    """Return Flux's urgency of a priority: a word, or a part of 1.

    Raises:
        RequestError: neither.
    """
    if isinstance(priority, str) and priority.strip().lower() in URGENCIES:
        return URGENCIES[priority.strip().lower()]
    try:
        part = float(priority)
    except ValueError:
        part = -1.0
    if not 0 <= part <= 1:
        raise RequestError(
            f"the priority is {priority!r}: say one of {', '.join(URGENCIES)}, or a number from 0.0 to 1.0"
        )
    return math.ceil(part * 31)


def time_limit(text: str | None) -> str:
    """Write a walltime in Flux's form; `0s`: no limit.

    Raises:
        WalltimeError: the text is no walltime.
    """
    said = (
        walltime.parse(text, lacking=LACKING["flux"], scheduler="Flux")
        if text is not None
        else None
    )
    seconds = said or 0
    # A clock as upstream writes it, 600.0s: scripts are compared with its.
    return f"{float(seconds)}s" if text and ":" in text else f"{seconds:.15g}s"


def job_name(label: str) -> str:
    """Make the name in the queue."""
    return label.replace(" ", "_")


def _quoted(text: str) -> str:
    if re.fullmatch(r"[\w.,:/%+=@~()-]*", text):
        return f'"{text}"'
    return shlex.quote(text)
