"""Finds a JSON document in what a command printed."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["json_document"]

_BEGIN = re.compile(r"^\{", re.MULTILINE)


def json_document(stdout: str) -> Any:
    """The JSON object that begins at the start of a line; a site's banners may stand around it.

    Raises:
        ValueError: there is none, or it is cut off.
    """
    begin = _BEGIN.search(stdout)
    if begin is None:
        raise ValueError("it holds no JSON")
    return json.JSONDecoder().raw_decode(stdout, begin.start())[0]
