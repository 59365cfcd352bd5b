"""Write and read `parameters.msgpack`, the table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from maestro_graph.files.atomic_write import replaced
from maestro_graph.files.checksums import seal
from maestro_graph.files.header import VERSION, WRITER, check_header
from maestro_graph.files.map_file import packer, read_map
from maestro_graph.files.shapes import check_parameters
from maestro_graph.model.parameters import ParameterTable, TableColumn

if TYPE_CHECKING:
    from maestro_graph.files.records import ParametersRecord

_FORMAT: Literal["maestro-parameters"] = "maestro-parameters"


def write_parameters(table: ParameterTable, path: str | Path) -> None:
    """Replace a ``parameters.msgpack``.

    Raises:
        OSError: it cannot be written.
    """
    document: ParametersRecord = {
        "format": _FORMAT,
        "version": VERSION,
        "requires": [],
        "writer": WRITER,
        "source": table.source,
        "rows": table.rows,
        "columns": [
            {
                "name": column.name,
                "title": column.title,
                "values": column.values,
                "labels": column.labels,
            }
            for column in table.columns
        ],
    }
    with replaced(path) as stream:
        stream.write(seal(packer().pack, document))


def read_parameters(path: str | Path) -> ParameterTable:
    """Read a ``parameters.msgpack``.

    Raises:
        FormatError: it is missing, damaged, of another format, needs what we do not know, or a
            field is not what it must be.
    """
    found = read_map(path, "the table of parameters")
    check_header(found, _FORMAT, Path(path).name, frozenset())
    document = check_parameters(found, str(path))
    return ParameterTable(
        source=document["source"],
        rows=document["rows"],
        columns=tuple(
            TableColumn(
                name=column["name"],
                title=column["title"],
                values=tuple(column["values"]),
                labels=tuple(column["labels"]),
            )
            for column in document["columns"]
        ),
    )
