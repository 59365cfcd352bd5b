"""The published JSON Schema of SARIF 2.1.0, from a package of npm's that ships it.

MAESTRO_SARIF_SCHEMA names a copy that is there already. Otherwise npm brings the package once, and the
schema is kept in the user's cache.
"""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import debian

PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
MEMBER = "package/lib/schemas/sarif-2.1.0-rtm.5.json"


class SchemaMissingError(Exception):
    """The schema is not here, and npm cannot bring it."""


def sarif_schema() -> dict[str, Any]:
    """Return the schema.

    Raises:
        SchemaMissingError: it cannot be had; the message says why.
    """
    if given := os.environ.get("MAESTRO_SARIF_SCHEMA"):
        return _read(Path(given))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path = cache / "maestro-sarif" / Path(MEMBER).name
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            _bring(Path(folder)).replace(path)
    return _read(path)


def _bring(folder: Path) -> Path:
    debian.need("npm", "npm")
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), PACKAGE]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
        (archive,) = folder.glob("*.tgz")
        with tarfile.open(archive) as tar:
            member = tar.extractfile(MEMBER)
            assert member is not None
            path = folder / "schema.json"
            path.write_bytes(member.read())
    except (OSError, subprocess.SubprocessError) as error:
        told = getattr(error, "stderr", None) or error
        raise SchemaMissingError(f"npm cannot bring {PACKAGE}: {told}") from error
    return path


def _read(path: Path) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema
