"""Would catch a state that no rule allows."""

from __future__ import annotations

import pytest

from maestro_conductor.errors import IllegalTransitionError
from maestro_conductor.model.states import RUNNING
from maestro_conductor.testing import StepPlan


def test_a_mistake_of_ours_is_refused_with_the_instance(bench):
    b = bench(StepPlan("a"))
    b.run("a")
    with pytest.raises(IllegalTransitionError, match="a may not go from FINISHED to RUNNING"):
        b.machine._step.row(0, RUNNING)
