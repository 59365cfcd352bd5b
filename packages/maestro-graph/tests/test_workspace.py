"""A workspace that is left half expanded, or that a second expansion changes."""

import os
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgpack
import pytest

from maestro_graph import (
    Amendment,
    ParameterGenerator,
    expand_workspace,
    read_earlier,
    read_graph,
    read_parameters,
    write_parameters,
)
from maestro_graph.cli import main
from maestro_graph.model.generator import table_of


@pytest.fixture
def workspace(make: Any, tmp_path: Path) -> Path:
    document = make.spec(
        make.step("a", "echo $(P) > $(WORKSPACE)/x"),
        make.step("b", "cat $(a.workspace)/x", "a"),
        parameters={"P": [1, 2]},
        specroot=str(tmp_path),
    )
    folder = tmp_path / "w"
    (folder / ".maestro").mkdir(parents=True, mode=0o755)
    (folder / ".maestro" / "spec.msgpack").write_bytes(msgpack.packb(document))
    return folder


def commands(workspace: Path) -> list[str]:
    records = read_graph(workspace / ".maestro" / "graph.msgpack")
    return [record["command"] for record in records if record["record"] == "instance"]


def test_expand(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["expand", str(workspace)]) == 0
    assert capsys.readouterr().out == "2 steps, 4 instances\n"
    assert commands(workspace)[3] == "cat $(OUTPUT_PATH)/a/P.2/x"
    assert read_parameters(workspace / ".maestro" / "parameters.msgpack").rows == 2
    assert sorted(os.listdir(workspace / "meta")) == [
        *("environment.yaml", "metadata.yaml", "parameters.yaml")
    ]


def test_a_second_time_gives_the_same(workspace: Path) -> None:
    def content() -> bytes:
        return (workspace / ".maestro" / "graph.msgpack").read_bytes()

    main(["expand", str(workspace)])
    first = content()
    main(["expand", str(workspace)])
    assert content() == first


def test_numbered_workspaces(workspace: Path) -> None:
    assert main(["expand", "--hashws", str(workspace)]) == 0
    assert commands(workspace)[3] == "cat $(OUTPUT_PATH)/a/a_instance_1/x"


@pytest.mark.parametrize(("flags", "mode"), [([], 0o700), (["--shared"], 0o750)])
def test_mode_of_the_private_folder(workspace: Path, flags: list[str], mode: int) -> None:
    workspace.chmod(0o755)  # others who may enter it may still not see what holds secrets
    assert main(["expand", *flags, str(workspace)]) == 0
    assert (workspace / ".maestro").stat().st_mode & 0o777 == mode
    assert (workspace / "meta" / "environment.yaml").stat().st_mode & 0o777 == 0o600


def test_a_workspace_that_is_to_be_renamed(workspace: Path) -> None:
    graph = workspace / ".maestro/graph.msgpack"
    assert expand_workspace(workspace, root="/elsewhere/w").root == "/elsewhere/w"
    before = graph.read_bytes()
    expand_workspace(workspace)
    assert graph.read_bytes() == before


def test_the_table_of_a_generator_is_kept(workspace: Path) -> None:
    generator = ParameterGenerator()
    generator.add_parameter("P", ["x"])
    write_parameters(table_of(generator), workspace / ".maestro" / "parameters.msgpack")
    graph = expand_workspace(workspace)
    assert [instance.name for instance in graph.instances] == ["a_P.x", "b_P.x"]


def test_the_table_of_the_study_is_built_anew(workspace: Path, make: Any) -> None:
    expand_workspace(workspace)
    document = make.spec(make.step("a", "$(P)"), parameters={"P": ["new"]})
    (workspace / ".maestro" / "spec.msgpack").write_bytes(msgpack.packb(document))
    assert [instance.name for instance in expand_workspace(workspace).instances] == ["a_P.new"]


