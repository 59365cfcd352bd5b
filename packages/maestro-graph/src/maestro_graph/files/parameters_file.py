"""`parameters.msgpack`: the table as a file."""

from __future__ import annotations

from pathlib import Path

from maestro_graph.files.atomic_write import VERSION, WRITER, packer, read_map, replaced, seal
from maestro_graph.files.header import check_header
from maestro_graph.files.shapes import check_parameters
from maestro_graph.model.parameters import ParameterTable, TableColumn

_FORMAT = "maestro-parameters"


def write_parameters(table: ParameterTable, path: str | Path) -> None:
    """Replace a ``parameters.msgpack``.

    Raises:
        OSError: it cannot be written.
    """
    document = {
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
    document = read_map(path, "the table of parameters")
    check_header(document, _FORMAT, Path(path).name, frozenset())
    check_parameters(document, str(path))
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
