"""A launcher that the lint counts otherwise than the adapter which puts something in its place."""

from maestro_spec.format_rules.launcher import find_launchers


def test_vectors(vectors):
    for case in vectors("launcher")["commands"]:
        command = case["command"]
        found = [
            {"text": command[each.start : each.end], "nodes": each.nodes, "procs": each.procs}
            for each in find_launchers(command)
        ]
        assert found == case["launchers"], case


def test_what_the_brackets_are():
    command = "$(LAUNCHER)[2, 8] a; $(LAUNCHER)[2n] b; $(LAUNCHER) [ -f c ]"
    found = list(find_launchers(command))
    assert [each.bracketed for each in found] == [True, True, False]
    assert [each.legacy for each in found] == [True, False, False]
