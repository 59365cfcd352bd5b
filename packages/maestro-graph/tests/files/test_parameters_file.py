"""A table that is not read as it was written."""

from pathlib import Path
from typing import Any

import msgpack

from maestro_graph import build_table, read_parameters, write_parameters


def test_parameters_file(document: Any, tmp_path: Path, schema: Any) -> None:
    table = build_table(document)
    path = tmp_path / "parameters.msgpack"
    write_parameters(table, path)
    assert read_parameters(path) == table
    content = msgpack.unpackb(path.read_bytes(), unicode_errors="surrogateescape")
    schema("parameters").validate(content)
    assert content["rows"] == 2
