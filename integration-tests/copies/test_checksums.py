"""A checksum is computed in one way by all that write it, and looked at by all that read it.

A fault here would be a file that its reader refuses as damaged, or damage that one of them takes for the study.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgpack
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from differential import full, quick
from maestro_conductor.errors import FormatError as ConductorRefusal
from maestro_conductor.workspace import checksums as of_conductor
from maestro_graph.errors import FormatError as GraphRefusal
from maestro_graph.files import checksums as of_graph
from maestro_spec.model.study import Study
from maestro_spec.spec_file import spec_document, write_spec

pytestmark = pytest.mark.once

_PACKER = msgpack.Packer(unicode_errors="surrogateescape")
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text("ab\udcff", max_size=3)
)
_VERSIONS: Any = st.sampled_from(
    [[1, 0], [1, 1], [1, 2], [2, 0], [1], [], [1, 1, 0], [True, 1], [1.0, 1], "1.1", None]
)
HEADS = st.dictionaries(st.sampled_from(["format", "name", "steps"]), _SCALARS, max_size=3).flatmap(
    lambda head: st.fixed_dictionaries({key: st.just(value) for key, value in head.items()}, optional={"version": _VERSIONS, "crc": _SCALARS})
)  # fmt: skip
FLIPS = st.none() | st.integers(0, 10**6)


def by_conductor(content: bytes, record: Any) -> bool:
    try:
        if of_conductor.has_sum(record):
            of_conductor.check_sum("f", "the map", content, record)
    except ConductorRefusal:
        return False
    return True


def by_graph(content: bytes, record: Any) -> bool:
    record = dict(record) if isinstance(record, dict) else record
    try:
        if of_graph.has_sum(record):
            of_graph.take_sum("f", "the map", content, record)
    except GraphRefusal:
        return False
    return True


def agree(head: dict[str, Any], flip: int | None) -> None:
    bare = {key: value for key, value in head.items() if key != "crc"}
    sealed = of_graph.seal(_PACKER.pack, bare)
    assert of_conductor.seal(_PACKER.pack, bare) == sealed
    for content in (sealed, _PACKER.pack(head)):
        if flip is not None:
            bit = flip % (8 * len(content))
            content = bytearray(content)
            content[bit // 8] ^= 1 << bit % 8
        try:
            record = msgpack.unpackb(
                bytes(content), unicode_errors="surrogateescape", strict_map_key=False
            )
        except (ValueError, TypeError, msgpack.UnpackException):
            assume(flip is not None)
            continue
        assert of_conductor.has_sum(record) == of_graph.has_sum(record)
        assert by_conductor(bytes(content), record) == by_graph(bytes(content), record)


@example({"version": [1, 1]}, None)
@example({"version": [1, 0]}, None)
@example({"version": [True, 1]}, None)
@example({"crc": None}, None)
@example({}, 3)
@given(HEADS, FLIPS)
@quick
def test_all_copies_agree(head: dict[str, Any], flip: int | None) -> None:
    agree(head, flip)


@pytest.mark.slow
@given(HEADS, FLIPS)
@full
def test_all_copies_agree_on_many(head: dict[str, Any], flip: int | None) -> None:
    agree(head, flip)


def test_what_spec_writes_has_that_checksum(tmp_path: Path) -> None:
    study = Study(name="a", description="\udcff", steps=())
    write_spec(study, tmp_path / "spec.msgpack")
    sealed = of_graph.seal(_PACKER.pack, spec_document(study))
    assert (tmp_path / "spec.msgpack").read_bytes() == sealed
