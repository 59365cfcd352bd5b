"""`maestro update --throttle` on a study whose steps are many and short: nothing starts over it."""

from __future__ import annotations

import os
from pathlib import Path

from conftest import Maestro
from local_studies import no_conductor_stays, status, steps, write
from waiting import wait_until

__all__ = ["no_conductor_stays"]  # fixture

#: Each step ends once a line comes out of a pipe.
GATED = """\
description: {name: gated, description: many steps that are let through one by one}
batch: {type: local, local_slots: 3}
study:
  - name: work
    description: waits for a line
    run: {cmd: "echo begin $(N) >> $(SPECROOT)/trace; read -r x < $(SPECROOT)/gate; echo end $(N) >> $(SPECROOT)/trace"}
global.parameters:
  N: {values: [NUMBERS], label: N.%%}
""".replace("NUMBERS", ", ".join(map(str, range(24))))


def test_steps_that_were_handed_over_ahead_are_taken_back(tmp_path: Path, maestro: Maestro) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    lines = os.open(gate, os.O_RDWR)  # so that no reader sees an end of the file
    trace = tmp_path / "trace"
    begun = lambda: trace.read_text().count("begin") if trace.exists() else 0  # noqa: E731
    study = write(tmp_path / "gated.yaml", GATED)
    assert maestro("run", "-y", "-o", "OUT", study).returncode == 0
    wait_until(lambda: begun() == 3)
    os.write(lines, b"\n" * 4)  # at full speed, some are made ready beside those that run
    wait_until(lambda: begun() == 7)
    assert maestro("update", "--throttle", 1, "OUT").returncode == 0
    wait_until(lambda: status(maestro, tmp_path / "OUT")["settings"]["throttle"] == 1)  # type: ignore[index]
    before = len(trace.read_text().splitlines())
    for ended in (
        5,
        6,
    ):  # two of the three that run: what was made ready would start in their place
        os.write(lines, b"\n")
        wait_until(
            lambda ended=ended: (
                status(maestro, tmp_path / "OUT")["counts"].get("FINISHED") == ended  # type: ignore[attr-defined]
            )
        )
    os.write(lines, b"\n" * 18)
    wait_until(lambda: status(maestro, tmp_path / "OUT")["state"] == "FINISHED")
    os.close(lines)
    running, most = 0, 0
    for place, line in enumerate(trace.read_text().splitlines()):
        running += 1 if line.startswith("begin") else -1
        if place >= before and line.startswith("begin"):
            most = max(most, running)
    assert most == 1
    # It is the same attempt that was offered again, and each ran once.
    assert begun() == 24
    assert {step["attempt"] for step in steps(maestro, tmp_path / "OUT").values()} == {1}
