"""A syntax error that hides a limit, or is hidden by one; texts that crash either of the two parsers."""

from __future__ import annotations

import pytest
import yaml

from maestro_spec.yaml.composer import MAX_ALIASES, MAX_VALUES
from maestro_spec.yaml.source import MAX_BYTES


def test_too_large(code_of):
    assert code_of("#" * (MAX_BYTES + 1)) == "MS004"
    assert code_of("#" * (MAX_BYTES // 2) + "ü" * (MAX_BYTES // 4 + 1)) == "MS004"


DEEP = ["[", "{", "[\n", "{a: ", "é: [", "- ", "- - ? ", "[{a: ["]


@pytest.mark.parametrize("opens", DEEP)
def test_too_deep_in_every_form(opens, code_of):
    assert code_of(opens * 50_000) == "MS005"


@pytest.mark.parametrize("end", ["]", "}", "@", "\t@", "'", "\x01"])
@pytest.mark.parametrize("opens", DEEP)
def test_a_syntax_error_is_told_where_nothing_is_too_deep_before_it(opens, end, code_of):
    assert code_of(opens * 20 + "'" + "[" * 200 + "' " + end * 3) == "MS003"


@pytest.mark.once
def test_what_the_parser_reads_ahead_does_not_hide_a_limit(code_of):
    # The parsers look up to 1 024 characters ahead of the event that they give.
    assert code_of("[" * 101 + "@") == "MS005"
    assert code_of("[&a x, " + "*a, " * (MAX_ALIASES + 1) + "@") == "MS006"
    assert code_of("[" + "1," * (MAX_VALUES + 1) + "@") == "MS007"


@pytest.mark.parametrize(
    "text", ["a: [", "\ta: 1", "a: \x01", "*a", "a: 'x", "%YAML 9.9\n---\na: 1", "a: \ud800"]
)
def test_what_is_no_yaml(text, code_of):
    assert code_of(text) == "MS003"


def test_without_libyaml_the_same_is_read(monkeypatch, code_of, value_of):
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert value_of("a: [1, on, 24:00:00]\n") == {"a": [1, True, "24:00:00"]}
    assert code_of("a: \x01") == "MS003"
    assert code_of('a: "\\UFFFFFFFF"') == "MS003"
