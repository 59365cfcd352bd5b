"""Our packages make of a study what the oracle makes of it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import maestro_spec
from conformance.case import Case
from conformance.comparison import compare
from conformance.normalisers import ALL
from conformance.proof import ENOUGH, REQUIRED, Report, drawn_studies, prove
from conformance.sides import Expanded, Job, by_ours
from oracle import OracleMissingError, oracle_python

pytestmark = pytest.mark.once

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES = sorted((REPOSITORY / "samples").rglob("*.yaml"))
#: How many studies the quick form draws, and the full form.
QUICK, FULL = 60, 400
#: Samples that stop the oracle, and what it says then.
STOPS_THE_ORACLE = {
    # `$(LAUNCHER)[1n, 1p]` beside `procs: $(PROCS)`.
    "slurm": "TypeError: '>' not supported between instances of 'int' and 'str'",
}


@pytest.fixture(scope="session")
def python() -> Path:
    try:
        return oracle_python()
    except OracleMissingError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def generator_of(sample: Path) -> Path | None:
    """The generator file of a sample, which has its name and `.py`."""
    beside = sample.with_suffix(".py")
    return beside if beside.exists() else None


@pytest.mark.parametrize("hashws", [False, True], ids=["named", "hashws"])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_sample(sample: Path, hashws: bool, python: Path, tmp_path: Path) -> None:
    folder = tmp_path / "samples"
    shutil.copytree(sample.parent, folder)
    study = folder / sample.name
    document = maestro_spec.spec_document(maestro_spec.load(study))
    if document["requires"]:
        pytest.skip(f"beyond upstream: {', '.join(document['requires'])}")
    report = Report()
    job = Job(study, tmp_path / "out", hashws, generator_of(study))
    prove([(sample.name, job)], python, report)
    if sample.stem in STOPS_THE_ORACLE:
        said = STOPS_THE_ORACLE[sample.stem]
        assert report.differences == [f"{sample.name}: the oracle stopped: {said}"]
        return
    assert report.differences == []
    assert report.scripts


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Callable[[Report], None]:
    """Print a report although the test passes."""

    def print_it(report: Report) -> None:
        with capsys.disabled():
            print(f"\n{report.text()}")

    return print_it


def test_drawn_studies(python: Path, tmp_path: Path, show: Callable[[Report], None]) -> None:
    report = Report()
    prove(drawn_studies(range(QUICK), tmp_path, report), python, report)
    show(report)
    assert report.differences == []
    assert report.studies == QUICK
    assert not [name for name in REQUIRED if not report.features[name]]


def test_the_folder_of_the_call_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each study is expanded from its own folder and from another: not one byte differs."""
    jobs = drawn_studies(range(QUICK // 2), tmp_path, Report())
    (tmp_path / "elsewhere").mkdir()
    for name, job in jobs:
        found = []
        for folder in (job.study.parent, tmp_path / "elsewhere"):
            monkeypatch.chdir(folder)
            shutil.rmtree(job.output, ignore_errors=True)
            found.append(by_ours(Job(**{**vars(job), "study": Path(os.path.relpath(job.study))})))
        assert found[0] == found[1], name


@pytest.mark.slow
def test_many_drawn_studies(python: Path, tmp_path: Path, show: Callable[[Report], None]) -> None:
    """The full form: enough of every feature, and every normaliser is needed."""
    report = Report()
    prove(drawn_studies(range(FULL), tmp_path, report), python, report)
    show(report)
    assert report.differences == []
    assert {
        name: report.features[name] for name in REQUIRED if report.features[name] < ENOUGH
    } == {}
    assert [name for name in ALL if not report.acted[name]] == []


def test_every_normaliser_is_a_documented_difference() -> None:
    page = (REPOSITORY / "docs" / "differences.md").read_text(encoding="utf-8")
    section = page.partition("\n## Expansion and scripts\n")[2].partition("\n## ")[0]
    assert re.findall(r"^### (.+)$", section, re.MULTILINE) == list(ALL)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"workspace": "/w/other"}, "workspace"),
        ({"parameters": {"P": "2"}}, "parameters"),
        ({"needs": {"s_P.2"}}, "needs"),
        ({"scheduled": True}, "scheduled"),
        ({"scripts": {"b.sh": "#!/bin/sh\n\ntrue\n"}}, "script files"),
        ({"scripts": {"s.sh": "#!/bin/bash\n\ntrue\n"}}, "first line"),
        ({"scripts": {"s.sh": "#!/bin/sh\n#SBATCH --nodes=1\n\ntrue\n"}}, "directives"),
        ({"scripts": {"s.sh": "#!/bin/sh\n\ntrue \n"}}, "body"),
        ({"name": "s_P.2"}, "only we have s_P.2"),
    ],
)
def test_the_comparison_sees(changed: dict[str, object], told: str) -> None:
    study = {"study": [{"name": "s", "run": {"cmd": "true"}}]}
    fields: dict[str, object] = {
        "name": "s",
        "workspace": "/w/s",
        "parameters": {"P": "1"},
        "needs": set(),
        "scheduled": False,
        "scripts": {"s.sh": "#!/bin/sh\n\ntrue\n"},
    }
    left = [Expanded(**fields)]
    right = [Expanded(**(fields | changed))]
    case = Case(study, Path("/w"))
    assert compare(case, left, [Expanded(**fields)]) == ([], [])
    differences, _ = compare(case, left, right)
    assert any(told in line for line in differences)
