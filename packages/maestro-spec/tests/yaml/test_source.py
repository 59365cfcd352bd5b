"""A file that cannot be read, or is no text, and that no problem with its place tells of."""

from __future__ import annotations

import pytest

from maestro_spec.errors import StudyInvalid, StudyUnreadable
from maestro_spec.yaml.source import MAX_BYTES, decode, read_file


def test_the_byte_order_mark_is_no_part_of_the_text():
    assert decode(b"\xef\xbb\xbfa: 1", "f") == "a: 1"


def test_what_is_no_utf8_is_told_with_its_place():
    with pytest.raises(StudyInvalid) as caught:
        decode(b"a: 1\nb: \xff\n", "f")
    assert (caught.value.problems[0].code, str(caught.value.problems[0].place)) == (
        "MS002",
        "f:2:4",
    )
    assert decode("a: 1\nb: ÿ\n".encode(), "f") == "a: 1\nb: ÿ\n"


def test_a_file_that_cannot_be_read(tmp_path):
    for path in (tmp_path, tmp_path / "absent.yaml"):
        with pytest.raises(StudyUnreadable) as caught:
            read_file(path, "f")
        assert caught.value.problems[0].code == "MS001"
    (tmp_path / "there.yaml").write_bytes(b"a: 1\n")
    assert read_file(tmp_path / "there.yaml", "f") == "a: 1\n"


def test_too_large():
    with pytest.raises(StudyInvalid) as caught:
        decode(b"#" * (MAX_BYTES + 1), "f")
    assert caught.value.problems[0].code == "MS004"
    assert decode(b"#" * MAX_BYTES, "f")


def test_a_file_that_nearly_has_the_name(tmp_path):
    (tmp_path / "values.yaml").write_text("a: 1\n")
    with pytest.raises(StudyUnreadable) as caught:
        read_file(tmp_path / "vaules.yaml", "vaules.yaml")
    assert caught.value.problems[0].hint == f"Did you mean {tmp_path / 'values.yaml'}?"
    with pytest.raises(StudyUnreadable) as caught:
        read_file(tmp_path / "other.txt", "other.txt")
    assert caught.value.problems[0].hint is None
