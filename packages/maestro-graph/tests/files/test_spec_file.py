"""A study of another version, or none at all, that is expanded all the same."""

from pathlib import Path
from typing import Any

import pytest

from maestro_graph import FormatError, expand, read_spec
from maestro_graph.files.checksums import seal
from maestro_graph.files.map_file import packer


def test_the_next_minor_version_is_read(document: Any, tmp_path: Path) -> None:
    document |= {"version": [1, 7], "news": 1}
    document["steps"][0]["news"] = 2
    document["batch"]["news"] = 3
    (tmp_path / "spec").write_bytes(seal(packer().pack, document))
    assert len(expand(read_spec(tmp_path / "spec")).instances) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "maestro-graph"}, "spec.msgpack is not a maestro-spec file"),
        ({"version": [2, 0]}, r"has version 2\.0, maestro-graph .* reads version 1"),
        ({"requires": ["loops"]}, "needs `loops`, this maestro-graph .* does not know it"),
        ({"version": 1}, "`version` of its head is 1"),
        ({"version": ["1", 0]}, r"`version` of its head is \['1', 0\]"),
        ({"requires": "loops"}, "`requires` of its head is 'loops'"),
        ({"steps": [{"command": "x"}]}, "`name` of step 0 is not there, and must be a name"),
        ({"steps": 3}, "`steps` of the study is 3, and must be a list"),
    ],
)
def test_spec_files_that_are_refused(make: Any, change: Any, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        expand(make.spec(make.step("s", "x")) | change)


def test_files_that_are_no_spec(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot read"):
        read_spec(tmp_path / "none")
    (tmp_path / "torn").write_bytes(b"\x82\xa1a")
    with pytest.raises(FormatError, match="no whole MessagePack document"):
        read_spec(tmp_path / "torn")
    (tmp_path / "list").write_bytes(b"\x90")
    with pytest.raises(FormatError, match="is not a maestro-spec file"):
        read_spec(tmp_path / "list")
