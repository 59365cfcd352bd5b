"""A conductor that is taken for another, or a damaged record that is believed."""

from __future__ import annotations

import msgpack
import pytest

from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.conductor_lock import hold, holder
from maestro_conductor.workspace.conductor_record import last_holder
from maestro_conductor.workspace.paths import CONDUCTOR


@pytest.fixture
def workspace(tmp_path):
    return make_workspace(tmp_path, [StepPlan("a")])


@pytest.mark.parametrize("why", [None, "x", "x" * 299, "é\udcff" * 5000])
def test_what_it_says_of_itself_has_one_length(workspace, why):
    """So it can be written over in place, where there is no room for a second file."""
    with hold(workspace) as held:
        held.note(why, why, 2**40)
        assert (workspace / CONDUCTOR).stat().st_size == 4096
        seen = holder(workspace)
        assert seen.paused == (why and why[:300])
        assert seen.trouble == (why and why[:300])


def test_since_when_it_stands_still(workspace):
    with hold(workspace) as held:
        held.note(None, "no room", 1000)
        held.note("no sbatch", "no room", 2000)
        held.note("no sinfo", "no journal", 3000)
        seen = holder(workspace)
        assert (seen.paused, seen.paused_since) == ("no journal", 1000)
        assert (seen.trouble, seen.trouble_since) == ("no sinfo", 2000)
        held.note(None, None, 4000)
        seen = holder(workspace)
        assert (seen.paused, seen.paused_since, seen.trouble_since) == (None, None, None)


def test_a_holder_that_an_older_version_wrote_is_read(workspace):
    with hold(workspace) as held:
        me = held.me
    later = ("paused", "paused_since", "padding", "crc")
    value = msgpack.unpackb((workspace / CONDUCTOR).read_bytes())
    old = {key: item for key, item in value.items() if key not in later}
    (workspace / CONDUCTOR).write_bytes(msgpack.packb({**old, "version": [1, 0]}))
    assert last_holder(workspace).pid == me.pid
    assert last_holder(workspace).paused is None


@pytest.mark.once
def test_a_record_with_a_flipped_bit_says_nothing(workspace):
    with hold(workspace) as held:
        path = workspace / CONDUCTOR
        content = path.read_bytes()
        for place in range(len(content) - len(msgpack.packb(bytes(3000))), len(content)):
            flipped = bytearray(content)
            flipped[place] ^= 1 << place % 8
            path.write_bytes(flipped)
            assert last_holder(workspace) is None
            assert holder(workspace).pid == 0  # the lock tells that somebody lives
        path.write_bytes(content)
        assert holder(workspace) == held.me


def test_a_torn_file_of_a_dead_conductor_does_not_matter(workspace):
    (workspace / CONDUCTOR).write_bytes(b"")
    assert last_holder(workspace) is None
    with hold(workspace) as held:
        assert last_holder(workspace) == held.me
