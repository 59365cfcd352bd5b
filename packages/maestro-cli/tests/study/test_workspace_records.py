"""The maps of a workspace's files, as they are read here.

A fault here would be a field that is read though the format has none of that name and type.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from maestro_cli.launch.run_file import Run
from maestro_cli.study import workspace_records

PAGE = (Path(__file__).parents[4] / "docs/workspace-format.md").read_text(encoding="utf-8")
PYTHON = {"str": "str", "uint": "int", "bool": "bool", "number": "int | float"}
PYTHON |= {"map of str": "Mapping[str, str]"}
PYTHON |= {f"{kind} or null": f"{name} | None" for kind, name in PYTHON.items()}
PYTHON |= {f"{kind} or absent": name for kind, name in PYTHON.items()}
#: What the command line gives is text, though the format would have more.
PYTHON |= {"map of scalar": "Mapping[str, str]", "map of any": "Mapping[str, str]"}


def table(record: str) -> dict[str, str]:
    """Return the fields of a record on the format's page, and their types."""
    lines = PAGE.partition(f"#### record `{record}`\n")[2].partition("\n#")[0].splitlines()
    rows = [line.split(" | ") for line in lines if re.match(r"\| \w+ \|", line)]
    return {row[0].strip("| "): row[1].split(" /")[0] for row in rows[1:]}


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("GraphHead", "Graph"),
        ("StepRecord", "GraphStep"),
        ("InstanceRecord", "Instance"),
        ("RunRecord", "Run"),
    ],
)
def test_fields_are_those_of_the_page(name: str, record: str) -> None:
    fields = table(record)
    # As text, for Python 3.10's annotations are no values.
    for field, kind in vars(workspace_records)[name].__annotations__.items():
        assert PYTHON[fields[field]] == getattr(kind, "__forward_arg__", kind)


def test_every_record_is_compared() -> None:
    assert set(workspace_records.__all__) == {
        "GraphHead",
        "StepRecord",
        "InstanceRecord",
        "RunRecord",
    }


def test_what_is_written_of_a_run_are_the_fields_of_the_page() -> None:
    written = {"format", "version", "requires", "writer", "study_id", "created", "crc"}
    assert table("Run").keys() == written | set(Run.__annotations__)
    for field, kind in Run.__annotations__.items():
        if (shown := PYTHON.get(table("Run")[field])) is not None:
            assert kind == shown
