"""List the keys of study files, and recognise lines in which one lacks its colon; pure."""

from __future__ import annotations

import re

#: The keys of study files: those of `maestro_spec.schema`, which is made on top of this room.
KEYS = frozenset(
    re.split(
        r",\s+",
        """
    allocation, allocation_args, allow failure, args, array, bank, batch, bind, bind gpus,
    branch, cmd, cores per task, cpus per rs, csv, dependencies, depends, description,
    enforce walltime, env, exclusive, exit codes, file, flux_uri, format, git, global.parameters,
    gpus, grid, hash, host, keys, label, labels, launcher, launcher_args, local_slots, name,
    nested, nodes, num, path, paths, pattern, post, pre, priority, procs, qos, queue, range,
    requeue, required, reservation, restart, results, retries, retry, retry pause, rows,
    rs per node, run, shell, sources, start, step, stop, study, success, tag, tasks per rs, type, uri, url, user_throttle,
    values, variables, version, waitable, walltime
""".strip(),
    )
)


def missing_colon(text: str) -> tuple[str, str] | None:
    """Return what ``cmd echo`` or ``cmd:echo`` lacks, and how to write it; None for other texts."""
    word, blank, rest = text.partition(" ")
    if word in KEYS and (blank or not rest):
        return f"A colon is missing after `{word}`.", f"Write `{word}: {shorten(rest) or '…'}`."
    word, colon, rest = text.partition(":")
    if word in KEYS and colon and rest and not rest[0].isspace():
        return f"A space is missing after `{word}:`.", f"Write `{word}: {shorten(rest)}`."
    return None


def shorten(text: str) -> str:
    """Return a text as messages quote it: no more than 40 characters."""
    text = text.strip()
    return text if len(text) <= 40 else text[:39] + "…"
