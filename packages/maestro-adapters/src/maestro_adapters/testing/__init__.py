"""For tests of adapters, and of programs that use them: a fake scheduler, recorded commands, the contract."""

from maestro_adapters.testing.fake_scheduler import FakeScheduler, Plan

__all__ = ["FakeScheduler", "Plan"]
