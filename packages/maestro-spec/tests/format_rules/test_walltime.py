"""A walltime that passes the lint although the adapter refuses it, or reads it as another time."""

import pytest

from maestro_spec.format_rules.walltime import NoWalltimeError, is_foreign, is_walltime, seconds


def test_vectors(vectors):
    for case in vectors("walltimes")["walltimes"]:
        assert seconds(case["text"]) == case["seconds"], case
        assert seconds(case["text"], lsf=True) == case["lsf_seconds"], case
        assert is_walltime(case["text"])
    for text in vectors("walltimes")["not_walltimes"]:
        assert not is_walltime(text)
        with pytest.raises(NoWalltimeError):
            seconds(text)
    for case in vectors("walltimes")["lacking"]:
        lacking = [name for name in ("slurm", "lsf", "flux") if is_foreign(case["text"], name)]
        assert lacking == case["schedulers"], case
