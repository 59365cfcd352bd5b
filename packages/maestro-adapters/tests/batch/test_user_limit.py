"""How many jobs still fit below the user's own limit.

A fault here would be a queue that is counted although nobody set a limit, or jobs that are submitted
where it could not be counted.
"""

import pytest

from maestro_adapters.batch.user_limit import Room, UserLimit


def uncounted():
    raise AssertionError("nobody asked")


@pytest.mark.parametrize(
    ("most", "taken", "wanted", "fit"),
    [(5, 3, 4, 2), (5, 5, 4, 0), (5, 9, 4, 0), (9, 3, 4, 4), (1, 0, 4, 1)],
)
def test_the_room_below_the_limit(most, taken, wanted, fit):
    room = UserLimit(most, lambda: taken).room(wanted)
    assert room.jobs == fit
    assert f"user_throttle is {most}, and {taken + fit} jobs of the user" in room.reason


def test_without_a_limit_or_without_jobs_nothing_is_counted():
    assert UserLimit(None, uncounted).room(7) == Room(7)
    assert UserLimit(3, uncounted).room(0) == Room(0)


def test_what_cannot_be_counted_lets_nothing_in():
    room = UserLimit(3, lambda: "squeue hangs").room(2)
    assert room.jobs == 0
    assert room.reason.endswith("could not be counted: squeue hangs")
