"""Which script starts next.

Would catch slots that are overdrawn or left empty, and one that is passed.
"""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_adapters.local.keeper.script_queue import Request, ScriptQueue


def request(token, slots=1, patience=b""):
    return Request(token, b"/w", b"/w/a.sh", b"1", b"a", b"host=n", b"%d" % slots, b"0", patience)


@pytest.fixture
def queue():
    made = ScriptQueue()
    made.room = 2
    return made


def start_next(queue):
    first = queue.next()
    if first is not None:
        queue.remove(first.token)
        queue.fill(first.slots)
    return first and first.token


def test_none_passes_the_first(queue):
    for token, slots in ((b"a", 1), (b"big", 2), (b"b", 1)):
        queue.add(request(token, slots))
    assert [start_next(queue), start_next(queue)] == [b"a", None]
    queue.free(1)
    assert [start_next(queue), start_next(queue)] == [b"big", None]
    queue.free(2)
    assert [start_next(queue), start_next(queue)] == [b"b", None]


def test_a_removed_request_never_starts(queue):
    queue.add(request(b"a"))
    queue.add(request(b"b"))
    queue.remove(b"a")
    queue.remove(b"unknown")
    assert b"a" not in queue
    assert b"b" in queue
    assert start_next(queue) == b"b"
    queue.add(request(b"c"))
    queue.clear()
    assert start_next(queue) is None


def test_nothing_starts_while_others_fill_more_than_there_is(queue):
    queue.room = -1
    queue.add(request(b"a"))
    assert start_next(queue) is None
    queue.room = 1
    assert start_next(queue) == b"a"


def test_few_wait_once_half_of_them_have_started(queue):
    queue.room = 9
    for number in range(4):
        queue.add(request(b"%d" % number))
    assert not queue.has_few()
    start_next(queue)
    assert not queue.has_few()
    start_next(queue)
    assert queue.has_few()


@pytest.mark.parametrize(("patience", "seconds"), [(b"", float("inf")), (b"7.5", 7.5)])
def test_what_a_script_leaves_is_waited_for_as_long_as_its_request_says(patience, seconds):
    assert request(b"a", patience=patience).patience == seconds


@given(
    total=st.integers(1, 6),
    steps=st.lists(
        st.one_of(st.integers(1, 6), st.sampled_from(["end", "drop", "less", "more"])), max_size=40
    ),
)
def test_slots_are_never_overdrawn_nor_left_empty(total, steps):
    queue = ScriptQueue()
    queue.room = total
    waiting, running = deque(), deque()
    for number, step in enumerate(steps):
        if isinstance(step, int):
            waiting.append((b"%d" % number, min(step, total)))
            queue.add(request(*waiting[-1]))
        elif step == "end" and running:
            queue.free(running.popleft())
        elif step == "drop" and waiting:
            queue.remove(waiting.pop()[0])
        elif step in ("less", "more"):
            queue.room = total - (step == "less")
        while (token := start_next(queue)) is not None:
            first, slots = waiting.popleft()
            assert token == first  # first come, first served
            running.append(slots)
        assert sum(running) <= total
        assert not waiting or sum(running) + waiting[0][1] > queue.room  # none waits that could run
