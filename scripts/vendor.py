"""Fetches the libraries that reports carry, with npm, and says which they are.

    python scripts/vendor.py    # writes packages/maestro-cli/src/maestro_cli/report/assets/vendor

Each is as its package has it, but for the line that names a source map, which a page of one file has
not. A new version is set here, and looked at (`pytest -m once integration-tests/test_report_page.py`).
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "packages/maestro-cli/src/maestro_cli/report/assets/vendor"
#: Package, version, what it is for, and its files: path in the package → name here.
LIBRARIES = [
    (
        "uplot",
        "1.6.32",
        "plots over time, and scatter plots",
        {"dist/uPlot.iife.min.js": "uplot.js", "dist/uPlot.min.css": "uplot.css"},
    ),
    (
        "tabulator-tables",
        "6.5.3",
        "the table of instances",
        {
            "dist/js/tabulator.min.js": "tabulator.js",
            "dist/css/tabulator_simple.min.css": "tabulator.css",
        },
    ),
]
_SOURCE_MAP = re.compile(r"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\n?$")


def fetch(folder: Path, name: str, version: str) -> Path:
    """Unpack a package from npm, without its dependencies and scripts, and return its folder."""
    words = ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{name}@{version}"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    place = folder / name
    place.mkdir()
    archive = folder / done.stdout.split()[-1]
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(place)], check=True)
    return place / "package"


def main() -> None:
    """Write the files, their licences, and the page about them."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Libraries in reports",
        "",
        "Made by `scripts/vendor.py`. Each file is as the package on npm has it, without its source map line.",
        "",
        "| file | from | version | licence | for | SHA-256 |",
        "|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, version, purpose, files in LIBRARIES:
            package = fetch(Path(folder), name, version)
            licence = json.loads((package / "package.json").read_text("utf-8"))["license"]
            licence_file = f"LICENSE.{name}"
            (VENDOR / licence_file).write_text((package / "LICENSE").read_text("utf-8"), "utf-8")
            for source, target in files.items():
                text = _SOURCE_MAP.sub("\n", (package / source).read_text("utf-8"))
                if "</script" in text.lower() or "</style" in text.lower():
                    raise SystemExit(f"{source} of {name} cannot stand in a page")
                (VENDOR / target).write_text(text, "utf-8")
                digest = hashlib.sha256(text.encode()).hexdigest()
                lines.append(
                    f"| `{target}` | [{name}](https://www.npmjs.com/package/{name}) `{source}` "
                    f"| {version} | [{licence}]({licence_file}) | {purpose} | `{digest}` |"
                )
    (VENDOR / "README.md").write_text("\n".join([*lines, ""]), "utf-8")


if __name__ == "__main__":
    main()
