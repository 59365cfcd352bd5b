"""A walltime that is read otherwise than the lint said."""

import pytest

from maestro_adapters.job.walltime_grammar import NoWalltimeError, is_foreign, seconds


def test_vectors(vectors):
    for case in vectors("walltimes.json")["walltimes"]:
        assert seconds(case["text"]) == case["seconds"], case
        assert seconds(case["text"], lsf=True) == case["lsf_seconds"], case
    for text in vectors("walltimes.json")["not_walltimes"]:
        with pytest.raises(NoWalltimeError):
            seconds(text)
    for case in vectors("walltimes.json")["lacking"]:
        lacking = [name for name in ("slurm", "lsf", "flux") if is_foreign(case["text"], name)]
        assert lacking == case["schedulers"], case
