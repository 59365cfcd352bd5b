"""Would catch a record, row or request whose fields, or their order or types, are not those of the format page."""

from __future__ import annotations

import re
from typing import Any, get_args, get_type_hints

import msgpack
import pytest

from maestro_conductor.core.study_state import StudyState
from maestro_conductor.journal.compaction import summary
from maestro_conductor.journal.framing import pack
from maestro_conductor.model import records
from maestro_conductor.model.settings import Settings
from maestro_conductor.workspace.request_parsing import parse_resume, parse_update

RECORDS = {get_args(get_type_hints(kind)["kind"])[0]: kind for kind in get_args(records.Record)}
ROWS = {name: getattr(records, name) for name in records.__all__ if name.endswith("Row")}

PART = "`.maestro/journal.msgpack`: what happened"
TYPES = {
    "uint": int,
    "str": str,
    "bool": bool,
    "number": float,
    "uint or null": int | None,
    "str or null": str | None,
    "list of uint": list[int],
    "list of uint or null": list[int] | None,
}


def definitions(page: str, part: str) -> dict[str, list[tuple[str, str]]]:
    """For each record and row of a part of the page its fields, with their types, in order."""
    text = page.split(f"\n## {part}\n")[1].split("\n## ")[0]
    found = {}
    for block in re.split(r"^#### (?=record|row)", text, flags=re.M)[1:]:
        name = re.match(r"(?:record|row) `(\w+)`", block)[1]
        cells = re.findall(r"^\| (\w+) \| ([^|]+?) \|", block, re.M)
        found[name] = [cell for cell in cells if cell != ("field", "type")]
    return found


def type_of(text: str) -> Any:
    """The type that a cell of the page stands for; words are texts."""
    row = re.fullmatch(r"list of `(\w+)`", text)
    if row:
        return ROWS[row[1]]
    if text.startswith('"'):
        return str | None if text.endswith(" or null") else str
    return TYPES[text.removesuffix(" or absent")]


def element(hint: Any) -> Any:
    """The rows of a list of rows; any other type itself."""
    inner = get_args(hint)
    return inner[0] if inner and inner[0] in ROWS.values() else hint


@pytest.fixture
def journal(repository_file) -> dict[str, list[tuple[str, str]]]:
    return definitions(repository_file("docs/workspace-format.md"), PART)


def test_each_record_has_the_fields_of_the_page(journal):
    told = {name: fields for name, fields in journal.items() if fields[0][0] == "kind"}
    assert set(RECORDS) == set(told)
    for name, fields in told.items():
        hints = get_type_hints(RECORDS[name])
        assert list(hints) == [field for field, _ in fields], name
        for field, text in fields[1:]:
            assert element(hints[field]) == type_of(text), (name, field)


def test_each_row_has_the_fields_of_the_page(journal):
    told = {name: journal[name] for name in journal if name.endswith("Row")}
    assert set(ROWS) == set(told)
    for name, fields in told.items():
        hints = get_type_hints(ROWS[name])
        assert list(hints) == [field for field, _ in fields], name
        assert list(ROWS[name]._fields) == [field for field, _ in fields], name
        for field, text in fields:
            assert hints[field] == type_of(text), (name, field)


#: One of each kind, made as the conductor makes them.
STATE = records.StateRow(3, 1, "FAILED", 9, 4, "why")
MADE = [
    records.opened(1, "h", "b", 2, "1.0", "/w", "0123456789ab"),
    records.settings(1, "run", Settings()),
    records.intent(1, [records.IntentRow(3, 1, "m.3.1", "first", "main")]),
    records.submitted(1, [records.SubmittedRow(3, 1, "77", "PENDING")]),
    records.refused(1, [records.RefusedRow(3, 1, True, "no")]),
    records.state(1, [STATE]),
    records.cancelled(1),
    records.resumed(1, [3]),
    records.ended(1, "FAILED", 2),
    records.closed(1, "x"),
    next(record for record in summary(StudyState(4), 1) if record["kind"] == "snapshot"),
]


def test_what_is_made_has_the_fields_of_its_kind():
    assert {record["kind"] for record in MADE} == set(RECORDS)
    for record in MADE:
        assert list(record) == list(get_type_hints(RECORDS[record["kind"]]))


def test_rows_are_written_as_lists():
    assert pack(STATE) == pack(list(STATE))
    for record in MADE:
        read = msgpack.unpackb(pack(record))
        for rows in (read.get("jobs"), read.get("steps")):
            assert all(isinstance(row, list | int) for row in rows or ())


def test_what_was_made_and_what_was_read_mean_the_same():
    made, read = StudyState(4), StudyState(4)
    for record in MADE:
        made.apply(record)
        read.apply(msgpack.unpackb(pack(record)))
    assert made.outcome == ("FAILED", 2)
    assert list(summary(made, 5)) == list(summary(read, 5)) != list(summary(StudyState(4), 5))


def test_requests_take_the_fields_of_the_page(repository_file):
    page = repository_file("docs/workspace-format.md")
    told = definitions(page, "Requests")
    settings = {"throttle": 4, "rlimit": 5, "sleep": 6.5}
    assert [field for field, _ in told["Update"]] == list(settings)
    change = parse_update(pack_text(settings))
    assert {name: getattr(change, name) for name in settings} == settings
    whole = {"request": "resume", "steps": ["a"], **settings}
    assert [field for field, _ in told["Request"]] == list(whole)
    resume = parse_resume(pack_text(whole))
    assert resume.steps == ("a",)
    assert {name: getattr(resume.settings, name) for name in settings} == settings


def pack_text(value: dict[str, Any]) -> bytes:
    """As JSON, which is YAML, too."""
    return repr(value).replace("'", '"').encode()
