"""Would catch a journal that loses a record, believes a damaged one, or says less once it is compact."""

from __future__ import annotations

import contextlib
from random import Random

import pytest

from maestro_conductor.core.events import CancelAsked
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import FormatError
from maestro_conductor.journal import JournalReader, JournalWriter, compact, read_state
from maestro_conductor.journal.framing import encode, pack
from maestro_conductor.model import records
from maestro_conductor.model.settings import Settings
from maestro_conductor.testing import SmallDisk, StepPlan, make_workspace
from maestro_conductor.testing.world import World
from maestro_conductor.workspace.checksums import seal
from maestro_conductor.workspace.graph_file import read_graph
from maestro_conductor.workspace.paths import JOURNAL

STUDY_ID = "3f9a0c2d71e8"


def some_records(count=8):
    return [records.closed(1000 + i, f"reason {i} \udcff ü") for i in range(count)]


def read_all(path):
    with JournalReader(path) as reader:
        return list(reader.read())


def written(path, made, disk=None):
    writer = JournalWriter.create(path, STUDY_ID, 2, disk)
    for record in made:
        writer.add(record)
    writer.flush()
    return writer


def test_frames_are_those_of_the_vectors(vectors):
    known = vectors("framing")
    assert pack(known["header"]["value"]).hex() == known["header"]["hex"]
    for frame in known["frames"]:
        assert encode(frame["sequence"], frame["body"]).hex() == frame["hex"]


def test_changed_bits_of_the_vectors_are_refused(tmp_path, vectors):
    known = vectors("framing")["damaged"]
    path = tmp_path / "journal"
    for journal in known["journals"]:
        path.write_bytes(bytes.fromhex(journal["hex"]))
        with pytest.raises(FormatError, match=f"damaged: frame {known['frame']}, at byte"):
            read_all(path)
    for journal in known["header"]:
        path.write_bytes(bytes.fromhex(journal["hex"]))
        with pytest.raises(FormatError, match="damaged: it does not begin as a journal"):
            read_all(path)


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "journal"
    written(path, some_records()).close()
    with JournalReader(path) as reader:
        assert list(reader.read()) == some_records()
    assert reader.header["study_id"] == STUDY_ID
    assert reader.offset == path.stat().st_size


def test_a_journal_cut_at_any_byte_gives_its_whole_frames(tmp_path):
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


