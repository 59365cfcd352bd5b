"""Print what the packages, or lists of tools, require of others, one requirement a line.

    python scripts/requirements.py [packages] [GROUP ...]

`packages` are the dependencies that the five packages declare, less the five themselves: the public
index has a stranger's maestro-cli. A GROUP is one of the root `pyproject.toml`'s.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # comes with pytest, tox and hatchling there

ROOT = Path(__file__).resolve().parent.parent


def main(names: list[str]) -> None:
    """Print the requirements of all that is named, each once."""
    if not names:
        sys.exit(__doc__)
    groups = read(ROOT / "pyproject.toml")["dependency-groups"]
    lines = {
        line for name in names for line in (packages() if name == "packages" else groups[name])
    }
    print("\n".join(sorted(lines)))


def packages() -> list[str]:
    """Return what the five packages require of others."""
    projects = [read(path)["project"] for path in ROOT.glob("packages/*/pyproject.toml")]
    ours = {project["name"] for project in projects}
    found = [line for project in projects for line in project["dependencies"]]
    return [line for line in found if re.split(r"[^\w.-]", line)[0] not in ours]


def read(path: Path) -> dict[str, object]:
    """Return a TOML file's content."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
