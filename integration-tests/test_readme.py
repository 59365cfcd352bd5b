"""The first study of the README runs, and its commands, and what any page links to, are there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from conftest import Maestro


@pytest.fixture
def readme(repository: Path) -> str:
    return (repository / "README.md").read_text(encoding="utf-8")


def block(text: str, opening: str) -> str:
    """The first fenced block whose language and first words are these."""
    found = re.search(rf"^```{re.escape(opening)}(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found, f"no block ```{opening}"
    return found.group(1)


def test_the_first_study_gives_the_table_that_is_shown(
    readme: str, tmp_path: Path, maestro: Maestro
) -> None:
    (tmp_path / "study.yaml").write_text(block(readme, "yaml\n"), encoding="utf-8")
    assert maestro("validate", "--strict", "study.yaml").returncode == 0

    done = maestro("run", "-fg", "-y", "-o", "OUT", "study.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    shown = block(readme, "\n$ cat OUT/table/table.txt\n")
    assert (tmp_path / "OUT" / "table" / "table.txt").read_text(encoding="utf-8") == shown


def test_every_command_that_is_shown_exists(readme: str, maestro: Maestro) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    shown = [line for line in "".join(blocks).splitlines() if line.startswith("maestro ")]
    assert len(shown) > 5
    for line in shown:
        command, *arguments = shlex.split(line, comments=True)[1:]
        told = maestro(command, "--help")
        assert told.returncode == 0, line
        for option in (word for word in arguments if word.startswith("-")):
            assert re.search(rf"{option}\b", told.stdout), line


def test_what_is_linked_is_there(repository: Path) -> None:
    """In the README and every other page."""
    patterns = ("*.md", "docs/**/*.md", "packages/*.md", "packages/*/*.md", "*/README.md")
    pages = {page for pattern in patterns for page in repository.glob(pattern)}
    assert len(pages) > 20
    missing = [
        f"{page.relative_to(repository)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not re.match("https?://|mailto:", target) and not (page.parent / target).exists()
    ]
    assert missing == []


def test_the_files_of_the_first_guesses_are_there(repository: Path) -> None:
    page = repository / "packages/README.md"
    table = page.read_text(encoding="utf-8").partition("## Where would you look for")[2]
    rows = re.findall(r"^\| (.+) \| \[`(.+)`\]\((.+)\) \|$", table, re.MULTILINE)
    assert len(rows) == 13
    for _, shown, path in rows:
        assert (page.parent / path).is_file()
        assert path.endswith(f"/src/{shown}")
