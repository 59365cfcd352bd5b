"""A table of parameters whose cells or names are not those that the expansion reads."""

import pytest

from maestro_spec.lint.csv_tables import TableError, read_table


def test_vectors(vectors, tmp_path):
    rule = vectors("csv_tables")
    assert rule["tables"]
    path = tmp_path / "table.csv"
    for case in rule["tables"]:
        path.write_bytes(case["text"].encode("utf-8", "surrogateescape"))
        table = read_table(path)
        assert list(table.names) == case["names"], case
        assert list(map(list, table.rows)) == case["rows"], case
    for case in rule["not_tables"]:
        path.write_bytes(case["text"].encode("utf-8", "surrogateescape"))
        with pytest.raises(TableError):
            read_table(path)


def test_of_a_large_file_only_the_names_are_looked_at(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("A,B\n" + "1,2\n" * 10)
    table = read_table(path, most_bytes=20)
    assert table.names == ("A", "B")
    assert table.rows is None
