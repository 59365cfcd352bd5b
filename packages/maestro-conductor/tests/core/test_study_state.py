"""A token that names another attempt than the scheduler is asked about."""

from __future__ import annotations

from maestro_conductor.core.study_state import StudyState


def test_tokens_are_those_of_the_vectors(vectors):
    for case in vectors("tokens")["tokens"]:
        state = StudyState(0, case["study_id"])
        assert state.token(case["instance"], case["attempt"]) == case["token"]
