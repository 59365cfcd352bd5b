"""Flux's free options, which hold trees.

A fault here would be an option of a study that Flux never gets, or a zero that is left out.
"""

import pytest

from maestro_adapters.flux import options


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"setopt": {"verbose": 0}}, ["--setopt=verbose=0"]),
        ({"o": {"a.b": 1, "c": None, "a": {"d": True}}}, ["--setopt=a.b=1", "--setopt=a.d=true", "--setopt=c"]),
        ({"o": {"a": {"d": 1}, "a.b": 2}}, ["--setopt=a.d=1", "--setopt=a.b=2"]),
        ({"conf": {"resource": {"noverify": True}}}, ["--conf=resource.noverify=true"]),
        ({"S": {"x.y": 1}, "setattr": {"x": {"z": 2}}}, ["--setattr=x.y=1", "--setattr=x.z=2"]),
        ({"dependency": ["afterok:1", "afterok:2"]}, ["--dependency=afterok:1", "--dependency=afterok:2"]),
        ({"unbuffered": None, "u": True, "quiet": False}, ["--unbuffered", "-u"]),
        ({"x": None, "exclusive": True}, []),
        ({"setopt": "fastload"}, ["--setopt=fastload"]),
    ],
)  # fmt: skip
def test_trees_of_options(given, words):
    assert list(options.words(given)) == words


@pytest.mark.parametrize(
    ("given", "exclusive"),
    [({"x": None}, True), ({"exclusive": True}, True), ({"x": False}, False), ({"n": 1}, False)],
)
def test_exclusive_nodes(given, exclusive):
    assert options.asks_exclusive(given) is exclusive
    # It is written as a directive of its own.
    assert not any(word in ("-x", "--exclusive") for word in options.words(given))


def test_upstream_s_args_come_last():
    words = list(options.words({"setopt": {"a": 1}, "t": 5}, setopt={"b": {"c": True}}))
    assert words == ["--setopt=a=1", "-t 5", "--setopt=b.c=true"]
