"""JSON among what a site prints around it. A fault here would be jobs lost behind a banner."""

import pytest

from maestro_adapters.batch.json_output import json_document


def test_banners_stand_around_it():
    assert json_document('*** {n1} is down ***\n{"a": {"b": 1}}\nbye {}\n') == {"a": {"b": 1}}


@pytest.mark.parametrize("text", ["", "no JSON", ' {"a": 1}', '{"a": ', "[1]"])
def test_what_holds_none_is_an_error(text):
    with pytest.raises(ValueError, match=r"no JSON|Expecting"):
        json_document(text)
