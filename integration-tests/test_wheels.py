"""The built wheels, each in a fresh environment, installed with `--no-index` from a wheelhouse.

The wheels and what they need are fetched once; every environment is filled from that folder.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fresh_environment import FreshEnvironment

pytestmark = pytest.mark.once

#: What `pip install` of each package brings, itself apart.
BRINGS = {
    "maestro-spec": {"attrs", "msgpack", "pyyaml"},
    "maestro-graph": {"attrs", "msgpack"},
    "maestro-adapters": {"attrs"},
    "maestro-conductor": {"attrs", "msgpack", "pyyaml"},
}

#: The commands of each package.
COMMANDS = {
    "maestro-spec": {"maestro-spec"},
    "maestro-graph": {"maestro-graph"},
    "maestro-adapters": set(),
    "maestro-conductor": {"conductor"},
    "maestro-cli": {"maestro", "conductor", "maestro-spec", "maestro-graph"},
}


def module(package: str) -> str:
    return package.replace("-", "_")


def our_scripts(environment: FreshEnvironment) -> set[str]:
    scripts = {path.name for path in environment.scripts.iterdir()}
    return {name for name in scripts if name.startswith(("maestro", "conductor"))}


@pytest.fixture(scope="module", params=COMMANDS)
def alone(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, wheelhouse: Path
) -> tuple[str, FreshEnvironment]:
    """A package, and an environment into which only this package was installed."""
    package: str = request.param
    environment = FreshEnvironment.create(tmp_path_factory.mktemp(package), wheelhouse)
    environment.install(package)
    return package, environment


def test_a_package_brings_what_it_names(alone: tuple[str, FreshEnvironment]) -> None:
    package, environment = alone
    environment.check()
    if package in BRINGS:
        assert environment.installed() == BRINGS[package] | {package}
    else:  # the command line brings all
        assert environment.installed() >= {*COMMANDS, *BRINGS["maestro-conductor"]}


def test_a_wheel_holds_the_package_and_its_types(alone: tuple[str, FreshEnvironment]) -> None:
    package, environment = alone
    name = module(package)
    where = environment.run("python", "-c", f"import {name}; print({name}.__file__)")
    file = Path(where.stdout.strip())
    assert file.is_relative_to(environment.folder)
    assert file.with_name("py.typed").exists()


def test_the_commands_are_on_the_path_and_work(alone: tuple[str, FreshEnvironment]) -> None:
    package, environment = alone
    assert our_scripts(environment) == COMMANDS[package]
    for command in COMMANDS[package]:
        assert "usage" in environment.run(command, "--help").stdout.lower()
    if package == "maestro-cli":
        version = f"import {module(package)} as m; print(m.__version__)"
        expected = environment.run("python", "-c", version).stdout.strip()
        assert expected in environment.run("maestro", "--version").stdout


def run_sample(environment: FreshEnvironment, samples: Path) -> None:
    """Run the sample study with this environment's `maestro`, to its eight finished instances."""
    output = environment.folder / "study"
    study = samples / "hello_bye_parameterized.yaml"
    environment.run("maestro", "run", "-fg", "-y", "-o", output, study)
    assert "FINISHED" in environment.run("maestro", "status", output).stdout
    with (output / "status.csv").open(encoding="utf-8") as file:
        states = [row["State"] for row in csv.DictReader(file)]
    assert states == ["FINISHED"] * 8


@pytest.mark.parametrize("alone", ["maestro-cli"], indirect=True)
def test_a_study_runs_from_the_wheels(alone: tuple[str, FreshEnvironment], samples: Path) -> None:
    run_sample(alone[1], samples)


# maestrowf installs commands named `maestro` and `conductor` as well. pip keeps one file of a name:
# the last installed has it, and uninstalling either package removes it.


def check_both_work(environment: FreshEnvironment, package: str) -> None:
    environment.check()
    environment.run("python", "-c", f"import maestrowf.datastructures.core, {module(package)}")


@pytest.mark.parametrize("package", COMMANDS)
def test_installed_before_maestrowf(package: str, fresh_environment: FreshEnvironment) -> None:
    fresh_environment.install(package)
    fresh_environment.install("maestrowf==1.2.1")
    check_both_work(fresh_environment, package)
    assert fresh_environment.owner("maestro") == "maestrowf"
    assert fresh_environment.owner("conductor") == "maestrowf"

    fresh_environment.uninstall("maestrowf")
    shared = {"maestro", "conductor"}
    assert our_scripts(fresh_environment) == COMMANDS[package] - shared
    fresh_environment.run("python", "-c", f"import {module(package)}")


@pytest.mark.parametrize("package", COMMANDS)
def test_installed_after_maestrowf(package: str, fresh_environment: FreshEnvironment) -> None:
    fresh_environment.install("maestrowf==1.2.1")
    fresh_environment.install(package)
    check_both_work(fresh_environment, package)
    for script, ours in {"maestro": "maestro_cli", "conductor": "maestro_conductor"}.items():
        mine = script in COMMANDS[package]
        assert fresh_environment.owner(script) == (ours if mine else "maestrowf")

    fresh_environment.uninstall(package)
    if package in {"maestro-cli", "maestro-conductor"}:
        own_script = "maestro" if package == "maestro-cli" else "conductor"
        assert fresh_environment.owner(own_script) is None
    fresh_environment.run("python", "-c", "import maestrowf.datastructures.core")


def test_how_to_get_the_commands_back(fresh_environment: FreshEnvironment, samples: Path) -> None:
    fresh_environment.install("maestro-cli")
    fresh_environment.install("maestrowf==1.2.1")
    # Whoever has the name on the PATH, ours is there under its module's name.
    version = fresh_environment.run("python", "-m", "maestro_cli", "--version").stdout

    fresh_environment.install("maestro-cli", again=True)
    assert fresh_environment.owner("maestro") == "maestro_cli"
    assert fresh_environment.run("maestro", "--version").stdout == version
    # `conductor` is still maestrowf's here; ours starts its own all the same.
    assert fresh_environment.owner("conductor") == "maestrowf"
    run_sample(fresh_environment, samples)

    fresh_environment.uninstall("maestrowf")
    fresh_environment.install("maestro-cli", "maestro-conductor", again=True)
    assert fresh_environment.owner("maestro") == "maestro_cli"
    assert fresh_environment.owner("conductor") == "maestro_conductor"
