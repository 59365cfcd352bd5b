"""For tests of adapters, and of programs that use them: a fake scheduler, recorded commands, the contract."""

from maestro_adapters.testing.fake_scheduler import FakeScheduler
from maestro_adapters.testing.plan import Plan

__all__ = ["FakeScheduler", "Plan"]
