"""Writes a job request as `#SBATCH` lines and as words of `srun`.

Options: https://slurm.schedmd.com/sbatch.html, https://slurm.schedmd.com/srun.html.
"""

from __future__ import annotations

import re

from maestro_adapters.job import walltime
from maestro_adapters.job.request import JobRequest
from maestro_adapters.script.render import free_options, single_line

#: A walltime that Slurm reads as the workspace format does, so that it stays as it was written.
_SLURM_TIME = re.compile(
    r"\d+|\d+:\d+|\d+:\d+:\d+|\d+-\d+(:\d+){0,2}|(?i:unlimited|infinite)", re.ASCII
)


def directives(request: JobRequest) -> list[str]:
    """Write the lines below the interpreter, each only where it has a value."""
    options = [
        ("nodes", request.nodes),
        ("partition", request.queue),
        ("account", request.bank),
        ("time", time_limit(request.walltime)),
    ]
    lines = [f"--{name}={_word(value)}" for name, value in options if value is not None]
    lines += [f"--job-name={quoted(job_name(request.label))}"]
    log = log_pattern(request.label, "%j")
    lines += [f"--output={quoted(log + '.out')}", f"--error={quoted(log + '.err')}"]
    if request.description:
        lines.append(f"--comment={quoted(single_line(request.description))}")
    if request.reservation:
        lines.append(f"--reservation={quoted(request.reservation)}")
    if request.gpus:
        lines.append(f"--gres=gpu:{request.gpus}")
    if request.procs and (request.default_procs or not request.nodes):
        lines.append(f"--ntasks={request.procs}")
    if request.exclusive_allocation:
        lines.append("--exclusive")
    if request.qos:
        lines.append(f"--qos={_word(request.qos)}")
    if request.cores_per_task:
        lines.append(f"--cpus-per-task={request.cores_per_task}")
    if request.priority == "held":
        lines.append("--hold")
    lines += free_options(request.allocation_args)
    return [f"#SBATCH {line}" for line in lines]


def launch_words(request: JobRequest, nodes: int | None, procs: int | None) -> str:
    """Write one `$(LAUNCHER)`."""
    words = ["srun"]
    if procs:
        words += ["-n", str(procs)]
    if nodes:
        words += ["-N", str(nodes)]
    if request.cores_per_task:
        # Since 22.05 srun does not take this from the allocation.
        words += ["-c", str(request.cores_per_task)]
    if request.gpus:
        words.append(f"--gres=gpu:{request.gpus}")
    if request.exclusive_launcher:
        words.append("--exclusive")
    words += free_options(request.launcher_args)
    return " ".join(words)


def time_limit(text: str | None) -> str | None:
    """Write a walltime in a form that `--time` takes; None where none was said.

    Raises:
        WalltimeError: the text is no walltime.
    """
    if text is None:
        return None
    text = text.strip()
    seconds = walltime.parse(text)
    if _SLURM_TIME.fullmatch(text):
        return text
    return "UNLIMITED" if seconds is None else walltime.days_and_clock(seconds)


def excluded_nodes(request: JobRequest) -> list[str]:
    """List what the request's own options say of nodes to keep away from; lists as Slurm writes them."""
    args = request.allocation_args
    return [str(args[name]) for name in ("exclude", "x") if args.get(name)]


def job_name(label: str) -> str:
    """Make the name in the queue."""
    return label.replace(" ", "_")


def log_pattern(label: str, middle: str) -> str:
    """Write the stem of the log files, as a file name pattern of `sbatch`; `middle` makes it unique.

    A backslash anywhere in a pattern would keep Slurm from replacing `%j`.
    """
    return f"{label.replace(chr(92), '_').replace('%', '%%')}.{middle}"


def quoted(text: str) -> str:
    """Put a value in double quotes, as `sbatch` reads its directives."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _word(value: object) -> str:
    text = str(value)
    return text if re.fullmatch(r"[^\s\"'\\#]+", text) else quoted(text)
