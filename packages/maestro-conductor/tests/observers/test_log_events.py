"""Would catch an event or a field that the page and the schema do not have."""

from __future__ import annotations

import json

from maestro_conductor.observers.log_events import EVENTS, FIELDS, page, schema


def test_every_field_of_an_event_is_described():
    for event in EVENTS.values():
        assert set(event.fields) <= FIELDS.keys()


def test_the_page_and_the_schema_are_those_of_the_source(repository_file):
    assert repository_file("docs/log-events.md") == page()
    assert json.loads(repository_file("docs/workspace-format/schemas/log.schema.json")) == schema()
