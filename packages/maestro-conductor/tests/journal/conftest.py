"""What the tests of the journal share."""

from __future__ import annotations

import pytest

from maestro_conductor.journal import JournalReader, JournalWriter
from maestro_conductor.model import records

STUDY_ID = "3f9a0c2d71e8"


@pytest.fixture
def some_records():
    def some_records(count=8):
        return [records.closed(1000 + i, f"reason {i} \udcff ü") for i in range(count)]

    return some_records


@pytest.fixture
def read_all():
    def read_all(path):
        with JournalReader(path) as reader:
            return list(reader.read())

    return read_all


@pytest.fixture
def written():
    def written(path, made, disk=None):
        writer = JournalWriter.create(path, STUDY_ID, 2, disk)
        for record in made:
            writer.add(record)
        writer.flush()
        return writer

    return written
