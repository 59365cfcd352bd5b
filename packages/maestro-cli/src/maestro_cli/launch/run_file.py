"""Write ``.maestro/run.msgpack`` (how the study is to be run) and ``batch.info``."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from maestro_cli.__about__ import __version__


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
    root: str


def write_run(folder: Path, run: Run) -> None:
    """Write the file into a workspace under construction, with a new study id."""
    import msgpack
    from attrs import asdict

    from maestro_conductor.workspace.checksums import seal

    record = {
        "format": "maestro-run",
        "version": [1, 1],
        "requires": [],
        "writer": f"maestro-cli {__version__}",
        "study_id": secrets.token_hex(6),
        "created": time.time_ns() // 1_000_000,
        **asdict(run, recurse=False),
    }
    record["variables"] = dict(run.variables)
    record["batch"] = dict(run.batch)
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
