"""Would catch a scheduler that is asked too often, or ever more rarely without a bound."""

from __future__ import annotations

from maestro_conductor.core.backoff import next_backoff, next_poll_pause


def series(step, count):
    """What comes of a pause of 0 when the step is taken so many times."""
    pauses, pause = [], 0.0
    for _ in range(count):
        pause = step(pause)
        pauses.append(pause)
    return pauses


def test_a_scheduler_that_says_the_same_is_asked_ever_less_often_up_to_the_bound():
    pauses = series(lambda pause: next_poll_pause(pause, 60.0, changed=False), 20)
    assert pauses[:3] == [1.0, 1.5, 2.25]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 60.0


def test_what_changed_is_asked_for_soon_again():
    assert next_poll_pause(60.0, 60.0, changed=True) == 1.0
    assert next_poll_pause(60.0, 0.5, changed=True) == 0.5


def test_a_study_without_pauses_leaves_the_scheduler_a_moment_all_the_same():
    assert series(lambda pause: next_poll_pause(pause, 0.0, changed=False), 3) == [0.1, 0.1, 0.1]


def test_a_refusal_doubles_the_pause_up_to_the_longest():
    pauses = series(lambda pause: next_backoff(pause, 60.0), 8)
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
