"""Read what a report carries beside the study: our script and style, and the libraries.

What is where, in which version and under which licence: ``assets/vendor/README.md``.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from attrs import frozen

__all__ = ["Assets", "assets", "hash_source"]

_LIBRARIES = ("vendor/uplot.js", "vendor/tabulator.js")
_OURS = (
    "data.js",
    "filter.js",
    "table.js",
    "plots.js",
    "timeline.js",
    "scatter.js",
    "parallel.js",
    "main.js",
)
_STYLES = ("vendor/uplot.css", "vendor/tabulator.css", "report.css")


@frozen
class Assets:
    """Scripts in the order in which they run, and one style."""

    scripts: tuple[str, ...]
    style: str


@cache
def assets() -> Assets:
    """Return what is put into each report."""
    ours = "\n".join(map(_read, _OURS))
    scripts = (*map(_read, _LIBRARIES), f'(function () {{\n"use strict";\n{ours}}})();\n')
    return Assets(scripts, "\n".join(map(_read, _STYLES)))


def hash_source(content: str) -> str:
    """Return how a content security policy names a script or a style by its hash.

    See https://www.w3.org/TR/CSP3/#grammardef-hash-source.
    """
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _read(name: str) -> str:
    return files("maestro_cli.report").joinpath("assets", *name.split("/")).read_text("utf-8")
