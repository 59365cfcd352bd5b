import pytest

from maestro_adapters.flux.adapter import FluxAdapter


@pytest.fixture
def make_adapter(make_scheduled):
    return lambda **options: make_scheduled(FluxAdapter, **options)
