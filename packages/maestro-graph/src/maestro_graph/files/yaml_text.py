"""Write plain YAML as text, fast enough for the metadata of 100 000 instances.

PyYAML needs about 100 µs for each of them; these files are of a known, simple shape.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

# What YAML 1.1 lets stand in double quotes as it is (its c-printable), minus the quote and the
# backslash, minus line ends and BOM, which readers fold or drop.
_ESCAPED = re.compile(
    "[^ !#-\\[\\]-~\u00a1-\u167f\u1681-\u1fff\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff"
    "\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
#: Most names are like this; it is three times as fast as looking for what must be escaped.
_PLAIN = re.compile("[ !#-\\[\\]-~]*").fullmatch

_WORDS = {None: "null", True: "true", False: "false"}


def quoted(text: str) -> str:
    """Return a text as a double-quoted scalar."""
    if _PLAIN(text):
        return f'"{text}"'
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in '"\\':
        return "\\" + character
    number = ord(character)
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def flow(value: object) -> str:
    """Return a plain value (see `maestro_graph.model.plain`) in flow style, on one line."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float):
        return _float(value)
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{quoted(str(key))}: {flow(each)}" for key, each in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    return quoted(str(value))


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    # YAML 1.1 takes 1e-05 for a text: a float needs its dot.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text
