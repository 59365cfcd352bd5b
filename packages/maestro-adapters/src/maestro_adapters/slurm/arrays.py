"""Packs the tokens of many equal jobs into the comment of one job array.

An array is one submission with one comment, at most 1024 bytes long (`job_mgr.c`), so the tokens of
its elements are written in a short form: element i has the i-th token. Tokens that differ in one
number alone make a run: `m3f.[0-41,43].1` is `m3f.0.1` … `m3f.41.1 m3f.43.1`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

#: Bytes of a job's comment that tokens may take.
MOST_BYTES = 1000

_SPLIT = re.compile(r"(.*?)(0|[1-9]\d*)(\.(?:0|[1-9]\d*))?", re.ASCII)
_RUN = re.compile(r"([^\[\],]*)(?:\[([\d,-]+)\]([^\[\],]*))?")


def pack(tokens: Sequence[str]) -> str:
    """Write the tokens, in their order, as one word."""
    runs: list[tuple[str, str, list[list[int]]]] = []
    for token in tokens:
        prefix, number, suffix = _parts(token)
        if number is None:
            runs.append((token, "", []))
        elif runs and runs[-1][2] and runs[-1][:2] == (prefix, suffix):
            ranges = runs[-1][2]
            if ranges[-1][1] + 1 == number:
                ranges[-1][1] = number
            else:
                ranges.append([number, number])
        else:
            runs.append((prefix, suffix, [[number, number]]))
    return ",".join(_run_text(*run) for run in runs)


def unpack(word: str) -> list[str]:
    """Read the tokens of a word that `pack` made; a word that is none is a token itself."""
    tokens: list[str] = []
    for part in re.findall(r"(?:[^,\[\]]|\[[^\]]*\])+", word):
        found = _RUN.fullmatch(part)
        if found is None or found[2] is None:
            tokens.append(part)
            continue
        for item in found[2].split(","):
            low, _, high = item.partition("-")
            if low.isdecimal() and (high or low).isdecimal():
                numbers = range(int(low), int(high or low) + 1)
                tokens += [f"{found[1]}{number}{found[3]}" for number in numbers]
    return tokens


def can_pack(token: str) -> bool:
    """Tell whether the token survives; the signs that `pack` uses must not stand in it."""
    return not set(token) & set("[],")


def portions(tokens: Sequence[str], most: int) -> Iterator[range]:
    """Cut a list of tokens into arrays of at most `most` elements whose word is short enough."""
    start = 0
    while start < len(tokens):
        size = min(most, len(tokens) - start)
        while size > 1 and len(pack(tokens[start : start + size]).encode()) > MOST_BYTES:
            size = (size + 1) // 2
        yield range(start, start + size)
        start += size


def _parts(token: str) -> tuple[str, int | None, str]:
    """Prefix, number and suffix of a token: the number is the one before the last, or the last."""
    found = _SPLIT.fullmatch(token)
    if found is None or (found[1] and found[1][-1].isdecimal()):
        return token, None, ""
    return found[1], int(found[2]), found[3] or ""


def _run_text(prefix: str, suffix: str, ranges: list[list[int]]) -> str:
    if not ranges:
        return prefix
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return f"{prefix}{ranges[0][0]}{suffix}"
    texts = [f"{low}" if low == high else f"{low}-{high}" for low, high in ranges]
    return f"{prefix}[{','.join(texts)}]{suffix}"
