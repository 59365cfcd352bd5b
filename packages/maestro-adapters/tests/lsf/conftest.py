import pytest

from maestro_adapters.lsf.adapter import LsfAdapter


@pytest.fixture
def make_adapter(make_scheduled):
    return lambda **options: make_scheduled(LsfAdapter, **options)
