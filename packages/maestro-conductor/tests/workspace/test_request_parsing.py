"""Would catch a request that is believed though it makes no sense, or refused though it does."""

from __future__ import annotations

import json

import pytest

from maestro_conductor.model.requests import Ask, Selection
from maestro_conductor.model.settings import SettingsChange
from maestro_conductor.workspace.request_parsing import (
    KINDS,
    NotYetError,
    parse_request,
    parse_update,
    request_kind,
)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        (b"throttle: 4\nrlimit: null\nsleep: null\n", SettingsChange(throttle=4)),
        (b"{}", SettingsChange()),
        (b"{rlimit: 0, sleep: 1.5}", SettingsChange(rlimit=0, sleep=1.5)),
        (b"sleep: 3\nnews: of a later version", SettingsChange(sleep=3)),
    ],
)
def test_an_update_is_read(text, change):
    assert parse_update(text) == change


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"- throttle", "no map"),
        (b"throttle: -1", "`throttle` is -1, not a whole number from 0"),
        (b"throttle: true", "`throttle` is True"),
        (b"throttle: 1.0", "`throttle` is 1.0"),
        (b"rlimit: 9007199254740993", "`rlimit` is 9007199254740993"),
        (b"sleep: .inf", "`sleep` is inf, not a number of seconds"),
        (b"sleep: .nan", "`sleep` is nan"),
        (b"sleep: true", "`sleep` is True"),
        (b"sleep: soon", "`sleep` is 'soon'"),
    ],
)
def test_an_update_that_makes_no_sense_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        parse_update(text)


@pytest.mark.parametrize(
    ("value", "ask"),
    [
        (
            {"request": "resume", "steps": ["a", "b_*"], "throttle": 2},
            Ask("resume", Selection(("a", "b_*")), SettingsChange(throttle=2, source="resume")),
        ),
        (
            {"request": "resume", "steps": None},
            Ask("resume", Selection(), SettingsChange(source="resume")),
        ),
        ({"request": "hold", "steps": ["a"], "throttle": 3}, Ask("hold", Selection(("a",)))),
        ({"request": "hold", "where": None}, Ask("hold")),
        ({"request": "release", "where": ["N=1"]}, Ask("release", Selection(None, ("N=1",)))),
        ({"request": "skip", "steps": ["a"], "news": 1}, Ask("skip", Selection(("a",)))),
        ({"request": "cancel", "steps": ["a"]}, Ask("cancel", Selection(("a",)))),
        (
            {"request": "update", "local_slots": 2, "batch": {"queue": "long", "bank": None}},
            Ask(
                "update",
                settings=SettingsChange(local_slots=2, batch={"queue": "long", "bank": None}),
            ),
        ),
    ],
)
def test_each_kind_of_request_is_read(value, ask):
    assert parse_request(json.dumps(value).encode()) == ask


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"[]", "no JSON object"),
        (b'{"steps": null}', "no JSON object with a `request`"),
        (b'{"request": "restart", "steps": null}', "one of resume, hold"),
        (b'{"request": ["hold"], "steps": null}', "one of resume, hold"),
        (b'{"request": "resume"}', "lacks `steps`"),
        (b'{"request": "hold", "step": ["a"]}', "lacks `steps`"),
        (b'{"request": "resume", "steps": "a"}', "`steps` is no list of names"),
        (b'{"request": "resume", "steps": [1]}', "`steps` is no list of names"),
        (b'{"request": "hold", "where": "N=1"}', "`where` is no list of conditions"),
        (b'{"request": "resume", "steps": null, "sleep": -1}', "`sleep` is -1"),
        (b'{"request": "skip", "steps": null}', "what is to be skipped"),
        (b'{"request": "skip", "where": []}', "what is to be skipped"),
        (b'{"request": "update", "local_slots": 0}', "`local_slots` is 0, not .* from 1 to"),
        (b'{"request": "update", "batch": ["queue"]}', "`batch` is no map"),
        (b'{"request": "update", "batch": {"queue": ["a"]}}', "no single value"),
        (b'{"request": "update", "batch": {"nodes": 99999999999999999999}}', "no single value"),
        (b'{"request": "update", "batch": {"nodes": NaN}}', "no single value"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        parse_request(text)


def test_what_was_asked_for_is_told_even_where_the_rest_makes_no_sense():
    assert request_kind(b'{"request": "hold", "steps": 3}') == "hold"
    assert request_kind(b'{"request": "sleep"}') is None
    assert request_kind(b"[") is None


@pytest.mark.parametrize("parse", [parse_update, parse_request])
@pytest.mark.parametrize("text", [b"", b" \n", b'{"request": "resume", "st'])
def test_what_may_still_be_written_is_waited_for(parse, text):
    with pytest.raises(NotYetError):
        parse(text)


def test_good_and_bad_requests_are_those_of_the_vectors(vectors):
    known = vectors("requests")
    for update in known["good"]["update"]:
        asked = parse_update(json.dumps(update).encode())
        assert asked.throttle == update.get("throttle")
        assert asked.sleep == update.get("sleep")
    read = {parse_request(json.dumps(each).encode()).kind for each in known["good"]["request"]}
    assert read == set(KINDS)
    for update in known["bad"]["update"]:
        with pytest.raises(ValueError, match=r"."):
            parse_update(json.dumps(update).encode())
    for request in known["bad"]["request"]:
        with pytest.raises(ValueError, match=r"."):
            parse_request(json.dumps(request).encode())
