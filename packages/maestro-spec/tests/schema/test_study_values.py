"""A map that is read by a shape, and whose type has other keys."""

from __future__ import annotations

import pytest

from maestro_spec.schema import study_file, study_values
from maestro_spec.schema.types import ByNode, ListOf, Record


def record(shape: object, *keys: str) -> Record:
    """Follow keys down to a record, through lists and alternatives."""
    while not isinstance(shape, Record):
        if isinstance(shape, ListOf):
            shape = shape.item
        else:
            assert isinstance(shape, ByNode)
            shape = shape.mapping
    if not keys:
        return shape
    (inner,) = (key.shape for key in shape.keys if key.name == keys[0])
    return record(inner, *keys[1:])


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (study_values.PathValues, record(study_file.ENV, "dependencies", "paths")),
        (study_values.GitValues, record(study_file.ENV, "dependencies", "git")),
        (study_values.DependencyValues, record(study_file.ENV, "dependencies")),
        (study_values.EnvValues, study_file.ENV),
        (study_values.RangeValues, study_file.RANGE),
        (study_values.ParameterValues, study_file.PARAMETER),
        (study_values.TableValues, study_file.CSV_TABLE),
        (study_values.ExclusiveValues, record(study_file.EXCLUSIVE)),
        (study_values.ExitCodeValues, record(study_file.RUN, "exit codes")),
        (study_values.RunValues, study_file.RUN),
        (study_values.StepValues, study_file.STEP),
        (study_values.StudyValues, study_file.STUDY),
    ],
)
def test_a_type_has_the_keys_of_its_shape(values, shape):
    assert list(values.__annotations__) == [key.name for key in shape.keys]
