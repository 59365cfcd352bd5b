"""Runs studies through maestrowf's own classes; executed by the oracle's Python, not by ours.

One JSON object per line comes in on stdin: `study` (path), `output` (path), `hashws`, `pgen` (path or
null), `pargs`. One goes out on stdout for each: either `error`, or `instances`, each with `name`,
`workspace`, `parameters`, `needs`, `scheduled` and `scripts` (file name → text).
"""

import contextlib
import io
import json
import logging
import os
import sys

import maestrowf.conductor
import maestrowf.maestro
from maestrowf.abstracts.interfaces.flux import FluxInterface
from maestrowf.conductor import Conductor
from maestrowf.datastructures.core import Study
from maestrowf.datastructures.core.executiongraph import SOURCE, _StepRecord
from maestrowf.datastructures.environment import Variable
from maestrowf.specification import YAMLSpecification

WRITTEN = {}


def record_scripts():
    """Keep each script's text as it is written: another step may overwrite the file later."""
    generate = _StepRecord.generate_script

    def generate_and_keep(record, adapter, tmp_dir=""):
        generate(record, adapter, tmp_dir)
        paths = [path for path in (record.script, record.restart_script) if path]
        WRITTEN[record.name] = {os.path.basename(path): read(path) for path in paths}

    _StepRecord.generate_script = generate_and_keep


def answer_for_flux():
    """Say what a Flux would be asked before a script is written; there is none here."""
    FluxInterface.get_flux_version = classmethod(lambda _interface: "0.88.0")
    FluxInterface.get_broker_queues = classmethod(lambda _interface: ["q"])


def read(path):
    with open(path) as stream:
        return stream.read()


def run(request):
    """Do what `maestro run --dry --fg` does, without its waiting."""
    os.chdir(os.path.dirname(request["study"]))
    WRITTEN.clear()
    spec = YAMLSpecification.load_specification(request["study"])
    environment = spec.get_study_environment()
    environment.remove("OUTPUT_PATH")
    output = request["output"]
    environment.add(Variable("OUTPUT_PATH", output))
    specroot = Variable("SPECROOT", os.path.dirname(request["study"]))
    environment.add(specroot)
    os.makedirs(output, exist_ok=True)
    parameters = spec.get_parameters()
    if request["pgen"]:
        arguments = dict(request["pargs"], OUTPUT_PATH=output, SPECROOT=specroot)
        parameters = maestrowf.maestro.load_parameter_generator(
            request["pgen"], environment, arguments
        )
    study = Study(
        spec.name,
        spec.description,
        studyenv=environment,
        parameters=parameters,
        steps=spec.get_study_steps(),
        out_path=output,
    )
    study.setup_workspace()
    study.configure_study(hash_ws=request["hashws"], dry_run=True)
    study.setup_environment()
    batch = dict({"type": "local"}, **(spec.batch or {}))
    conductor = Conductor(study)
    conductor.initialize(batch, 1)
    conductor.monitor_study()
    return [describe(name, record, conductor) for name, record in steps(conductor)]


def steps(conductor):
    dag = conductor._exec_dag
    return [(name, record) for name, record in dag.values.items() if name != SOURCE]


def describe(name, record, conductor):
    needs = set()
    adjacency = conductor._exec_dag.adjacency_table
    for parent, children in adjacency.items():
        if name in children and parent != SOURCE:
            needs.add(parent)
    return {
        "name": name,
        "workspace": record.workspace.value,
        "parameters": {key: str(value) for key, value in record.params.items()},
        "needs": sorted(needs),
        "scheduled": bool(record.to_be_scheduled),
        "scripts": WRITTEN[name],
    }


def main():
    logging.disable(logging.CRITICAL)
    # Its dry run waits one second for each level of the graph.
    maestrowf.conductor.sleep = lambda _seconds: None
    record_scripts()
    answer_for_flux()
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said):
                answer = {"instances": run(json.loads(line))}
        except (Exception, SystemExit) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


main()
