"""A CSV file of parameters is one table: for maestro-spec, which looks at its cells, and for maestro-graph.

A fault here would be a study whose file the lint takes and the expansion refuses, or a cell that a command gets as
another text.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from differential import full, quick
from maestro_graph.errors import ParameterError
from maestro_graph.parameters.csv import read_csv as of_graph
from maestro_spec.lint.csv_tables import TableError
from maestro_spec.lint.csv_tables import read_table as of_spec

pytestmark = pytest.mark.once

_CELLS = st.one_of(
    st.sampled_from(["", "A", "B", " A ", "\tB", "\u00a0A", "\ufeffA", "\ufeff", "é", "a,b", '"', "'", "a\nb", "#"]),
    st.sampled_from(["1", "007", "1.50", "1.5", "+1", "-0", "1e5", "1_0", "٣", "nan", "inf", "True", "true", "1" * 5000]),
    st.sampled_from([str(2**64), str(2**64 - 1), str(-(2**63) - 1), "1e400", "0x10", "0.1", "1e-05", "None"]),
    st.text('AB1,"\r\n \t\0;é\ufeff\x85\u2028', max_size=4),
)  # fmt: skip
_QUOTED = _CELLS.map(lambda cell: '"' + cell.replace('"', '""') + '"')
_LINES = st.builds(
    lambda cells, end: ",".join(cells) + end,
    st.lists(_CELLS | _QUOTED, max_size=3),
    st.sampled_from(["\n", "\n", "\r\n", "\r", "", "\n\n", " \n"]),
)
_TEXTS = st.builds(
    lambda head, lines: (head + "".join(lines)),
    st.sampled_from(["A,B\n", "A\n", "A,B\r\n", "A,B\r", "\ufeffA,B\n", '"A","B"\n', "A,A\n", " A , B\n", "", "\n"]),
    st.lists(_LINES, max_size=4),
)  # fmt: skip
CONTENTS = (
    _TEXTS.map(lambda text: text.encode("utf-8", "surrogateescape"))
    | _TEXTS.map(lambda text: text.encode("utf-16"))
    | st.binary(max_size=12)
)


def by_spec(path: Path) -> dict[str, list[str]] | None:
    try:
        table = of_spec(path)
    except TableError:
        return None
    assert table.rows is not None
    return {name: [row[at] for row in table.rows] for at, name in enumerate(table.names)}


def by_graph(path: Path) -> dict[str, list[str]] | None:
    try:
        return {name: list(map(str, values)) for name, values in of_graph(str(path)).items()}
    except ParameterError:
        return None


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def agree(table: Path, content: bytes) -> None:
    table.write_bytes(content)
    assert by_spec(table) == by_graph(table)


@example(b"\xef\xbb\xbfA,B\r\n1,2\r\n")
@example(b'A\n"1\n')
@example(b'A,B\n1,"2"3\n')
@example(b"A\n\n1\n \n")
@example(b"A\r1\r2\r")
@example(b"A\n\xff\n")
@example(b"A\n" + b"9" * 5000 + b"\n")
@example(b"A\n" + b"x" * 200_000 + b"\n")
@example(b"A\n1\0\n")
@given(content=CONTENTS)
@quick
def test_all_copies_agree(table: Path, content: bytes) -> None:
    agree(table, content)


@pytest.mark.slow
@given(content=CONTENTS)
@full
def test_all_copies_agree_on_many(table: Path, content: bytes) -> None:
    agree(table, content)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert by_spec(tmp_path) is by_graph(tmp_path) is None
    assert by_spec(tmp_path / "none.csv") is by_graph(tmp_path / "none.csv") is None
