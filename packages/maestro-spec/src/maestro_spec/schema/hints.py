"""Say what to write where the YAML is right, and the key or the kind of value is not; pure."""

from __future__ import annotations

import re

from maestro_spec.yaml.keys import KEYS, missing_colon, shorten

#: What people write → the key of ours that it stands for, where the spelling does not show it.
MEANT = {
    "command": "cmd",
    "commands": "cmd",
    "script": "cmd",
    "retry": "retries",
    "depend": "depends",
    "depends_on": "depends",
    "dependencies": "depends",
    "needs": "depends",
    "time": "walltime",
    "timeout": "walltime",
    "cpus": "procs",
    "cores": "procs",
    "value": "values",
    "output": "results",
    "outputs": "results",
    "regex": "pattern",
    "columns": "keys",
    "steps": "study",
    "parameters": "global.parameters",
}


def not_a_map(text: str, title: str) -> str | None:
    """Return what to write where a map is needed and a text is there, or None."""
    missing = missing_colon(text)
    if title == "a step":
        name = "NAME" if text in KEYS else shorten(text)
        return f"Write `- name: {name}`, and its other keys below."
    return " ".join(missing) if missing is not None else None


def as_list(name: str, text: str) -> str | None:
    """Return how to write a text as a list, where it is one without brackets; or None."""
    name = name.strip("`")
    if "," in text and "[" not in text and "\n" not in text:
        text = ", ".join(part.strip() for part in text.split(",") if part.strip())
    elif not text.strip() or re.search(r"[\s\[\]{}:#]", text.strip()):
        return None
    return f"Write `{name}: [{shorten(text)}]`."


def in_quotes(text: str) -> str | None:
    """Return how to write a value so that YAML takes it for a text; None where it is empty or long."""
    return f'Put it in quotes: "{text}".' if text and len(text) < 60 else None
