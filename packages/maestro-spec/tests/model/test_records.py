"""A record whose fields, or their types, are not those that the workspace format's page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ForwardRef

import pytest

from maestro_spec.model import records

#: the parts of the page that tell of what this package writes
SECTIONS = ("`.maestro/spec.msgpack`",)

SINGLE = {
    "str": "str",
    "bool": "bool",
    "uint": "int",
    "number": "float",
    "null": "None",
    "any": "PlainValue",
}


def page_of() -> str | None:
    for folder in Path(__file__).resolve().parents:
        page = folder / "docs" / "workspace-format.md"
        if page.is_file():
            return page.read_text(encoding="utf-8")
    return None


def tables(page: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Return name → (kind, field → type) of the records and rows of the page's sections."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    section, fields = "", None
    for line in page.splitlines():
        if line.startswith("## "):
            section, fields = line[3:], None
        elif line.startswith("#"):
            heading = re.match(r"#### (record|row) `(\w+)`", line)
            fields = None
            if heading and section.startswith(SECTIONS):
                fields = {}
                found[heading[2]] = (heading[1], fields)
        elif line.startswith("|") and fields is not None:
            name, kind, *_ = (cell.strip() for cell in line.strip("|").split("|"))
            if name != "field" and set(name) != {"-"}:
                fields[name] = kind
    return found


PAGE = page_of()
TABLES = tables(PAGE) if PAGE else {}


def annotation(kind: str) -> str:
    """Return a type of the page as it is written in Python."""
    if " or " in kind:
        return " | ".join(map(annotation, kind.split(" or ")))
    if kind.startswith("list of "):
        return f"list[{annotation(kind.removeprefix('list of '))}]"
    if kind.startswith("map of "):
        return f"dict[str, {annotation(kind.removeprefix('map of '))}]"
    if kind.startswith("`"):
        name = kind.strip("`")
        return f"{name}Row" if TABLES[name][0] == "row" else f"{name}Record"
    return f"Literal[{kind}]".replace('"', "'") if kind.startswith('"') else SINGLE[kind]


def written(record: Any) -> dict[str, str]:
    return {
        name: kind.__forward_arg__ if isinstance(kind, ForwardRef) else str(kind)
        for name, kind in record.__annotations__.items()
    }


@pytest.mark.skipif(PAGE is None, reason="the page is not here: this is not a checkout")
def test_all_records_of_the_page_are_there() -> None:
    there = {name for name in vars(records) if name.endswith(("Record", "Row"))} - set()
    assert there == {
        f"{name}{'Row' if kind == 'row' else 'Record'}" for name, (kind, _) in TABLES.items()
    }


@pytest.mark.parametrize("name", [name for name, (kind, _) in TABLES.items() if kind == "record"])
def test_a_record_has_the_fields_of_the_page(name: str) -> None:
    # Checksums are no part of what is read: they are taken out before.
    expected = {
        field: f"NotRequired[{annotation(there)}]" if absent else annotation(there)
        for field, kind in TABLES[name][1].items()
        for there, absent, _ in [kind.partition(" or absent")]
        if field != "crc"
    }
    assert written(getattr(records, f"{name}Record")) == expected
