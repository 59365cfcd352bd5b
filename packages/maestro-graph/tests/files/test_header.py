"""A file that is read although it says that it would be misread, or refused although it could be read."""

import json
from pathlib import Path

import pytest

from maestro_graph.errors import FormatError
from maestro_graph.files.header import check_header

KNOWN = frozenset({"failure"})


def test_vectors(vectors: Path) -> None:
    rule = json.loads((vectors / "headers.json").read_text())
    assert rule["good"]
    for case in rule["good"]:
        check_header(case["header"], "maestro-graph", "graph.msgpack", KNOWN)
    for case in rule["bad"]:
        with pytest.raises(FormatError) as error:
            check_header(case["header"], "maestro-graph", "graph.msgpack", KNOWN)
        assert case["said"] in str(error.value), case
