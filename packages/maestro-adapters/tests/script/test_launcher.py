"""What takes the place of $(LAUNCHER).

A fault here would be a program on another number of nodes than its brackets say.
"""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_adapters.errors import LauncherError
from maestro_adapters.job.request import parse_request
from maestro_adapters.script import launcher
from maestro_adapters.script.launcher_grammar import find_launchers


def own(nodes, procs):
    return f"run -N{nodes} -n{procs}"


@pytest.mark.parametrize(
    ("command", "result"),
    [
        ("$(LAUNCHER) a", "run -N2 -n8 a"),
        ("$(LAUNCHER)[1n, 4p] a", "run -N1 -n4 a"),
        ("$(LAUNCHER)[4p] a", "run -NNone -n4 a"),
        ("$(LAUNCHER)[2n] a", "run -N2 -nNone a"),
        ("$(LAUNCHER)[1, 8] a", "run -N1 -n8 a"),
        (
            "$(LAUNCHER)[2p] a & $(LAUNCHER)[6p] b; $(LAUNCHER) c",
            "run -NNone -n2 a & run -NNone -n6 b; run -N2 -n8 c",
        ),
        ("$(LAUNCHER)[2p] ./a && [ -f x ]", "run -NNone -n2 ./a && [ -f x ]"),
        ("$(LAUNCHER) [ -f x ]", "run -N2 -n8 [ -f x ]"),
        ("$(LAUNCHER)[a-z]* b", "run -N2 -n8[a-z]* b"),
        ("echo '$(LAUNCHER)[2p]' \"x\"", "echo 'run -NNone -n2' \"x\""),
        ("nothing [2p] $(launcher)", "nothing [2p] $(launcher)"),
    ],
)
def test_substitute(command, result):
    assert launcher.substitute(command, own, nodes=2, procs=8) == result


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ("$(LAUNCHER)[9p] a", "9 procs"),
        ("$(LAUNCHER)[5p] a; $(LAUNCHER)[4p] b", "9 procs"),
        ("$(LAUNCHER)[3n, 1p] a", "3 nodes"),
        ("$(LAUNCHER)[1n, 4p] a & $(LAUNCHER)[2n, 4p] b", "3 nodes"),
    ],
)
def test_sums_that_do_not_fit(command, what):
    with pytest.raises(LauncherError, match=what):
        launcher.substitute(command, own, nodes=2, procs=8)


def test_sums_are_unchecked_where_the_step_says_nothing():
    assert (
        launcher.substitute("$(LAUNCHER)[3n, 900p] a", own, nodes=None, procs=None)
        == "run -N3 -n900 a"
    )


def test_nothing_launches():
    """The bare command is left, at its place."""
    command = "  $(LAUNCHER)\t ./a; x=$(LAUNCHER)[2p]"
    assert launcher.substitute(command, lambda _n, _p: "", nodes=None, procs=None) == "  ./a; x="


@given(st.text(alphabet="$()[]LAUNCHER 0123456789np,\n\"'x", max_size=60))
def test_any_text_but_the_launchers_is_kept(command):
    launches = list(find_launchers(command))
    result = launcher.substitute(command, lambda _n, _p: "\0", nodes=None, procs=None)
    rest = []
    position = 0
    for launch in launches:
        rest.append(command[position : launch.start])
        position = launch.end
    assert result.split("\0") == [*rest, command[position:]]
    assert len(launches) == command.count("$(LAUNCHER)")


@pytest.mark.parametrize(
    ("template", "request_fields", "result"),
    [
        ("mpirun -n {procs}", {"procs": 8, "nodes": 2}, "mpirun -n 8 a; mpirun -n 4 b"),
        (
            "srun --exact -N1 -n {procs}",
            {"procs": 8},
            "srun --exact -N1 -n 8 a; srun --exact -N1 -n 4 b",
        ),
        (
            "x {nodes} {procs} {cores_per_task} {gpus}",
            {"procs": 4, "cores_per_task": 3, "gpus": 1},
            "x 1 4 3 1 a; x 1 4 3 1 b",
        ),
        ("x {nodes} {procs} {cores_per_task} {gpus}", {}, "x 1 1 1 0 a; x 1 4 1 0 b"),
        ("x ${procs} {other} {} {", {}, "x ${procs} {other} {} { a; x ${procs} {other} {} { b"),
    ],
)
def test_templates(template, request_fields, result):
    fields = {"name": "s", "workspace": "/w", "command": "c", **request_fields}
    request = attrs.evolve(parse_request(fields), launcher=template)
    command = "$(LAUNCHER) a; $(LAUNCHER)[4p] b"
    assert (
        launcher.substitute(
            command, request.templated_launcher, nodes=request.nodes, procs=request.procs
        )
        == result
    )
