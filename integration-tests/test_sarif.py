"""What `maestro-spec lint --format sarif` prints fits the published schema of SARIF 2.1.0."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from sarif_schema import sarif_schema

pytestmark = pytest.mark.once

BROKEN = """\
description: {name: a/b, description: d}
batch: {type: local, queue: q}
study:
  - {name: a, description: d, run: {cmd: echo $(TYPO), depend: []}}
  - {name: a, description: d, run: {cmd: "echo ü", nodes: 0}}
"""


def lint(*files: str, folder: Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "maestro_spec.cli", "lint", "--format", "sarif", *files],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    log: dict[str, object] = json.loads(done.stdout)
    return log


def test_the_log_fits(tmp_path: Path, samples: Path) -> None:
    schema = sarif_schema()
    jsonschema.Draft4Validator.check_schema(schema)
    validator = jsonschema.Draft4Validator(schema)
    (tmp_path / "a b.yaml").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "soup.yaml").write_bytes(b"\xff")
    log = lint("a b.yaml", "soup.yaml", "absent.yaml", str(samples), folder=tmp_path)
    validator.validate(log)
    results = log["runs"][0]["results"]  # type: ignore[index]
    assert {result["level"] for result in results} == {"error", "warning", "note"}
    assert {"MS001", "MS002", "MS101", "MS301", "MS401", "MS503"} <= {r["ruleId"] for r in results}
    # The validator does see what is wrong.
    results[0]["level"] = "fatal"
    assert not validator.is_valid(log)


def test_every_code_fits(tmp_path: Path, repository: Path) -> None:
    explanations = repository / "packages/maestro-spec/src/maestro_spec/explanations.yaml"
    for code, entry in yaml.safe_load(explanations.read_text(encoding="utf-8")).items():
        if "wrong" in entry:
            (tmp_path / f"{code}.yaml").write_text(entry["wrong"], encoding="utf-8")
    log = lint(".", folder=tmp_path)
    jsonschema.Draft4Validator(sarif_schema()).validate(log)
    assert len(log["runs"][0]["tool"]["driver"]["rules"]) > 30  # type: ignore[index]
