"""Fakes and makers for tests of whoever works with this package."""

from maestro_conductor.testing.clock import ManualClock
from maestro_conductor.testing.disk import SmallDisk
from maestro_conductor.testing.scheduler import ScriptedScheduler
from maestro_conductor.testing.workspace import StepPlan, make_amendment, make_workspace

__all__ = [
    "ManualClock",
    "ScriptedScheduler",
    "SmallDisk",
    "StepPlan",
    "make_amendment",
    "make_workspace",
]
