"""What both sides make of a study, in one neutral form."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import maestro_graph
import maestro_spec
from maestro_conductor.backends.discovery import create_adapter
from maestro_conductor.backends.job_request import JobRequests, adapter_options
from maestro_conductor.workspace.graph_file import GraphFile

DRIVER = Path(__file__).with_name("oracle_driver.py")


@dataclass
class Job:
    """A study file, and how it is to be run.

    Attributes:
        by_parameter: parameter → features that the study has if an instance uses it.
    """

    study: Path
    output: Path
    hashws: bool = False
    pgen: Path | None = None
    pargs: Mapping[str, str] = field(default_factory=dict)
    by_parameter: Mapping[str, set[str]] = field(default_factory=dict)


@dataclass
class Expanded:
    """One instance.

    Attributes:
        workspace: absolute path.
        parameters: name → text of the value.
        needs: names of the instances that it waits for.
        scripts: file name → text.
    """

    name: str
    workspace: str
    parameters: dict[str, str]
    needs: set[str]
    scheduled: bool
    scripts: dict[str, str]


class OracleRefusedError(Exception):
    """The oracle stopped with an error."""


def by_oracle(jobs: Sequence[Job], python: Path) -> Iterator[list[Expanded] | OracleRefusedError]:
    """Run studies through the oracle, all in one process of its own."""
    requests = [
        {
            "study": str(job.study),
            "output": str(job.output),
            "hashws": job.hashws,
            "pgen": None if job.pgen is None else str(job.pgen),
            "pargs": dict(job.pargs),
        }
        for job in jobs
    ]
    done = subprocess.run(
        [python, DRIVER],
        input="".join(json.dumps(request) + "\n" for request in requests),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = done.stdout.splitlines()
    assert len(answers) == len(jobs), done.stderr
    for line in answers:
        answer = json.loads(line)
        if "error" in answer:
            yield OracleRefusedError(answer["error"])
        else:
            yield [
                Expanded(**(entry | {"needs": set(entry["needs"])}))
                for entry in answer["instances"]
            ]


def by_ours(job: Job) -> list[Expanded]:
    """Run a study through our packages, by way of the graph's file."""
    document = maestro_spec.spec_document(maestro_spec.load(job.study))
    table = None
    job.output.mkdir(parents=True, exist_ok=True)
    if job.pgen is not None:
        table = maestro_graph.load_pgen(job.pgen, job.pargs, document, job.output)
    maestro_graph.acquire(document, job.output)
    graph = maestro_graph.expand(document, table, root=job.output, hash_workspaces=job.hashws)
    path = job.output / ".maestro" / "graph.msgpack"
    path.parent.mkdir(exist_ok=True)
    maestro_graph.write_graph(graph, path)
    return list(_described(list(maestro_graph.read_graph(path)), job.output))


def _described(records: list[dict[str, Any]], root: Path) -> Iterator[Expanded]:
    steps = [record for record in records if record["record"] == "step"]
    instances = [record for record in records if record["record"] == "instance"]
    file = GraphFile(root)
    requests = JobRequests(file, root)
    adapter = create_adapter(requests.batch["type"], adapter_options(requests.batch))
    try:
        for instance in instances:
            rendered = adapter.render(requests.read(instance["index"]))
            scripts = {rendered["script_name"]: rendered["script"]}
            if rendered["restart"] is not None:
                scripts[rendered["restart_name"]] = rendered["restart"]
            needs = {instances[index]["name"] for index in instance["needs"]}
            for index in instance["groups"]:
                first, count = steps[index]["first"], steps[index]["count"]
                needs.update(each["name"] for each in instances[first : first + count])
            yield Expanded(
                name=instance["name"],
                workspace=str(root / instance["workspace"]),
                parameters={name: str(value) for name, value, *_ in instance["parameters"]},
                needs=needs,
                # The local adapter schedules nothing, so neither side says that it would.
                scheduled=instance["scheduled"] and adapter.describe()["scheduled"],
                scripts=scripts,
            )
    finally:
        adapter.close()
        file.close()
