"""Would catch a request that is believed though it makes no sense, or refused though it does."""

from __future__ import annotations

import pytest

from maestro_conductor.model.settings import SettingsChange
from maestro_conductor.workspace.request_parsing import (
    NotYetError,
    ResumeRequest,
    parse_resume,
    parse_update,
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


def test_a_resume_is_read():
    text = b'{"request": "resume", "steps": ["a", "b_*"], "throttle": 2}'
    assert parse_resume(text) == ResumeRequest(
        ("a", "b_*"), SettingsChange(throttle=2, source="resume")
    )
    everything = parse_resume(b'{"request": "resume", "steps": null}')
    assert everything == ResumeRequest(None, SettingsChange(source="resume"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"[]", "no JSON object"),
        (b'{"request": "cancel", "steps": null}', '"request": "resume"'),
        (b'{"request": "resume"}', "lacks `steps`"),
        (b'{"request": "resume", "steps": "a"}', "`steps` is no list of names"),
        (b'{"request": "resume", "steps": [1]}', "`steps` is no list of names"),
        (b'{"request": "resume", "steps": null, "sleep": -1}', "`sleep` is -1"),
    ],
)
def test_a_resume_that_makes_no_sense_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        parse_resume(text)


@pytest.mark.parametrize("parse", [parse_update, parse_resume])
@pytest.mark.parametrize("text", [b"", b" \n", b'{"request": "resume", "st'])
def test_what_may_still_be_written_is_waited_for(parse, text):
    with pytest.raises(NotYetError):
        parse(text)
