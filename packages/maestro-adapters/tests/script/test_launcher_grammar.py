"""A launcher that is not found, or with another allocation than the lint has counted."""

from maestro_adapters.script.launcher_grammar import find_launchers


def test_vectors(vectors):
    cases = vectors("launcher.json")["commands"]
    assert len(cases) > 10
    for case in cases:
        command = case["command"]
        found = [
            {"text": command[each.start : each.end], "nodes": each.nodes, "procs": each.procs}
            for each in find_launchers(command)
        ]
        assert found == case["launchers"], command
