"""What failed commands mean; the texts are Slurm 22.05.8's own.

A fault here would be a step that fails in an outage, or one that waits for an account that does not
exist.
"""

import pytest

from maestro_adapters.process.runner import Result
from maestro_adapters.slurm import errors
from maestro_adapters.slurm.errors import PATTERNS


def failed(stderr, exit_code=1, problem=None):
    return Result(("sbatch",), exit_code, stderr=stderr, problem=problem)


FAILED = "sbatch: error: Batch job submission failed: "


@pytest.mark.parametrize(
    "stderr",
    [
        FAILED + "Invalid account or account/partition combination specified",
        "sbatch: error: invalid partition specified: nope\n"
        + FAILED
        + "Invalid partition name specified",
        FAILED + "Invalid qos specification",
        "sbatch: unrecognized option '--nosuch'\nTry \"sbatch --help\" for more information",
        "sbatch: error: Invalid --time specification",
        FAILED + "Invalid node name specified",
        FAILED + "Requested reservation is invalid",
        "sbatch: error: QOSMaxWallDurationPerJobLimit\n" + FAILED + "Job violates accounting/QOS "
        "policy (job submit limit, user's size and/or time limits)",
    ],
)
def test_a_refusal_is_final(stderr):
    error = PATTERNS.error_of(failed(stderr), changes=True)
    assert (error.transient, error.unknown) == (False, False)
    assert stderr.splitlines()[-1] in str(error)


@pytest.mark.parametrize(
    "stderr",
    [
        "sbatch: error: QOSMaxSubmitJobPerUserLimit\n" + FAILED + "Job violates accounting/QOS "
        "policy (job submit limit, user's size and/or time limits)",
        "sbatch: error: AssocMaxSubmitJobLimit\n" + FAILED + "Job violates accounting/QOS policy",
        "sbatch: error: AssocGrpSubmitJobsLimit\n" + FAILED + "Job violates accounting/QOS policy",
        FAILED + "MaxJobCount limit reached",
    ],
)
def test_a_submit_limit_is_waiting(stderr):
    result = failed(stderr)
    assert PATTERNS.at_limit(result)
    assert not PATTERNS.is_outage(result)
    error = PATTERNS.error_of(result, changes=True)
    assert (error.transient, error.unknown) == (True, False)


@pytest.mark.parametrize(
    ("stderr", "unknown"),
    [
        ("slurm_load_jobs error: Unable to contact slurm controller (connect failure)", False),
        (FAILED + "Unable to contact slurm controller (connect failure)", False),
        ("sbatch: error: If munged is up, restart with --num-threads=10\n"
         "sbatch: error: Munge encode failed: Failed to access \"/run/munge/munge.socket.2\"", False),
        (FAILED + "Slurm backup controller in standby mode", False),
        (FAILED + "Rate limit exceeded, please retry momentarily", False),
        (FAILED + "Socket timed out on send/recv operation", True),
        (FAILED + "Zero Bytes were transmitted or received", True),
        (FAILED + "Unable to contact slurm controller (receive failure)", True),
    ],
)  # fmt: skip
def test_an_outage_is_transient_and_a_lost_answer_unknown(stderr, unknown):
    result = failed(stderr)
    assert PATTERNS.is_outage(result)
    error = PATTERNS.error_of(result, changes=True)
    assert (error.transient, error.unknown) == (True, unknown)
    assert not PATTERNS.error_of(result).unknown


def test_a_hanging_command_is_an_outage_with_an_unknown_end():
    error = PATTERNS.error_of(failed("", None, "timeout"), changes=True)
    assert (error.transient, error.unknown) == (True, True)


def test_a_missing_command_is_final():
    error = PATTERNS.error_of(failed("No such file", None, "missing"), changes=True)
    assert (error.transient, error.unknown) == (False, False)


def test_sacct_without_accounting():
    refused = Result(("sacct",), 1, stderr="Slurm accounting storage is disabled\n")
    assert errors.has_no_accounting(refused)
    assert errors.has_no_accounting(failed("", None, "missing"))
    assert not errors.has_no_accounting(failed("", None, "timeout"))
    assert not errors.has_no_accounting(Result(("sacct",), 0))
