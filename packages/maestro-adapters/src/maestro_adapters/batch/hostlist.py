"""Reads host lists as Slurm and Flux (RFC 29) write them."""

from __future__ import annotations

import re
from collections.abc import Iterator


def expand_hosts(text: str) -> Iterator[str]:
    """Yield the nodes of a host list: `n[1-2,07],login` gives n1, n2, n07, login."""
    for part in re.findall(r"(?:[^,\[]|\[[^\]]*\])+", text):
        opened = part.find("[")
        closed = part.find("]", opened)
        if opened < 0 or closed < 0:
            yield part
            continue
        for item in part[opened + 1 : closed].split(","):
            low, _, high = item.partition("-")
            if not (low.isdecimal() and (high or low).isdecimal()):
                continue
            for number in range(int(low), int(high or low) + 1):
                yield from expand_hosts(f"{part[:opened]}{number:0{len(low)}}{part[closed + 1 :]}")
