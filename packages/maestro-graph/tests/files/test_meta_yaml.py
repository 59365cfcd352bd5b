"""A secret in `meta/`, or a file there that no YAML reader takes."""

from pathlib import Path
from typing import Any

import yaml

from maestro_graph import build_table, expand, write_meta


def test_meta(document: Any, tmp_path: Path, schema: Any) -> None:
    environ = {
        "HOME": "/home/a",
        "MY_TOKEN": "s3cret",
        "apikey": "s3cret",
        "DB_Password": "s3cret",
        "SSH_AUTH_SOCK": "s3cret",
        "ODD": 'a: "b"\n\x1b[0m\udcff €',
    }
    write_meta(expand(document, root="/w"), build_table(document), tmp_path, environ)
    loaded = {}
    for name in ("metadata", "parameters", "environment"):
        text = (tmp_path / "meta" / f"{name}.yaml").read_text(encoding="utf-8")
        assert "s3cret" not in text
        loaded[name] = yaml.safe_load(text)
        schema({"parameters": "parameters-yaml"}.get(name, name)).validate(loaded[name])
    assert loaded["environment"] == {
        "environment": {"HOME": "/home/a", "ODD": environ["ODD"]},
        "left_out": 4,
    }
    assert (tmp_path / "meta" / "environment.yaml").stat().st_mode & 0o777 == 0o600
    assert loaded["metadata"]["name"] == "study"
    steps = loaded["metadata"]["steps"]
    assert steps["a"]["parameters"] == ["P", "Q"]
    assert steps["a"]["instances"]["a_P.2.Q.None"] == {"P": 2, "Q": None}
    assert steps["a"]["workspaces"]["a_P.2.Q.None"] == "a/P.2.Q.None"
    assert steps["b"] == {"parameters": [], "instances": {"b": {}}, "workspaces": {"b": "b"}}
    assert loaded["parameters"]["combinations"][1] == {"P": 2, "Q": None}
    assert loaded["parameters"]["parameters"]["P"] == {
        "title": "P",
        "values": [1, 2],
        "labels": ["P.1", "P.2"],
    }


def test_meta_without_parameters_and_with_long_names(make: Any, tmp_path: Path) -> None:
    document = make.spec(make.step("n" * 1100, "x"))
    write_meta(expand(document), build_table(document), tmp_path, {})
    loaded = yaml.safe_load((tmp_path / "meta" / "metadata.yaml").read_text())
    assert list(loaded["steps"]["n" * 1100]["instances"]) == ["n" * 1100]
    assert yaml.safe_load((tmp_path / "meta" / "parameters.yaml").read_text()) == {
        "parameters": {},
        "combinations": [],
    }
    assert yaml.safe_load((tmp_path / "meta" / "environment.yaml").read_text()) == {
        "environment": {},
        "left_out": 0,
    }
