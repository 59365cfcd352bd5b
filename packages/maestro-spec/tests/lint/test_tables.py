"""Columns whose rows are not those that the expansion has, so that clashes of labels pass."""

from __future__ import annotations

from maestro_spec.lint.tables import columns_of, table_of
from maestro_spec.model.study import Column, Factor, Range, Study

STUDY = Study(
    "s",
    "d",
    (),
    parameters=(
        Factor((Column("P", "p%%", (1, 2)), Column("Q", ("one", "two"), ("x", "y")))),
        Factor((Column("R", None, None, Range(0, 1, num=3)),)),
    ),
)


def test_the_factors_of_a_study():
    first, second = table_of(STUDY)
    assert [(c.name, c.values, c.labels) for c in first.columns] == [
        ("P", ("1", "2"), ("p1", "p2")),
        ("Q", ("x", "y"), ("one", "two")),
    ]
    assert second.columns[0].labels == ("R.0.0", "R.0.5", "R.1.0")
    assert (first.rows, second.rows) == (2, 3)


def test_factors_are_multiplied_out_with_the_last_one_fastest():
    table = table_of(STUDY)
    ((p, r),) = columns_of(table, frozenset({"P", "R"}))
    assert p.labels == ("p1",) * 3 + ("p2",) * 3
    assert r.labels == ("R.0.0", "R.0.5", "R.1.0") * 2
    assert [[c.name for c in group] for group in columns_of(table, frozenset({"Q"}))] == [["Q"]]


def labels_of(case):
    label = case["label"]
    label = tuple(label) if isinstance(label, list) else label
    column = Column("P", label=label, values=tuple(case["values"]))
    study = Study(name="s", description="", steps=(), parameters=(Factor(columns=(column,)),))
    return table_of(study)[0].columns[0].labels


def test_labels_of_ranges_are_those_of_the_vectors(vectors):
    cases = vectors("labels")["ranges"]
    assert cases
    for case in cases:
        label = case["label"]
        label = tuple(label) if isinstance(label, list) else label
        column = Column("P", label=label, range=Range(**case["range"]))
        study = Study(name="s", description="", steps=(), parameters=(Factor(columns=(column,)),))
        assert list(table_of(study)[0].columns[0].labels) == case["labels"], case


def test_labels_are_those_of_the_vectors(vectors):
    rule = vectors("labels")
    assert rule["columns"]
    for case in rule["columns"]:
        assert list(labels_of(case)) == case["labels"], case
    for case in rule["not_labels"]:
        assert labels_of(case) is None, case
