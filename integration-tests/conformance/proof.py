"""Runs many studies through both sides, and tells what was covered."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from conformance.case import Case
from conformance.comparison import compare
from conformance.drawing import draw
from conformance.normalisers import ALL
from conformance.sides import Job, OracleRefusedError, by_oracle, by_ours

#: How many studies must have a feature in the full form of the proof.
ENOUGH = 30
#: What must be covered so; anything else that is drawn is counted too.
REQUIRED = (
    *(f"{count} parameters" for count in range(5)),
    *("integers", "floats", "booleans", "words", "odd strings", "duplicate rows"),
    *("labels in commands", "funnels", "workspace tokens", "restart commands", "hashws"),
    *("slurm", "lsf", "local", "shell substitutions"),
    *("odd values of the batch block", "odd values of a step", "empty words"),
)


@dataclass
class Report:
    """What came out.

    Attributes:
        differences: one line each, with the study's name before it.
        features: feature → number of studies that have it.
        acted: normaliser → number of studies that needed it.
    """

    studies: int = 0
    instances: int = 0
    scripts: int = 0
    differences: list[str] = field(default_factory=list)
    features: Counter[str] = field(default_factory=Counter)
    acted: Counter[str] = field(default_factory=Counter)

    def text(self) -> str:
        """The report as people read it."""
        lines = [f"{self.studies} studies, {self.instances} instances, {self.scripts} scripts"]
        lines += ["", "studies that have a feature:"]
        lines += [f"{count:6} {name}" for name, count in sorted(self.features.items())]
        lines += ["", "studies that needed a normaliser:"]
        lines += [f"{self.acted[name]:6} {name}" for name in ALL]
        lines += ["", f"{len(self.differences)} differences", *self.differences]
        return "\n".join(lines)


def prove(jobs: Sequence[tuple[str, Job]], python: Path, report: Report) -> None:
    """Compare both sides of each job and add what was seen to the report."""
    for (name, job), theirs in zip(jobs, by_oracle([job for _, job in jobs], python), strict=True):
        if isinstance(theirs, OracleRefusedError):
            report.differences.append(f"{name}: the oracle stopped: {theirs}")
            continue
        # What the oracle wrote there would be in the way of a clone.
        shutil.rmtree(job.output, ignore_errors=True)
        ours = by_ours(job)
        study = yaml.safe_load(job.study.read_text(encoding="utf-8"))
        differences, acted = compare(Case(study, job.output), theirs, ours)
        report.differences += [f"{name}: {line}" for line in differences]
        report.acted.update(acted)
        used = {name for each in ours for name in each.parameters}
        report.features.update(set().union(*(job.by_parameter.get(name, set()) for name in used)))
        report.studies += 1
        report.instances += len(ours)
        report.scripts += sum(len(each.scripts) for each in ours)


def drawn_studies(seeds: range, folder: Path, report: Report) -> list[tuple[str, Job]]:
    """Draw and write studies; count their features."""
    jobs = []
    for seed in seeds:
        drawn = draw(seed)
        place = folder / str(seed)
        path = drawn.write(place)
        pgen = place / "pgen.py" if drawn.pgen is not None else None
        job = Job(path, place / "out", drawn.hashws, pgen, drawn.pargs, drawn.by_parameter)
        jobs.append((f"seed {seed}", job))
        report.features.update(drawn.features)
    return jobs
