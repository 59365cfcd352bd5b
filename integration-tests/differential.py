"""How often the copies of a rule are compared: in CI always with the same inputs, in the full form with many."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

#: The same inputs at each run: a difference is seen by whoever made it, and by nobody else.
quick = settings(
    max_examples=500,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

#: Other inputs at each run; marked `slow`.
full = settings(max_examples=30_000, deadline=None, suppress_health_check=list(HealthCheck))
