"""A label that the lint does not see as the expansion makes it: clashes would be missed."""

from maestro_spec.lint.tables import table_of
from maestro_spec.model.study import Column, Factor, Study


def labels_of(case):
    label = case["label"]
    label = tuple(label) if isinstance(label, list) else label
    column = Column("P", label=label, values=tuple(case["values"]))
    study = Study(name="s", description="", steps=(), parameters=(Factor(columns=(column,)),))
    return table_of(study)[0].columns[0].labels


def test_labels_are_those_of_the_vectors(vectors):
    rule = vectors("labels")
    assert rule["columns"]
    for case in rule["columns"]:
        assert list(labels_of(case)) == case["labels"], case
    for case in rule["not_labels"]:
        assert labels_of(case) is None, case
