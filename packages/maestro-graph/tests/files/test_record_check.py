"""A map of a stranger's that passes, or is refused without saying which field is wrong."""

from __future__ import annotations

import pytest

from maestro_graph import FormatError
from maestro_graph.files.field_kinds import COUNT, NAME, TEXT, fields_of
from maestro_graph.files.record_check import RecordPlace

FIELDS = fields_of([("*name", NAME), ("rows columns", COUNT), ("note", TEXT)])
PLACE = RecordPlace("f.msgpack", "step 2 (post)")


@pytest.mark.parametrize(
    "record", [{"name": "a"}, {"name": "a", "rows": 0, "note": None, "more": object()}]
)
def test_what_is_absent_nil_or_unknown_passes(record: dict[str, object]) -> None:
    assert PLACE.check(record, FIELDS) is record


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({}, "`name` of step 2 (post) is not there, and must be a name"),
        ({"name": None}, "`name` of step 2 (post) is nil, and must be a name"),
        ({"name": ""}, "`name` of step 2 (post) is '', and must be a name"),
        ({"name": "a", "rows": -1}, "`rows` of step 2 (post) is -1, and must be a whole number"),
        ({"name": "a", "columns": True}, "`columns` of step 2 (post) is True, and must be"),
        ([], "step 2 (post) is [], and must be a map"),
    ],
)
def test_the_field_the_place_and_the_value_are_named(record: object, message: str) -> None:
    with pytest.raises(FormatError) as refusal:
        PLACE.check(record, FIELDS)
    assert message in str(refusal.value)
    assert str(refusal.value).startswith("f.msgpack does not have the documented form: ")


def test_a_map_within_another_is_named_with_it() -> None:
    assert PLACE.inside("the range").what == "the range of step 2 (post)"
    assert RecordPlace("f", "").inside("the range").what == "the range"
