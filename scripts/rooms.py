"""Draws the rooms of each package, from the import contracts and the modules that are there.

    python scripts/rooms.py           # writes them into docs/architecture.md
    python scripts/rooms.py --check   # changes nothing; exit 1 where the page is not up to date

Needs Python 3.11 or newer, and nothing else.
"""

from __future__ import annotations

import argparse
import ast
import sys
import textwrap
from pathlib import Path

import tomllib

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/architecture.md"
BEGIN, END = "<!-- rooms: made by scripts/rooms.py -->\n", "<!-- end of rooms -->\n"
PACKAGES = ("spec", "graph", "adapters", "conductor", "cli")
_WIDTH = 100


def layers(package: str) -> list[list[str]]:
    """Return a package's layers from the top, each a list of rooms that do not know each other."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in settings["tool"]["importlinter"]["contracts"]:
        if contract.get("containers") == [package]:
            return [[room.strip() for room in layer.split("|")] for layer in contract["layers"]]
    raise SystemExit(f"pyproject.toml has no layers of {package}")


def modules(path: Path) -> list[str]:
    """Return the modules of a room; a module that is a room of its own has none."""
    found = []
    for entry in sorted(path.iterdir()):
        if entry.suffix == ".py" and entry.stem != "__init__":
            found.append(entry.stem)
        elif (entry / "__init__.py").exists():
            found.append(f"{entry.name}/")
    return found


def purpose(path: Path) -> str:
    """Return what a room says of itself, in one line."""
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return " ".join(said.partition("\n\n")[0].split())


def drawing(package: str) -> str:
    """Return a package's rooms as text, the highest first."""
    folder = ROOT / "packages" / package.replace("_", "-") / "src" / package
    lines = [package]
    for number, layer in enumerate(layers(package)):
        if number:
            lines.append("  │")
        for room in layer:
            path = folder / room
            lines.append(f"  ├─ {room}{'/' if path.is_dir() else ''}  {purpose(path)}")
            if path.is_dir():
                lines += textwrap.wrap(
                    " ".join(modules(path)),
                    _WIDTH,
                    initial_indent="  │     ",
                    subsequent_indent="  │     ",
                    break_on_hyphens=False,
                )
    return "\n".join(lines)


def page(text: str) -> str:
    """Return the page with the rooms as they are now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    drawings = "\n\n".join(f"```\n{drawing(f'maestro_{name}')}\n```" for name in PACKAGES)
    return f"{before}{BEGIN}\n{drawings}\n\n{END}{after}"


def main() -> int:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    arguments = parser.parse_args()
    old = PAGE.read_text(encoding="utf-8")
    new = page(old)
    if new == old:
        return 0
    if arguments.check:
        print(f"{PAGE.name} is not up to date: python scripts/rooms.py", file=sys.stderr)
        return 1
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
