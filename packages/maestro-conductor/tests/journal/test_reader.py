"""Would catch a record that is lost or read twice: by a follower, behind a torn tail, or of another version."""

from __future__ import annotations

import pytest

from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import FormatError
from maestro_conductor.journal import JournalReader, JournalWriter, compact
from maestro_conductor.journal.framing import pack
from maestro_conductor.workspace.checksums import seal

STUDY_ID = "3f9a0c2d71e8"


def test_what_is_written_is_read(tmp_path, some_records, written):
    path = tmp_path / "journal"
    written(path, some_records()).close()
    with JournalReader(path) as reader:
        assert list(reader.read()) == some_records()
    assert reader.header["study_id"] == STUDY_ID
    assert reader.offset == path.stat().st_size


def test_a_journal_cut_at_any_byte_gives_its_whole_frames(tmp_path, some_records, written):
    path = tmp_path / "journal"
    writer = written(path, [])
    header = writer.size
    ends = []
    for record in some_records():
        writer.add(record)
        writer.flush()
        ends.append(writer.size)
    writer.close()
    content = path.read_bytes()
    for size in range(len(content) + 1):
        path.write_bytes(content[:size])
        with JournalReader(path) as reader:
            found = list(reader.read())
        assert found == some_records()[: sum(end <= size for end in ends)]
        if size >= header:
            JournalWriter(path, reader.offset, reader.sequence).close()
            assert path.stat().st_size == max([header, *(end for end in ends if end <= size)])


def test_zeros_that_a_crash_left_amid_frames_are_cut(tmp_path, some_records, read_all, written):
    path = tmp_path / "journal"
    writer = written(path, some_records(2))
    kept = writer.size
    for record in some_records(9):
        writer.add(record)
    writer.flush()
    writer.close()
    content = bytearray(path.read_bytes())
    content[kept : kept + 100] = bytes(100)
    path.write_bytes(content)
    assert read_all(path) == some_records(2)


def test_a_reader_follows_the_writer_and_the_compaction(tmp_path, some_records, written):
    path = tmp_path / "journal"
    reader = JournalReader(path)
    assert list(reader.read()) == []
    writer = written(path, some_records(2))
    assert len(list(reader.read())) == 2
    assert list(reader.read()) == []
    writer.add(some_records()[0])
    writer.flush()
    assert list(reader.read()) == some_records(1)
    assert not reader.restarted
    writer.close()
    size, sequence = compact(path, StudyState(2, STUDY_ID), writer.sequence, 5)
    writer = JournalWriter(path, size, sequence)
    writer.add(some_records()[1])
    writer.flush()
    found = list(reader.read())
    assert reader.restarted
    assert found[-1] == some_records()[1]
    writer.close()
    reader.close()


def test_another_major_version_is_refused_by_name(tmp_path, read_all):
    path = tmp_path / "journal"
    head = {"format": "maestro-journal", "version": [2, 0], "requires": [], "writer": "x 9"}
    path.write_bytes(pack(head))
    with pytest.raises(FormatError, match=r"format version 2\.0.*x 9"):
        read_all(path)
    path.write_bytes(seal(pack, {**head, "version": [1, 9], "requires": ["retries"]}))
    with pytest.raises(FormatError, match="needs `retries`"):
        read_all(path)


def test_who_has_read_all_knows(tmp_path, some_records, written):
    path = tmp_path / "journal"
    writer = written(path, some_records(3))
    with JournalReader(path) as reader:
        assert not reader.is_up_to_date()
        list(reader.read())
    assert reader.is_up_to_date()
    writer.add(some_records()[0])
    writer.flush()
    assert not reader.is_up_to_date()
    writer.close()


def test_another_file_of_the_same_size_is_not_the_one_that_was_read(
    tmp_path, some_records, written
):
    path = tmp_path / "journal"
    written(path, some_records(3)).close()
    with JournalReader(path) as reader:
        list(reader.read())
        (tmp_path / "copy").write_bytes(path.read_bytes())
        (tmp_path / "copy").replace(path)
        assert not reader.is_up_to_date()
    path.unlink()
    assert not reader.is_up_to_date()
