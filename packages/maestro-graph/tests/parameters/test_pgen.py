"""A generator file of maestrowf's that does not run as it does there."""

import sys
from pathlib import Path
from typing import Any

import pytest

from maestro_graph import ParameterError, ParameterTable, PgenError, load_pgen

UPSTREAM = """
from maestrowf.datastructures.core import ParameterGenerator

def get_custom_generator(env, **kwargs):
    p_gen = ParameterGenerator()
    count = int(kwargs.get("count", env.find("COUNT").value))
    p_gen.add_parameter("TRIAL", list(range(count)), "TRIAL.%%")
    return p_gen
"""


@pytest.fixture
def load(tmp_path: Path, make: Any) -> Any:
    def run(code: str, **pargs: str) -> ParameterTable:
        (tmp_path / "pgen.py").write_text(code)
        document = make.spec(
            make.step("s", "x"),
            specroot=str(tmp_path),
            variables={"COUNT": 2, "DATA": "$(OUTPUT_PATH)/data", "RATE": 0.5},
            labels={"L": "l_$(P)"},
            paths=[{"name": "HERE", "path": "."}],
        )
        return load_pgen(tmp_path / "pgen.py", pargs, document, tmp_path / "out")

    return run


def values(table: ParameterTable) -> Any:
    return table.columns[0].values


def test_an_upstream_file(load: Any) -> None:
    table = load(UPSTREAM)
    assert table.source == "pgen"
    assert values(table) == (0, 1)
    assert table.columns[0].labels == ("TRIAL.0", "TRIAL.1")
    assert values(load(UPSTREAM, count="3")) == (0, 1, 2)


@pytest.mark.parametrize(
    "line",
    [
        "from maestro_graph import ParameterGenerator",
        "import maestrowf.datastructures.core as c; ParameterGenerator = c.ParameterGenerator",
        "from maestrowf.datastructures.core.parameters import ParameterGenerator",
    ],
)
def test_ways_to_import(load: Any, line: str) -> None:
    code = UPSTREAM.replace("from maestrowf.datastructures.core import ParameterGenerator", line)
    assert values(load(code)) == (0, 1)


def test_nothing_of_it_stays(load: Any, tmp_path: Path) -> None:
    before = set(sys.modules)
    load(UPSTREAM)
    left = set(sys.modules) - before
    assert not [name for name in left if name.startswith(("maestrowf", "custom_gen"))]
    assert not (tmp_path / "__pycache__").exists()


