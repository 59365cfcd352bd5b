import pytest

from maestro_adapters.lsf.adapter import LsfScheduler


@pytest.fixture
def make_adapter(make_scheduled):
    return lambda **options: make_scheduled(LsfScheduler, **options)
