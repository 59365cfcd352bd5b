"""Finds a JSON document in what a command printed."""

from __future__ import annotations

import json
import re

__all__ = ["json_document", "list_of_maps"]

_BEGIN = re.compile(r"^\{", re.MULTILINE)


def json_document(stdout: str) -> dict[str, object]:
    """Return the JSON object that begins at the start of a line; a site's banners may stand around it.

    Raises:
        ValueError: there is none, or it is cut off.
    """
    begin = _BEGIN.search(stdout)
    if begin is None:
        raise ValueError("it holds no JSON")
    document: dict[str, object] = json.JSONDecoder().raw_decode(stdout, begin.start())[0]
    return document


def list_of_maps(value: object) -> list[dict[str, object]]:
    """Return a value of a document as what it should be.

    Raises:
        ValueError: it is no list of objects.
    """
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError("it holds no list of objects")
    return value
