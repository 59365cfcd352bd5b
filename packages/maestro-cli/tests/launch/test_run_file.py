"""`run.msgpack` and `batch.info`.

A fault here would be a study that runs with other limits than were asked for, or a file that the
conductor refuses.
"""

from __future__ import annotations

from pathlib import Path

import yaml
from attrs import evolve

from maestro_cli.launch.run_file import Run, write_batch_info, write_run
from maestro_conductor.workspace.run_file import read_run, read_run_record

RUN = Run(
    study_file="study.yaml",
    pgen_file=None,
    throttle=3,
    rlimit=0,
    attempts=2,
    sleep=1.5,
    usetmp=True,
    dry=False,
    variables={"A": "\udcff"},
    batch={"type": "local"},
    pargs={"N": "3"},
    started_in="/home/pam",
    root="/made/here",
)


def test_the_conductor_reads_what_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / ".maestro").mkdir()
    write_run(tmp_path, RUN)
    read = read_run(tmp_path)
    settings = read.settings
    assert (settings.throttle, settings.rlimit, settings.attempts) == (3, 0, 2)
    assert (settings.sleep, read.usetmp, read.dry) == (1.5, True, False)
    assert read.root == "/made/here"
    record = read_run_record(tmp_path)
    assert (record["variables"], record["batch"]) == (RUN.variables, RUN.batch)


def test_each_study_has_an_id_of_its_own(tmp_path: Path) -> None:
    (tmp_path / ".maestro").mkdir()
    ids = set()
    for _ in range(3):
        write_run(tmp_path, evolve(RUN, throttle=0))
        ids.add(read_run(tmp_path).study_id)
    assert len(ids) == 3


def test_the_batch_block_is_yaml(tmp_path: Path) -> None:
    batch = {"type": "local", "args": {"x": [1]}, "path": "/é\udcff", "none": None}
    batch["uri"] = "$(OUTPUT_PATH)/uri"
    write_batch_info(tmp_path, batch, "/made/here")
    content = (tmp_path / "batch.info").read_bytes()
    assert b"type: local\n" in content
    written = yaml.safe_load(content.decode("utf-8", "replace"))
    assert (written["args"], written["uri"]) == ({"x": [1]}, "/made/here/uri")
