"""A key of the batch block that has no effect, and of which nothing is said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("kind", "codes_"),
    [
        ("local", set()), ("slurm", set()), ("lsf", set()), ("flux", set()),
        ("gridengine", {"MS502"}),
    ],
)  # fmt: skip
def test_banks_queues_and_hosts_may_be_left_out(kind, codes_, codes):
    assert codes(f"batch: {{type: {kind}}}") == codes_


def test_keys_that_a_scheduler_does_not_use(lint):
    text = "batch: {type: slurm, host: h, bank: b, queue: q, uri: u, version: 1, local_slots: 2}"
    assert [(p.code, p.where) for p in lint(text)] == [
        ("MS503", "batch.uri"),
        ("MS503", "batch.version"),
    ]


@pytest.mark.parametrize(
    ("scheduler", "codes"), [("local", ["MS503"]), ("slurm", []), ("lsf", []), ("flux", [])]
)
def test_a_throttle_per_user_is_for_schedulers(lint, scheduler, codes):
    text = f"batch: {{type: {scheduler}, host: h, bank: b, queue: q, user_throttle: 5}}"
    assert [p.code for p in lint(text) if p.where == "batch.user_throttle"] == codes