def test_an_installed_maestrowf_is_used(
    load: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "site" / "maestrowf" / "datastructures"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "__init__.py").touch()
    (folder / "core").mkdir()
    (folder / "core" / "__init__.py").write_text("from .parameters import ParameterGenerator")
    (folder / "core" / "parameters.py").write_text(
        "from maestro_graph import ParameterGenerator as Ours\n"
        "class ParameterGenerator(Ours):\n"
        "    def add_parameter(self, key, values, *more):\n"
        "        super().add_parameter('installed', values)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    before = set(sys.modules)
    try:
        assert load(UPSTREAM).columns[0].name == "installed"
    finally:
        for name in set(sys.modules) - before:
            del sys.modules[name]


def test_an_installed_maestrowf_that_does_not_work(
    load: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "site" / "maestrowf" / "datastructures"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "__init__.py").write_text("import gone_with_python_3_12")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert values(load(UPSTREAM)) == (0, 1)
    assert "maestrowf" not in sys.modules


def test_what_the_file_is_given(load: Any, tmp_path: Path) -> None:
    table = load(
        """
import os
from maestro_graph import ParameterGenerator

def get_custom_generator(env, **kwargs):
    generator = ParameterGenerator()
    generator.add_parameter("P", [
        env.find("COUNT").value, env.find("RATE").value, env.find("DATA").value,
        env.find("HERE").value, env.find("NOTHING"), env.find("OUTPUT_PATH").value,
        env.find("L").value,
        kwargs["OUTPUT_PATH"], kwargs["SPECROOT"].value, os.path.join(kwargs["SPECROOT"], "x"),
        kwargs["word"], env.apply_environment("$(COUNT)+$(RATE)"), str(env.find("COUNT")),
    ])
    return generator
""",
        word="a: b",
    )
    out = str(tmp_path / "out")
    assert values(table) == (
        *(2, 0.5, f"{out}/data", str(tmp_path), None, out, "l_$(P)"),
        *(out, str(tmp_path), f"{tmp_path}/x", "a: b", "2+0.5", "$(COUNT)"),
    )


def test_dataclasses_and_helpers_work(load: Any) -> None:
    code = """
from __future__ import annotations
import dataclasses
@dataclasses.dataclass
class Case:
    number: int
""" + UPSTREAM.replace("list(range(count))", "[Case(7).number]")
    assert values(load(code)) == (7,)


@pytest.mark.parametrize(
    ("code", "message", "in_trace"),
    [
        ("import nothing_of_that_name", "No module named", "import nothing_of_that_name"),
        ("def f(:", "SyntaxError", "def f(:"),
        ("def get_custom_generator(env, **kwargs):\n    1 / 0", "ZeroDivisionError", "1 / 0"),
        ("def get_custom_generator(env, **kwargs):\n    raise SystemExit('no')", "no", "line 2"),
        ("def get_custom_generator(env): pass", "unexpected keyword", "TypeError"),
        ("x = 1", "defines no get_custom_generator", ""),
    ],
)
def test_errors_in_the_file(load: Any, code: str, message: str, in_trace: str) -> None:
    with pytest.raises(PgenError, match=message) as caught:
        load(code)
    assert in_trace in caught.value.trace
    assert "maestro_graph" not in caught.value.trace
    assert caught.value.hint


def test_something_else_returned(load: Any) -> None:
    with pytest.raises(ParameterError, match="returned int, not a ParameterGenerator"):
        load("def get_custom_generator(env, **kwargs): return 3")


def test_no_such_file(make: Any, tmp_path: Path) -> None:
    with pytest.raises(PgenError, match="no generator file"):
        load_pgen(tmp_path / "none.py", {}, make.spec(make.step("s", "x")), tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        "from maestrowf.datastructures.core import ParameterGenerator, StudyEnvironment",
        "from maestrowf.datastructures.core.studyenvironment import StudyEnvironment",
        "from maestrowf.datastructures.environment import Variable",
        "from maestrowf.datastructures.environment.variable import Variable",
    ],
)
def test_what_public_files_import_beside_the_generator(load: Any, line: str) -> None:
    check = """
    names = globals()
    if "StudyEnvironment" in names:
        assert isinstance(env, StudyEnvironment)
    if "Variable" in names:
        assert Variable("COUNT", 2).substitute("$(COUNT)") == "2"
    p_gen ="""
    code = line + UPSTREAM.replace("\n    p_gen =", check, 1)
    assert values(load(code)) == (0, 1)


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        (
            "from maestrowf.datastructures.core import Study",
            "Of maestrowf, ParameterGenerator, Combination, StudyEnvironment, Variable are here",
            "-m pip install maestrowf",
        ),
        ("import maestrowf.conductor", "Of maestrowf, ParameterGenerator", "pip install maestrowf"),
        (
            "import missing_sampler.lhs",
            "missing_sampler is not installed where maestro runs",
            "-m pip install missing_sampler",
        ),
        ("from json import nothing_like_it", "cannot import name", "a package that it imports"),
    ],
)
def test_an_import_that_fails_says_how_to_add_it(
    load: Any, line: str, message: str, hint: str
) -> None:
    with pytest.raises(PgenError, match=message) as caught:
        load(f"{line}\n{UPSTREAM}")
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("module", "package"), [("tabulate", "tabulate"), ("yaml", "PyYAML"), ("dill", "dill")]
)
def test_what_maestrowf_brought_along_is_named(load: Any, module: str, package: str) -> None:
    code = f"raise ModuleNotFoundError(\"No module named '{module}'\", name='{module}')\n{UPSTREAM}"
    with pytest.raises(
        PgenError, match=f"{module}, which maestrowf brought along, is not"
    ) as caught:
        load(code)
    assert str(caught.value.hint).endswith(f"pip install {package}")
