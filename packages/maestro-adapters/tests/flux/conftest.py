import pytest

from maestro_adapters.flux.adapter import FluxScheduler


@pytest.fixture
def make_adapter(make_scheduled):
    return lambda **options: make_scheduled(FluxScheduler, **options)
