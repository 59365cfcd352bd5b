"""Explain each code, with an example wrong and right; write the page `docs/diagnostics.md`."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import attrs
import yaml

from maestro_spec.diagnostics.codes import CODES, Code


@attrs.frozen
class Explanation:
    """What stands in ``explanations.yaml`` about a code.

    Attributes:
        meaning: what it means, and what to do.
        wrong: an excerpt of a study file that has the problem; None where it is no matter of one.
        right: the same without it.
    """

    meaning: str
    wrong: str | None
    right: str | None


@lru_cache(maxsize=1)
def explanations() -> dict[str, Explanation]:
    """Return all explanations, by code."""
    text = files("maestro_spec").joinpath("explanations.yaml").read_text(encoding="utf-8")
    return {
        code: Explanation(entry["meaning"].strip(), entry.get("wrong"), entry.get("right"))
        for code, entry in yaml.safe_load(text).items()
    }


def explain_one(code: str, style: str = "text") -> str:
    """Return the explanation of one code, as plain text or as Markdown."""
    return _markdown(CODES[code]) if style == "markdown" else _text(CODES[code])


def explain_all(style: str = "text") -> str:
    """Return a list of all codes for a terminal, or the whole page in Markdown."""
    if style == "text":
        return "".join(f"{c.name}  {c.severity:7}  {c.title}\n" for c in CODES.values())
    return _HEAD + "\n".join(_markdown(code) for code in CODES.values())


_HEAD = """# Diagnostics

What `maestro-spec lint` and `maestro run` report about a study file. Each code has one severity.
An **error** is what upstream refuses too, or what drops, overwrites or mixes data; it keeps a study
from running. A **warning** runs and is suspicious. A **hint** is advice.

The examples are excerpts: what a study needs besides is left out.

This page is made by `maestro-spec explain --format markdown`.

"""


def _text(code: Code) -> str:
    about = explanations()[code.name]
    text = f"{code.name}: {code.title} ({code.severity})\n\n{about.meaning}\n"
    for title, example in (("Wrong", about.wrong), ("Right", about.right)):
        if example:
            text += f"\n{title}:\n\n" + _indented(example)
    return text


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in text.rstrip().split("\n"))


def _markdown(code: Code) -> str:
    about = explanations()[code.name]
    text = f"## {code.name}: {code.title}\n\n*{code.severity}*. {about.meaning}\n"
    for title, example in (("Wrong", about.wrong), ("Right", about.right)):
        if example:
            text += f"\n{title}:\n\n```yaml\n{example.rstrip()}\n```\n"
    return text
