"""Job ids by command line. A fault here would be a job that nobody asks about, or one too long a line."""

from maestro_adapters.batch.portions import MOST_IDS, portions


def test_each_id_is_in_one_portion():
    ids = [str(number) for number in range(2 * MOST_IDS + 1)]
    found = list(portions(ids))
    assert [len(some) for some in found] == [MOST_IDS, MOST_IDS, 1]
    assert [job_id for some in found for job_id in some] == ids
    assert [len(some) for some in portions(ids[:5], 2)] == [2, 2, 1]
    assert list(portions([])) == []
