"""What people are told of a study that was made, started, or has ended.

A fault here would be a wrong next step, or a failure that nobody hears of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from maestro_cli.launch.report import report_end, report_made, report_started
from maestro_cli.testing import T0, attempt
from maestro_conductor.model import records
from maestro_conductor.workspace.conductor_lock import hold

History = Callable[[Sequence[records.Record]], Path]


def test_a_study_that_was_made(capsys: pytest.CaptureFixture[str]) -> None:
    report_made(Path("/a b"))
    assert capsys.readouterr().out.endswith(
        "It is ready in /a b; start it with: maestro resume '/a b'\n"
    )


@pytest.mark.parametrize(
    ("trouble", "paused", "told"),
    [
        (None, None, ""),
        ("sbatch: down", None, "maestro: its scheduler cannot be reached: sbatch: down\n"),
        ("sbatch: down", "no room", "maestro: the study stands still: no room\n"),
    ],
)
def test_a_study_that_was_started(
    staged: Path,
    capsys: pytest.CaptureFixture[str],
    trouble: str | None,
    paused: str | None,
    told: str,
) -> None:
    capsys.readouterr()
    with hold(staged) as held:
        held.note(trouble, paused, T0)
        report_started(staged)
    shown = capsys.readouterr()
    assert shown.err.startswith(told)
    assert bool(shown.err) is bool(told)
    assert shown.out.startswith("Study launched successfully.\n")
    assert "maestro cancel OUT\n" in shown.out


def test_failures_are_told_on_stderr(failed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    report_end(failed, 2)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("1 failed, 2 blocked; 4 of 7")
    assert "no luck" in shown.err
    assert shown.err.endswith("Once the cause is gone: maestro resume OUT\n")


@pytest.mark.parametrize(
    ("end", "code", "told"),
    [
        ("FINISHED", 0, "Finished: 7 steps in "),
        ("DRYRUN", 0, "Dry run: the scripts of 7 steps are in "),
        ("CANCELLED", 3, "Cancelled: 1 of 7 steps had finished."),
        (None, 130, "Stopped: 1 of 7 steps have finished."),
    ],
)
def test_other_ends(
    history: History,
    capsys: pytest.CaptureFixture[str],
    end: str | None,
    code: int,
    told: str,
) -> None:
    past = attempt(0, "FINISHED", 0)
    if end is not None:
        past.append(records.ended(T0, end, code))
    root = history(past)
    capsys.readouterr()
    report_end(root, code)
    shown = capsys.readouterr()
    assert told in (shown.err if code else shown.out)
    assert not (shown.out if code else shown.err)


def test_who_interrupts_a_study_hears_what_goes_on(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    root = history([*attempt(0, "FINISHED", 0), *attempt(1, "RUNNING", None)[:2]])
    capsys.readouterr()
    report_end(root, 130)
    told = capsys.readouterr().err
    assert "1 job goes on; nothing more is submitted" in told
    assert "Stop them: maestro cancel OUT\n" in told


def test_idle_time_is_no_part_of_the_work(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    late = [{**record, "time": record["time"] + 3_600_000} for record in attempt(1, "FINISHED", 0)]
    late[-1]["steps"][0] = [1, 1, "FINISHED", T0 + 3_691_000, 0, None]
    root = history(
        [*attempt(0, "FINISHED", 0), *late, records.ended(T0 + 3_700_000, "FINISHED", 0)]
    )
    capsys.readouterr()
    report_end(root, 0)
    told = capsys.readouterr().out
    assert "Finished: 7 steps in 3 min 0 s, besides 58 min 30 s in which nothing ran." in told
