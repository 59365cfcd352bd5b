"""Adapters are found by the entry points of installed packages.

A fault here would be an adapter that is installed and not found, or a misspelt name without a hint.
"""

import sys

import pytest

import maestro_adapters
from maestro_adapters import registry
from maestro_adapters.errors import AdapterError, OptionsError, UnknownAdapterError
from maestro_adapters.interface import Adapter


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Puts a distribution with entry points where Python looks for installed packages."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(name, *entry_points, module=""):
        (tmp_path / f"{name}.py").write_text(module)
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = ["[maestro.adapters]", *entry_points]
        (folder / "entry_points.txt").write_text("\n".join(lines))

    yield install
    for path in tmp_path.glob("*.py"):
        sys.modules.pop(path.stem, None)


@pytest.mark.parametrize("name", ["local", "slurm", "lsf", "flux"])
def test_ours(name):
    adapter = maestro_adapters.load(name, {"slots": 1})
    try:
        assert isinstance(adapter, Adapter)
        assert (adapter.name, adapter.describe()["name"]) == (name, name)
    finally:
        adapter.close()
    assert name in maestro_adapters.names()


def test_a_third_party_s(install):
    install(
        "theirs", "theirs = theirs:create", module="def create(options): return ('made', options)\n"
    )
    assert registry.load("theirs", {"queue": "q"}) == ("made", {"queue": "q"})
    assert "theirs" in registry.names()


def test_nothing_is_imported_before_it_is_asked_for(install):
    install("broken", "broken = broken:create", module="raise ImportError('needs libfoo')\n")
    assert "broken" in registry.names()
    with pytest.raises(
        AdapterError, match=r"'broken' of broken \(broken:create\) cannot be imported: needs libfoo"
    ):
        registry.load("broken")


def test_a_factory_that_is_not_there(install):
    install("empty", "empty = empty:create")
    with pytest.raises(AdapterError, match="cannot be imported"):
        registry.load("empty")


def test_an_unknown_name():
    with pytest.raises(UnknownAdapterError, match="did you mean 'slurm'"):
        registry.load("Slrum")
    with pytest.raises(LookupError, match="install the package"):
        registry.load("condor")


def test_two_packages_with_one_name(install):
    install("one", "same = one:create")
    install("two", "same = two:create")
    with pytest.raises(AdapterError, match=r"several packages.*one:create, two:create"):
        registry.load("same")


def test_options_are_checked():
    with pytest.raises(OptionsError):
        registry.load("local", {"slots": -1})
