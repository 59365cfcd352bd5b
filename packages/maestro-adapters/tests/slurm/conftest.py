import pytest

from maestro_adapters.slurm.adapter import SlurmScheduler


@pytest.fixture
def make_adapter(make_scheduled):
    return lambda **options: make_scheduled(SlurmScheduler, **options)


@pytest.fixture
def make_jobs(make_job):
    """Makes several jobs, with fields of their requests where given."""

    def make(adapter, count, requests=None, **fields):
        own = requests or [{}] * count
        return [make_job(adapter, number, **own[number], **fields) for number in range(count)]

    return make
