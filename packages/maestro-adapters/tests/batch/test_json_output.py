"""JSON among what a site prints around it. A fault here would be jobs lost behind a banner."""

import pytest

from maestro_adapters.batch.json_output import json_document, list_of_maps


def test_banners_stand_around_it():
    assert json_document('*** {n1} is down ***\n{"a": {"b": 1}}\nbye {}\n') == {"a": {"b": 1}}


@pytest.mark.parametrize("text", ["", "no JSON", ' {"a": 1}', '{"a": ', "[1]"])
def test_what_holds_none_is_an_error(text):
    with pytest.raises(ValueError, match=r"no JSON|Expecting"):
        json_document(text)


def test_what_is_no_list_of_jobs_is_an_error():
    assert list_of_maps([{"a": 1}, {}]) == [{"a": 1}, {}]
    for value in (None, 3, {"a": 1}, [1], [{}, "x"]):
        with pytest.raises(ValueError, match="no list"):
            list_of_maps(value)
