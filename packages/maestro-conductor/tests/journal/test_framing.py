"""Would catch frames that other programs cannot read, and a damaged one that is believed."""

from __future__ import annotations

import contextlib

import pytest

from maestro_conductor.errors import FormatError
from maestro_conductor.journal import JournalReader, JournalWriter
from maestro_conductor.journal.framing import encode, pack


def test_frames_are_those_of_the_vectors(vectors):
    known = vectors("framing")
    assert pack(known["header"]["value"]).hex() == known["header"]["hex"]
    for frame in known["frames"]:
        assert encode(frame["sequence"], frame["body"]).hex() == frame["hex"]


def test_changed_bits_of_the_vectors_are_refused(tmp_path, vectors, read_all):
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


def test_no_changed_byte_passes(tmp_path, some_records, written):
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


@pytest.mark.once
def test_no_changed_bit_of_the_header_passes(tmp_path, some_records, read_all, written):
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


@pytest.mark.once
def test_no_flipped_bit_of_any_frame_is_passed_over(tmp_path, some_records, read_all):
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


@pytest.mark.parametrize(
    "garbage",
    [b"\0" * 4096, b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\x93\x09\x00\xc4\x00"],
)
def test_garbage_behind_the_last_frame_is_not_read(
    tmp_path, garbage, some_records, read_all, written
):
    path = tmp_path / "journal"
    written(path, some_records()).close()
    with path.open("ab") as file:
        file.write(garbage)
    assert read_all(path) == some_records()
