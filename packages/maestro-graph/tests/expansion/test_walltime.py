"""A walltime of a parameter that is taken although no adapter reads it, or refused although one does."""

import json
from pathlib import Path

from maestro_graph.expansion.walltime import is_foreign, is_walltime, seconds


def test_vectors(vectors: Path) -> None:
    rule = json.loads((vectors / "walltimes.json").read_text())
    assert rule["walltimes"]
    for case in rule["walltimes"]:
        assert seconds(case["text"]) == case["seconds"], case
        assert seconds(case["text"], lsf=True) == case["lsf_seconds"], case
    for text in rule["not_walltimes"]:
        assert not is_walltime(text), text
    for case in rule["lacking"]:
        lacking = [name for name in ("slurm", "lsf", "flux") if is_foreign(case["text"], name)]
        assert lacking == case["schedulers"], case
