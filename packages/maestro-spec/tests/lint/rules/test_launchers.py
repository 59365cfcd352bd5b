"""Launchers that take more than their step has, and fail only on the cluster."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("cmd: '$(LAUNCHER)[2p] a; $(LAUNCHER)[2p] b', procs: 4", None),
        ("cmd: '$(LAUNCHER)[2p] a; $(LAUNCHER)[3p] b', procs: 4", "MS406"),
        ("cmd: '$(LAUNCHER)[3n, 1p] a', procs: 4, nodes: 2", "MS406"),
        ("cmd: '$(LAUNCHER)[8p] a', procs: $(P)", None),
        ("cmd: '$(LAUNCHER)[8p] a', nodes: 1", None),
        ("cmd: x, restart: '$(LAUNCHER)[8p] a', procs: 4", "MS406"),
        ("cmd: '$(LAUNCHER) [ -f x ]', procs: 4", None),
    ],
)
def test_launchers(keys, code, codes, step, study):
    text = "global.parameters: {P: {values: [1, 2], label: P.%%}}\n"
    text += study(step("a", keys, description="$(P)"))
    assert codes(text) == ({code} if code else set())
