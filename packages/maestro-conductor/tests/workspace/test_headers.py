"""A file that is read although it says that it would be misread, or refused although it could be read."""

import pytest

from maestro_conductor.errors import FormatError
from maestro_conductor.workspace.headers import check_header, header

KNOWN = {"failure"}


def test_what_is_read_is_that_of_the_vectors(vectors):
    known = vectors("headers")
    assert known["good"]
    for case in known["good"]:
        assert check_header(case["header"], "maestro-graph", "g", KNOWN) == case["header"]
    for case in known["bad"]:
        with pytest.raises(FormatError) as error:
            check_header(case["header"], "maestro-graph", "g", KNOWN)
        assert case["said"] in str(error.value), case


def test_what_is_written_is_read():
    assert check_header(header("maestro-run", {"failure"}), "maestro-run", "r", KNOWN)