def test_a_table_that_is_handed_over(workspace: Path) -> None:
    generator = ParameterGenerator()
    generator.add_parameter("P", ["y"])
    expand_workspace(workspace, table_of(generator), environ={"A": "b"})
    assert commands(workspace)[0] == "echo y > $(OUTPUT_PATH)/a/P.y/x"
    assert "A" in (workspace / "meta" / "environment.yaml").read_text()


PGEN = """
from maestrowf.datastructures.core import ParameterGenerator

def get_custom_generator(env, **kwargs):
    generator = ParameterGenerator()
    generator.add_parameter("P", [kwargs["word"], 1 / int(kwargs["by"])])
    return generator
"""


def test_a_generator_file(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "pgen.py").write_text(PGEN)
    pgen = ["--pgen", str(tmp_path / "pgen.py"), "--pargs", "word: a:b"]
    assert main(["expand", str(workspace), *pgen, "--pargs", "by:2"]) == 0
    table = read_parameters(workspace / ".maestro" / "parameters.msgpack")
    assert table.source == "pgen"
    assert table.columns[0].values == ("a:b", 0.5)


def test_a_generator_file_that_fails(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pgen.py").write_text(PGEN)
    pgen = ["--pgen", str(tmp_path / "pgen.py"), "--pargs", "word:x"]
    assert main(["expand", str(workspace), *pgen, "--pargs", "by:0"]) == 1
    said = capsys.readouterr().err
    assert 'generator.add_parameter("P", [kwargs["word"], 1 / int(kwargs["by"])])' in said
    assert "ZeroDivisionError: division by zero\nerror: the generator file" in said
    assert not (workspace / ".maestro" / "graph.msgpack").exists()
    with pytest.raises(SystemExit):
        main(["expand", str(workspace), *pgen, "--pargs", "by"])
    assert "'by' is not KEY:VALUE" in capsys.readouterr().err


def test_a_study_that_has_started_is_left_alone(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / ".maestro" / "journal.msgpack").touch()
    assert main(["expand", str(workspace)]) == 1
    assert "has been started" in capsys.readouterr().err
    assert not (workspace / ".maestro" / "graph.msgpack").exists()


def test_notices(make: Any, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    columns = [make.column("P", [1, 2], label="same")]
    document = make.spec(make.step("a", "$(P)"), parameters=[{"columns": columns, "csv": None}])
    (workspace / ".maestro" / "spec.msgpack").write_bytes(msgpack.packb(document))
    assert main(["expand", str(workspace)]) == 0
    assert "note: step a: rows 1 and 2" in capsys.readouterr().err


def test_an_amended_study_says_so_and_keeps_its_places(
    workspace: Path, make: Any, tmp_path: Path
) -> None:
    expand_workspace(workspace, hash_workspaces=True)
    before = list(read_graph(workspace / ".maestro" / "graph.msgpack"))
    staged = tmp_path / "staged"
    ids = [None, "0123456789ab", "ba9876543210"]
    graph = workspace / ".maestro" / "graph.msgpack"
    for amends, amendment in pairwise(ids):
        (staged / ".maestro").mkdir(parents=True)
        document = make.spec(
            make.step("a", "echo $(P)"), parameters={"P": [0, 1, 2]}, specroot=str(tmp_path)
        )
        (staged / ".maestro" / "spec.msgpack").write_bytes(msgpack.packb(document))
        expand_workspace(
            staged, root=workspace, amendment=Amendment(amendment, read_earlier(graph))
        )
        head, *_, new, old, _, _ = read_graph(staged / ".maestro" / "graph.msgpack")
        assert (head["amendment"], head["amends"]) == (amendment, amends)
        assert (head["root"], head["hashws"]) == (None, True)
        assert "amendment" not in before[0]
        assert (new["name"], new["workspace"]) == ("a_P.0", "a/a_instance_2")
        assert (old["name"], old["workspace"]) == ("a_P.1", "a/a_instance_0")
        (staged / ".maestro" / "graph.msgpack").replace(graph)
        shutil.rmtree(staged)
