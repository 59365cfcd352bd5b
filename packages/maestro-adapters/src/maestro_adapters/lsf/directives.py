"""Writes a job request as `#BSUB` lines and as words of `jsrun`.

Options: https://www.ibm.com/docs/en/SSWRJV_10.1.0/lsf_command_ref/bsub.man_top.1.html (LSF 10.1),
https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=SSWRJV_10.1.0/jsm/jsrun.html.
"""

from __future__ import annotations

import re

from maestro_adapters.job import walltime
from maestro_adapters.job.request import JobRequest
from maestro_adapters.job.walltime_grammar import LACKING
from maestro_adapters.script.render import free_options, option_items

#: Minutes, or hours and minutes: what LSF reads as the workspace format does.
_LSF_TIME = re.compile(r"\d+|\d+:\d+", re.ASCII)
#: What a job name or a log's name may hold: brackets make an array, `%` a special sign.
_UNSAFE = re.compile(r"[^\w.()+=@~:, -]")


def directives(request: JobRequest) -> list[str]:
    """Write the lines below the interpreter, each only where it has a value."""
    name = job_name(request.label)
    log = _UNSAFE.sub("_", request.label)
    options = [
        ("nnodes", str(request.nodes or 1)),
        ("q", request.queue),
        ("G", request.bank),
        ("W", time_limit(request.walltime)),
        ("J", name),
        ("o", f"{log}.%J.out"),
        ("U", request.reservation),
        ("e", f"{log}.%J.err"),
    ]
    lines = [f"-{option} {_word(value)}" for option, value in options if value is not None]
    if request.exclusive_allocation:
        lines.append("-x")
    if request.priority == "held":
        lines.append("-H")
    # LSF has one dash and a blank, whatever an option's length.
    for option, value in option_items(request.allocation_args):
        lines.append(f"-{option}" if value is None else f"-{option} {_word(value)}")
    return [f"#BSUB {line}" for line in lines]


def launch_words(request: JobRequest, nodes: int | None, procs: int | None) -> str:
    """Write one `$(LAUNCHER)`: `procs` resource sets, as many on each node as `rs_per_node` says."""
    words = ["jsrun", "--nrs", str(procs or nodes or 1), "-b", request.bind or "rs"]
    if request.gpus:
        words += ["-g", str(request.gpus)]
    if request.bind_gpus:
        words += ["-B", request.bind_gpus]
    words += ["-a", str(request.tasks_per_rs or 1), "-r", str(request.rs_per_node or 1)]
    words += ["-c", str(request.cpus_per_rs or 1)]
    words += free_options(request.launcher_args)
    return " ".join(words)


def time_limit(text: str | None) -> str | None:
    """Write a walltime in a form that `-W` takes, rounded up to minutes; None for no limit.

    Raises:
        WalltimeError: the text is no walltime.
    """
    if text is None:
        return None
    text = text.strip()
    seconds = walltime.parse(text, pair="hours", lacking=LACKING["lsf"], scheduler="LSF")
    if seconds is None:
        return None
    return text if _LSF_TIME.fullmatch(text) else walltime.hours_and_minutes(seconds)


def job_name(label: str) -> str:
    """Make the name in the queue."""
    return _UNSAFE.sub("_", label).replace(" ", "_")


def _word(text: str) -> str:
    if re.fullmatch(r"[\w.,:/%+=@~-]+", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
