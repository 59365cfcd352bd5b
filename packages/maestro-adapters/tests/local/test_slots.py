"""How slots are counted.

Would catch that more jobs start than have room, or that a slot is lost.
"""

from maestro_adapters.local.slots import Slots


def test_a_job_fits_until_its_slots_are_taken(local_job):
    slots = Slots(3)
    two = local_job(slots=2)
    assert slots.fits(two)
    slots.take(two)
    assert slots.free == 1
    assert not slots.fits(two)
    assert slots.fits(local_job(slots=1))
    slots.give_back(two)
    assert slots.free == 3


def test_a_job_bigger_than_all_slots_takes_all(local_job):
    slots, big = Slots(3), local_job(slots=99)
    assert slots.weigh(big) == 3
    assert slots.fits(big)
    slots.take(local_job(slots=1))
    assert not slots.fits(big)


def test_jobs_that_were_found_running_may_fill_more_than_there_are(local_job):
    slots = Slots(2)
    for _ in range(3):
        slots.take(local_job(slots=1))
    assert slots.free == -1
    slots.give_back(local_job(slots=1))
    assert not slots.fits(local_job(slots=1))  # two still run
