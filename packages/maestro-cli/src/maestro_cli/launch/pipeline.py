"""The composition root: study file → spec → graph → a workspace that a conductor can run."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from maestro_cli.errors import StudyError
from maestro_cli.launch.run_file import Run, write_batch_info, write_run
from maestro_cli.launch.staging import Stage
from maestro_cli.launch.start_folder import from_start_folder
from maestro_cli.ui.console import say, warn
from maestro_cli.ui.sanitize import clean, shell_word
from maestro_cli.ui.style import Paint, colour_ok

if TYPE_CHECKING:
    from maestro_graph import Graph, ParameterTable
    from maestro_spec import Problem, Study
    from maestro_spec.yaml.nodes import Document

#: Bytes of a file of environment variables.
_LARGEST_ENV_FILE = 1 << 24
#: More problems than this are not printed, only counted.
_MOST_SHOWN = 20


class BadStudyError(StudyError):
    """The linter found errors; they have been shown."""

    code = "bad-study"

    def __init__(self, message: str, problems: Sequence[Problem], *, hint: str) -> None:
        from maestro_spec.reporting.json import as_json

        super().__init__(message, hint=hint)
        self.details = [as_json(problem) for problem in problems]


@frozen
class Order:
    """What the command line asks for.

    Attributes:
        study_file: Path of the study file.
        variables: ``--var`` and ``--env-file``.
        batch: ``--batch`` and ``--adapter``.
        pgen: Path of the generator file.
        pargs: Its arguments.
        hashws, shared, usetmp, dry, throttle, rlimit, attempts, sleep: As the options are called.
        quiet: Problems are not printed.
        warnings: Filled on the way: the linter's warnings.
    """

    study_file: str
    variables: Mapping[str, str]
    batch: Mapping[str, str]
    pgen: str | None
    pargs: Mapping[str, str]
    hashws: bool
    shared: bool
    usetmp: bool
    dry: bool
    throttle: int
    rlimit: int
    attempts: int
    sleep: int | float
    quiet: bool = False
    warnings: list[Problem] = field(factory=list)


def read_study(order: Order) -> Study:
    """Reads and checks the study; shows warnings.

    Raises:
        BadStudyError: It has errors; they have been shown.
        maestro_spec.SpecError: There is no such file, or an override does not fit.
    """
    from maestro_spec import check, has_errors, override
    from maestro_spec.loading import read

    reading = read(order.study_file)
    study = reading.study
    if study is None or has_errors(reading.problems):
        found = list(reading.problems) if study is None else check(study)
        raise _bad(order, found, reading.document)
    if order.variables or order.batch:
        study = override(study, variables=order.variables, batch=order.batch)
    study, told = from_start_folder(study, Path.cwd())
    for sentence in told if not order.quiet else ():
        warn(f"note: {clean(sentence)}")
    # What a generator file names is known only after it ran.
    if order.pgen is None:
        _judge(order, study, check(study))
    _require_adapter(study.batch.type)
    return study


def _require_adapter(name: str) -> None:
    """Makes sure, before a folder is made, that a study's adapter is installed.

    Raises:
        StudyError: It is not.
    """
    # Looking through what is installed takes its time, and ours come with the conductor.
    if name in ("local", "slurm", "lsf", "flux"):
        return
    import difflib

    from maestro_adapters import names

    known = names()
    if name in known:
        return
    near = difflib.get_close_matches(name.lower(), known, n=1)
    there = f"there are {', '.join(known)}" if known else "there is none: install maestro-adapters"
    raise StudyError(
        f"no adapter {name!r} is installed; nothing was started",
        hint=f"did you mean {near[0]}? {there}" if near else there,
    )


def output_parent(study: Study) -> Path:
    """The folder in which a study without ``--out`` makes its own: OUTPUT_PATH, or the current one."""
    from maestro_graph.files.spec_file import view
    from maestro_graph.parameters.environment import resolve_environment
    from maestro_spec import spec_document

    for variable in study.env.variables:
        if variable.name == "OUTPUT_PATH":
            value = str(variable.value)
            return Path(resolve_environment(view(spec_document(study)), value)["OUTPUT_PATH"])
    return Path.cwd()


def folder_name(study: Study) -> str:
    """The study's name as the stem of a folder's."""
    from maestro_graph.parameters.naming import clean

    return clean(study.name)


def build(order: Order, study: Study, stage: Stage) -> Graph:
    """Fills a staging folder with all that the conductor needs.

    Raises:
        BadStudyError: The study does not fit the parameters of the generator file.
        maestro_graph.GraphError: It cannot be expanded, or the generator file failed.
    """
    from maestro_graph import expand_workspace
    from maestro_spec import spec_document, write_spec

    stage.shared = order.shared
    private = stage.folder / ".maestro"
    private.mkdir()
    write_spec(study, private / "spec.msgpack")
    table = None
    if order.pgen is not None:
        table = _generate(order, spec_document(study), stage)
        from maestro_spec import check

        _judge(order, study, check(study, parameters=[column.name for column in table.columns]))
    graph = expand_workspace(
        stage.folder,
        table,
        root=str(stage.root),
        hash_workspaces=order.hashws,
        shared=order.shared,
    )
    for notice in graph.notices:
        if not order.quiet:
            warn(f"warning: {clean(notice)}")
    copies = _copy_sources(order, stage.folder)
    from attrs import asdict

    write_batch_info(stage.folder, asdict(graph.batch, recurse=False))
    write_run(
        stage.folder,
        Run(
            study_file=copies[0],
            pgen_file=copies[1] if order.pgen else None,
            throttle=order.throttle,
            rlimit=order.rlimit,
            attempts=order.attempts,
            sleep=order.sleep,
            usetmp=order.usetmp,
            dry=order.dry,
            variables=order.variables,
            batch=order.batch,
        ),
    )
    return graph


def _generate(order: Order, document: Mapping[str, Any], stage: Stage) -> ParameterTable:
    from maestro_graph import load_pgen

    stage.make_way()
    return load_pgen(str(order.pgen), order.pargs, document, stage.root)


def _copy_sources(order: Order, folder: Path) -> list[str]:
    names = []
    for source in (order.study_file, order.pgen):
        if source is None:
            continue
        name = os.path.basename(source)  # noqa: PTH119
        if os.path.lexists(folder / name):
            raise StudyError(
                f"{source} cannot be copied into the workspace: the name {name} is taken there",
                hint="rename the file",
            )
        shutil.copy(source, folder / name)
        names.append(name)
    return names


def _judge(order: Order, study: Study, problems: Sequence[Problem]) -> None:
    """Shows problems; raises if there is an error among them."""
    from maestro_spec import has_errors

    if has_errors(problems):
        raise _bad(order, problems, study.document)
    warnings = [each for each in problems if each.severity == "warning"]
    order.warnings.extend(warnings)
    _show(order, warnings, study.document)


def _bad(order: Order, problems: Sequence[Problem], document: Document | None) -> BadStudyError:
    errors = [problem for problem in problems if problem.severity == "error"]
    _show(order, [each for each in problems if each.severity != "hint"], document)
    number = "an error" if len(errors) == 1 else f"{len(errors)} errors"
    return BadStudyError(
        f"{order.study_file} has {number}; nothing was started",
        problems,
        hint=f"maestro-spec explain {errors[0].code} says more about {errors[0].code}",
    )


def _show(order: Order, problems: Sequence[Problem], document: Document | None) -> None:
    if order.quiet or not problems:
        return
    from maestro_spec.reporting import render_text

    # Errors first: the last of very many lines are not read.
    ranked = sorted(problems, key=lambda problem: problem.severity != "error")
    text = render_text(ranked[:_MOST_SHOWN], document, colour=colour_ok(sys.stderr))
    warn(text.rstrip("\n"))
    if len(ranked) > _MOST_SHOWN:
        warn(
            f"… and {len(ranked) - _MOST_SHOWN} more: maestro validate {shell_word(order.study_file)}"
        )


def read_env_file(path: str) -> dict[str, str]:
    """Reads lines ``NAME=VALUE``; ``#`` begins a comment line, ``export`` and quotes are allowed.

    Raises:
        StudyError: A line is something else.
    """
    values = {}
    # It may be a pipe, as of `<(…)`.
    with Path(path).open("rb") as file:
        content = file.read(_LARGEST_ENV_FILE + 1)
    if len(content) > _LARGEST_ENV_FILE:
        raise StudyError(f"{path} is larger than {_LARGEST_ENV_FILE >> 20} MiB")
    text = content.decode("utf-8", "surrogateescape")
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.strip().removeprefix("export ").strip()
        if not entry or entry.startswith("#"):
            continue
        name, separator, value = entry.partition("=")
        if not separator or not name.strip():
            raise StudyError(f"{path}:{number}: {entry!r} is not NAME=VALUE")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        values[name.strip()] = value
    return values


def summary(graph: Graph, root: Path) -> None:
    """Says what is about to be run."""
    paint = Paint()
    parameters = len(graph.parameters)
    rows = {
        "Study": clean(graph.name),
        "Steps": f"{len(graph.steps)} steps, {len(graph.instances)} instances"
        + (f", {parameters} parameter{'' if parameters == 1 else 's'}" if parameters else ""),
        "Scheduler": clean(graph.batch.type)
        + "".join(
            f", {key} {clean(value)}"
            for key, value in (
                ("host", graph.batch.host),
                ("queue", graph.batch.queue),
                ("bank", graph.batch.bank),
            )
            if value
        ),
        "Folder": clean(root),
    }
    for name, text in rows.items():
        say(f"{paint(f'{name:<10}', 'bold')} {text}")
