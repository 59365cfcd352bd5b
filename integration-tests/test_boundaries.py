"""The import contracts hold, a forbidden import is seen and named, and no import leads in a circle.

Would catch a room that reaches up, and modules of which neither can be read first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

LIBRARIES = ["maestro_spec", "maestro_graph", "maestro_adapters", "maestro_conductor"]
PACKAGES = [*LIBRARIES, "maestro_cli"]


@pytest.fixture
def sources(tmp_path: Path, repository: Path) -> Path:
    """A copy of the root settings and of all sources, to be spoiled."""
    for source in repository.glob("packages/*/src/*"):
        if source.is_dir():
            shutil.copytree(source, tmp_path / source.name)
    shutil.copy(repository / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(sources: Path) -> subprocess.CompletedProcess[str]:
    """Run lint-imports over the copied sources, not over what is installed."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=sources,
        env=os.environ | {"PYTHONPATH": str(sources), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_hold(sources: Path) -> None:
    done = lint_imports(sources)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "KEPT" in done.stdout


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        *zip(LIBRARIES, [*LIBRARIES[1:], LIBRARIES[0]], strict=True),
        ("maestro_conductor", "maestro_cli"),
    ],
)
def test_a_forbidden_import_is_refused_and_named(
    importer: str, imported: str, sources: Path
) -> None:
    (sources / importer / "trespasser.py").write_text(f"import {imported}\n", encoding="utf-8")
    done = lint_imports(sources)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
    assert f"{importer}.trespasser -> {imported}" in done.stdout


#: A module, what it may not import, and the contract that says so.
TRESPASSES = [
    ("maestro_conductor/core/machine.py", "import time", "core does no I/O"),
    (
        "maestro_conductor/workspace/paths.py",
        "import maestro_conductor.app.conduct",
        "maestro_conductor: each room",
    ),
    (
        "maestro_adapters/slurm/states.py",
        "import maestro_adapters.lsf.states",
        "schedulers do not know",
    ),
    (
        "maestro_adapters/job/states.py",
        "import maestro_adapters.batch.adapter",
        "maestro_adapters: each room",
    ),
    ("maestro_spec/yaml/nodes.py", "import maestro_spec.lint.run", "maestro_spec: each room"),
    (
        "maestro_graph/model/graph.py",
        "import maestro_graph.files.graph_file",
        "maestro_graph: each room",
    ),
    ("maestro_cli/ui/signals.py", "import maestro_cli.commands.run", "maestro_cli: each room"),
    ("maestro_cli/views/rows.py", "import argparse", "views take values"),
    ("maestro_cli/views/rows.py", "import maestro_conductor.errors", "views take values"),
    ("maestro/study.py", "import maestro_cli.commands.run", "calls no command"),
    ("maestro_cli/ui/paths.py", "import maestro", "The four libraries never import each other"),
    ("maestro_graph/unplaced.py", "", "maestro_graph: each room"),
]


@pytest.mark.parametrize(("module", "line", "contract"), TRESPASSES, ids=lambda value: value)
def test_each_contract_of_the_rooms_can_be_broken(
    sources: Path, module: str, line: str, contract: str
) -> None:
    with (sources / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint_imports(sources)
    assert done.returncode == 1
    shown = " ".join(done.stdout.split())
    broken = list(shown.split(" BROKEN")[:-1])
    assert any(contract in part[-200:] for part in broken)


def test_the_drawing_of_the_rooms_is_up_to_date(repository: Path) -> None:
    check = [sys.executable, repository / "scripts/rooms.py", "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def cycles(imports: dict[str, set[str]]) -> list[str]:
    """Modules that import themselves by way of others; what cannot be reached again is taken away."""
    left = {module: set(others) & imports.keys() for module, others in imports.items()}
    while True:
        ends = {module for module, others in left.items() if not others}
        if not ends:
            return sorted(left)
        left = {module: others - ends for module, others in left.items() if module not in ends}


def test_no_module_imports_itself_by_way_of_others() -> None:
    import grimp  # of import-linter, which is where these tests run

    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True)
    found = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(found) > 300
    # A package's own face may name what it offers: what is below it imports modules, not the face.
    assert cycles({m: others for m, others in found.items() if m not in PACKAGES}) == []


@pytest.mark.parametrize(
    ("imports", "found"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"c"}, "c": {"b"}}, ["a", "b", "c"]),
        ({"a": {"os"}}, []),
    ],
)
def test_a_cycle_is_found(imports: dict[str, set[str]], found: list[str]) -> None:
    assert cycles(imports) == found
