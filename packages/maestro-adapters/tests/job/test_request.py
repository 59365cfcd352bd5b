"""Requests and options: checked, and with the defaults put in."""

import re
from pathlib import Path

import attrs
import pytest

from maestro_adapters.errors import RequestError
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.request import JobRequest, parse_request

PAGE = next(
    (
        path
        for folder in Path(__file__).parents
        if (path := folder / "docs" / "adapters.md").exists()
    ),
    None,
)
BASE = {"name": "s", "workspace": "/w", "command": "true"}


def parse(options=None, **fields):
    return parse_request({**BASE, **fields}, AdapterOptions.from_mapping(options or {}))


def test_little_is_needed():
    request = parse()
    assert (request.label, request.shell, request.scheduled) == ("s", "/bin/bash", True)
    assert (request.nodes, request.procs, request.gpus, request.walltime) == (
        None,
        None,
        None,
        None,
    )


@pytest.mark.parametrize("missing", sorted(BASE))
def test_what_every_job_needs(missing):
    with pytest.raises(RequestError, match=f"no {missing}"):
        parse(**{missing: None})


def test_the_adapter_s_defaults_stand_behind_the_request():
    options = {
        "shell": "/bin/sh",
        "queue": "q",
        "bank": "b",
        "qos": "o",
        "reservation": "r",
        "launcher": "x",
    }
    assert parse(options).queue == "q"
    own = {"queue": "mine", "shell": "/bin/zsh"}
    request = parse(options, **own)
    assert (request.queue, request.shell, request.bank, request.qos) == (
        "mine",
        "/bin/zsh",
        "b",
        "o",
    )
    assert (request.reservation, request.launcher) == ("r", "x")


def test_free_options_are_merged():
    options = {
        "allocation_args": {"mem": "1G", "hint": 0},
        "launcher_args": {"x": 1},
        "args": {"y": 2},
    }
    request = parse(options, allocation_args={"mem": "2G"}, launcher_args={"z": 3})
    assert request.allocation_args == {"mem": "2G", "hint": 0}
    assert request.launcher_args == {"x": 1, "z": 3}
    assert request.args == {"y": 2}


def test_the_study_s_defaults_are_for_scheduled_jobs():
    defaults = {"default_nodes": 2, "default_procs": 8, "default_gpus": 1}
    request = parse(procs=4, **defaults)
    assert (request.nodes, request.procs, request.gpus) == (2, 4, 1)
    assert (request.step_nodes, request.step_procs, request.default_procs) == (None, 4, 8)
    local = parse(scheduled=False, **defaults)
    assert (local.nodes, local.procs, local.gpus) == (None, None, None)


def test_zero():
    """No nodes or tasks says nothing; no GPUs says that the study's default does not count."""
    request = parse(nodes=0, procs=0, gpus=0, default_procs=8, default_gpus=2)
    assert (request.nodes, request.procs, request.gpus) == (None, 8, 0)


@pytest.mark.parametrize(
    ("text", "number"), [("4", 4), (" 4 ", 4), (4, 4), ("", None), (None, None)]
)
def test_whole_numbers(text, number):
    assert parse(procs=text).procs == number


@pytest.mark.parametrize("value", ["four", "4.0", 4.0, -1, "-1", True, [4], "$(P)"])
def test_no_whole_number(value):
    with pytest.raises(RequestError, match="procs is"):
        parse(procs=value)


@pytest.mark.parametrize(
    ("value", "flag"),
    [(True, True), (False, False), ("true", True), ("False", False), ("yes", True), (None, False)],
)
def test_flags(value, flag):
    assert parse(exclusive_allocation=value).exclusive_allocation is flag


def test_a_flag_that_was_not_said_stays_so_where_that_matters():
    assert parse().nested is None
    assert parse(nested=False).nested is False


def test_no_flag():
    with pytest.raises(RequestError, match="requeue is 'perhaps'"):
        parse(requeue="perhaps")


def test_free_options_are_a_map():
    with pytest.raises(RequestError, match="allocation_args is 'mem=1G'"):
        parse(allocation_args="mem=1G")


@pytest.mark.skipif(PAGE is None, reason="the page is part of the repository alone")
def test_every_field_of_the_page_is_read():
    """What the page says of a request and what is read are the same."""
    names = set(attrs.fields_dict(JobRequest)) - {"args", "launcher", "step_nodes", "step_procs"}
    page = PAGE.read_text()
    table = page[page.index("### The request") : page.index("### `render(request)`")]
    listed = [
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    ]
    assert sorted(listed) == sorted(names)


def test_unknown_keys_are_ignored():
    parse({"new_option": 1}, new_key=1)