@pytest.mark.parametrize(
    "garbage",
    [b"\0" * 4096, b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\x93\x09\x00\xc4\x00"],
)
def test_garbage_behind_the_last_frame_is_not_read(tmp_path, garbage):
    path = tmp_path / "journal"
    written(path, some_records()).close()
    with path.open("ab") as file:
        file.write(garbage)
    assert read_all(path) == some_records()


def test_no_changed_byte_passes(tmp_path):
    path = tmp_path / "journal"
    written(path, some_records(3)).close()
    content = path.read_bytes()
    written(tmp_path / "empty", []).close()
    start = (tmp_path / "empty").stat().st_size
    for place in range(start, len(content)):
        changed = bytearray(content)
        changed[place] ^= 0x15
        path.write_bytes(changed)
        found, refusal = [], None
        with JournalReader(path) as reader:
            try:
                found.extend(reader.read())
            except FormatError as error:
                refusal = str(error)
        if len(found) == 2:  # in the last one, it looks like a torn write
            assert refusal is None
        else:
            assert f"journal is damaged: frame {len(found) + 1}, at" in refusal
        assert found == some_records(3)[: len(found)]
        assert len(found) < 3


def test_no_changed_bit_of_the_header_passes(tmp_path):
    path = tmp_path / "journal"
    written(path, some_records(3)).close()
    content = path.read_bytes()
    written(tmp_path / "empty", []).close()
    for bit in range(8 * (tmp_path / "empty").stat().st_size):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        with pytest.raises(FormatError, match=r"journal is (damaged|not a)"):
            read_all(path)


def test_zeros_that_a_crash_left_amid_frames_are_cut(tmp_path):
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


def test_a_reader_follows_the_writer_and_the_compaction(tmp_path):
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


def test_a_write_that_fails_half_way_is_cut_and_done_again(tmp_path):
    path = tmp_path / "journal"
    disk = SmallDisk()
    writer = written(path, some_records(1), disk)
    disk.room = 7
    writer.add(some_records()[1])
    with pytest.raises(OSError, match="No space left"):
        writer.flush()
    assert path.stat().st_size == writer.size
    writer.add(some_records()[2])
    assert disk.room == 7
    disk.room = None
    writer.flush()
    assert read_all(path) == some_records(3)
    writer.close()


@pytest.mark.parametrize("seed", range(6))
def test_a_compact_journal_says_the_same(tmp_path, seed):
    plans = [
        StepPlan("a", ["x"] * 3, restart="again", failure={"retries": 2, "retry_pause": 10}),
        StepPlan("b", ["x"] * 3, needs=["a"], resources={"nodes": 1}),
        StepPlan("c", funnels=["b"]),
    ]
    graph = read_graph(make_workspace(tmp_path, plans, batch={"type": "scripted"}))
    world = World(graph, Random(seed), Settings(attempts=2))  # noqa: S311
    world.handle()
    path = tmp_path / "compacted"
    for step in range(120):
        world.step()
        if step == 100 and seed % 2:
            world.handle(CancelAsked())
        state = world.machine.state
        path.touch()
        compact(path, state, 77, 5)
        kept, world.journal = world.journal, read_all(path)
        world.compare()
        world.journal = kept


def test_a_journal_does_not_grow_without_end(tmp_path):
    path = tmp_path / "journal"
    writer = written(path, [])
    state = StudyState(2, STUDY_ID)
    compacted = 0
    for time in range(60_000):
        row = [0, 1, "QUEUED" if time % 2 else "FAILED", time, 1, "a reason that takes some room"]
        record = records.state(time, [row])
        state.apply(record)
        writer.add(record)
        writer.flush()
        compacted += writer.compact(state, time)
    assert compacted == 1
    assert path.stat().st_size == writer.size < 4_000_000
    writer.close()
    again = StudyState(2, STUDY_ID)
    for record in read_all(path):
        again.apply(record)
    assert (again.state, again.ended, again.reason) == (state.state, state.ended, state.reason)


@pytest.mark.parametrize(
    ("steps", "study_id"),
    [([StepPlan("a"), StepPlan("b")], STUDY_ID), ([StepPlan("a")], "0123456789ab")],
)
def test_the_journal_of_another_study_is_refused(tmp_path, run, steps, study_id):
    make_workspace(tmp_path, [StepPlan("a")], run={"study_id": STUDY_ID})
    run(tmp_path)
    make_workspace(tmp_path, steps, run={"study_id": study_id})
    with pytest.raises(FormatError, match="journal of another study"):
        read_state(tmp_path)


def test_unknown_kinds_fields_and_elements_are_ignored(tmp_path):
    make_workspace(tmp_path, [StepPlan("a")], run={"study_id": STUDY_ID})
    writer = JournalWriter.create(tmp_path / JOURNAL, STUDY_ID, 1)
    writer.add({"kind": "unheard-of", "time": 1})
    row = [0, 1, "m3f9a0c2d71e8.0.1", "first", "main", "new element"]
    writer.add({"kind": "intent", "time": 2, "jobs": [row], "new": 3})
    writer.flush()
    writer.close()
    _, state = read_state(tmp_path)
    assert state.attempt[0] == 1


def test_another_major_version_is_refused_by_name(tmp_path):
    path = tmp_path / "journal"
    head = {"format": "maestro-journal", "version": [2, 0], "requires": [], "writer": "x 9"}
    path.write_bytes(pack(head))
    with pytest.raises(FormatError, match=r"format version 2\.0.*x 9"):
        read_all(path)
    path.write_bytes(seal(pack, {**head, "version": [1, 9], "requires": ["retries"]}))
    with pytest.raises(FormatError, match="needs `retries`"):
        read_all(path)


def test_no_flipped_bit_of_any_frame_is_passed_over(tmp_path):
    """Only the last frame may be lost: it cannot be told from a torn write."""
    path = tmp_path / "journal.msgpack"
    writer = JournalWriter.create(path, "0123456789ab", 3)
    for record in some_records(6):
        writer.add(record)
    writer.flush()
    writer.close()
    content = path.read_bytes()
    whole = read_all(path)
    for bit in range(8 * len(content)):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        with contextlib.suppress(FormatError):
            assert read_all(path) == whole[:-1], f"bit {bit % 8} of byte {bit // 8}"
