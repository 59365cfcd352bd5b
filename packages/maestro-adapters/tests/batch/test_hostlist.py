"""Host lists as schedulers write them. A fault here would be a node that failed and is not kept away from."""

import pytest

from maestro_adapters.batch.hostlist import expand_hosts


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("", []),
        ("n1", ["n1"]),
        ("n[1-3,7]", ["n1", "n2", "n3", "n7"]),
        ("n[08-10],login", ["n08", "n09", "n10", "login"]),
        ("r[1-2]n[0-1]", ["r1n0", "r1n1", "r2n0", "r2n1"]),
        ("a,b", ["a", "b"]),
    ],
)
def test_host_lists(text, hosts):
    assert list(expand_hosts(text)) == hosts
