"""Write ``.maestro/run.msgpack`` (how the study is to be run) and ``batch.info``."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from maestro_cli.__about__ import __version__

__all__ = ["Run", "write_amended_run", "write_batch_info", "write_run"]


@frozen
class Run:
    """How a study is to be run; the fields are those of ``Run`` in the format's page."""

    study_file: str
    pgen_file: str | None
    throttle: int
    rlimit: int
    attempts: int
    sleep: int | float
    usetmp: bool
    dry: bool
    variables: Mapping[str, str]
    batch: Mapping[str, str]
    pargs: Mapping[str, str]
    started_in: str
    root: str


def write_run(folder: Path, run: Run) -> None:
    """Write the file into a workspace under construction, with a new study id."""
    from attrs import asdict

    record = {
        "format": "maestro-run",
        "requires": [],
        "study_id": os.urandom(6).hex(),
        "created": time.time_ns() // 1_000_000,
        **asdict(run, recurse=False),
    }
    for name in ("variables", "batch", "pargs"):
        record[name] = dict(record[name])
    _write(folder, record)


def write_amended_run(
    folder: Path, before: Mapping[str, object], changes: Mapping[str, object]
) -> None:
    """Write the file of an amended study: the id, the limits and all else stay as they were.

    Args:
        folder: Where the amendment is put together.
        before: The record of the study as it is.
        changes: Fields of the record that are others now.
    """
    _write(folder, {**before, **changes})


def _write(folder: Path, record: Mapping[str, object]) -> None:
    import msgpack

    from maestro_conductor.workspace.checksums import seal

    header = {"version": [1, 1], "writer": f"maestro-cli {__version__}"}
    # The checksum is the last field, whatever there was before.
    record = {name: value for name, value in {**record, **header}.items() if name != "crc"}
    path = folder / ".maestro" / "run.msgpack"
    with path.open("wb") as file:
        file.write(seal(msgpack.Packer(unicode_errors="surrogateescape").pack, record))
        file.flush()
        os.fsync(file.fileno())


def write_batch_info(folder: Path, batch: Mapping[str, object], root: str) -> None:
    """Write the batch block as it is used, in YAML, for people and upstream's tools.

    Args:
        folder: where to write it.
        batch: of the graph.
        root: absolute path that the study's folder will have.
    """
    import yaml

    from maestro_conductor.backends.relocation import filled_in

    (folder / "batch.info").write_text(
        yaml.safe_dump(
            filled_in(root)(dict(batch)), sort_keys=False, allow_unicode=True, width=1000
        ),
        encoding="utf-8",
        errors="surrogateescape",
    )
