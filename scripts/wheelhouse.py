"""Fill a folder with the wheels of the five packages and of everything that they need.

    python scripts/wheelhouse.py FOLDER [REQUIREMENT ...]

From that folder `pip install --no-index --find-links FOLDER maestro-cli` works without a network,
and without the public index, which has a stranger's package of that name. Each REQUIREMENT is
fetched as well. Ours are built from their folders and never asked for by name.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

PACKAGES = Path(__file__).resolve().parent.parent / "packages"


def main(arguments: list[str]) -> None:
    """Fill the folder named first with our wheels, and with what they and the rest need."""
    if not arguments or arguments[0].startswith("-"):
        sys.exit(__doc__)
    folder, *others = arguments
    wheelhouse = Path(folder).resolve()
    wheelhouse.mkdir(parents=True, exist_ok=True)
    ours = build(wheelhouse)
    pip("wheel", "--wheel-dir", str(wheelhouse), *sorted(third_party(ours)), *others)


def build(wheelhouse: Path) -> list[Path]:
    """Build the wheels of the packages beside this script, and remove older ones of them."""
    folders = sorted(path.parent for path in PACKAGES.glob("*/pyproject.toml"))
    wheels = [f"{folder.name.replace('-', '_')}-*.whl" for folder in folders]
    for pattern in wheels:
        for old in wheelhouse.glob(pattern):
            old.unlink()
    with tempfile.TemporaryDirectory() as tools:
        # One build environment for the five; pip would make one for each.
        pip("install", "--target", tools, "hatchling>=1.24")
        pip(
            *("wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(wheelhouse)),
            *map(str, folders),
            PYTHONPATH=tools,
        )
    return [wheel for pattern in wheels for wheel in wheelhouse.glob(pattern)]


def third_party(wheels: list[Path]) -> set[str]:
    """Return what the wheels require, less the wheels themselves.

    Requirements of extras are left out.
    """
    names = {wheel.name.split("-")[0].replace("_", "-") for wheel in wheels}
    required = {line for wheel in wheels for line in requirements(wheel) if "extra ==" not in line}
    return {line for line in required if name_of(line) not in names}


def requirements(wheel: Path) -> list[str]:
    """Return the `Requires-Dist` lines of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        text = archive.read(metadata).decode()
    return HeaderParser().parsestr(text).get_all("Requires-Dist") or []


def name_of(requirement: str) -> str:
    """Return the normalised name at the head of a requirement."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    if name is None:
        raise ValueError(f"no name in the requirement {requirement!r}")
    return re.sub(r"[-_.]+", "-", name.group()).lower()


def pip(*arguments: str, **environment: str) -> None:
    """Run this Python's pip; what it reports goes to stderr, its failure ends the script."""
    quiet = ("--quiet", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", *arguments, *quiet]
    done = subprocess.run(command, env=os.environ | environment, stdout=sys.stderr, check=False)
    if done.returncode:
        sys.exit(f"{Path(__file__).name}: {' '.join(command)} failed (exit code {done.returncode})")


if __name__ == "__main__":
    main(sys.argv[1:])
