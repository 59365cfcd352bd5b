"""Make a study of a study file, and start it. Works in its folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from maestro.errors import StudyError, UsageError, in_our_words
from maestro.records import Problem, problems_of
from maestro.study import Study

__all__ = ["check", "run"]

File = str | os.PathLike[str]


def check(study_file: File) -> list[Problem]:
    """Check a study file, as ``maestro validate`` does; nothing is run.

    Args:
        study_file: Its path.

    Returns:
        What is wrong or looks so; none: nothing.

    Raises:
        StudyFileError: There is no such file.

    >>> maestro.check("study.yaml")
    []
    """
    from maestro_spec import check as lint
    from maestro_spec.loading import read

    with in_our_words():
        reading = read(os.fspath(study_file))
        found = list(reading.problems) if reading.study is None else lint(reading.study)
        return problems_of(found)


def run(  # noqa: PLR0913 - a user's choices, each by its name
    study_file: File,
    *,
    out: File | None = None,
    replace: bool = False,
    variables: Mapping[str, object] | None = None,
    batch: Mapping[str, object] | None = None,
    adapter: str | None = None,
    pgen: File | None = None,
    pargs: Mapping[str, object] | None = None,
    throttle: int = 0,
    rlimit: int = 1,
    attempts: int = 1,
    sleep: float = 60,
    hashws: bool = False,
    usetmp: bool = False,
    group_access: bool = False,
    dry: bool = False,
    start: bool = True,
    on_end: str | None = None,
) -> Study:
    """Make a study, and start its conductor in the background; it outlives this process.

    Args:
        study_file: Path of the study file.
        out: The study's folder; None: a new one, named by the study and the time.
        replace: A study that is there is deleted with all its results.
        variables: Other values of ``env.variables``.
        batch: Other values of keys of the batch block.
        adapter: Scheduler to use instead of ``batch.type``.
        pgen: Python file with ``get_custom_generator()``, which makes the parameters.
        pargs: Arguments for that function.
        throttle: Jobs that may be submitted at once; 0: no limit.
        rlimit: Restarts of an instance; 0: no limit.
        attempts: Attempts of an instance.
        sleep: Longest pause between two questions to the scheduler, in seconds.
        hashws: Short names for the folders of instances.
        usetmp: Scripts lie in a temporary folder.
        group_access: The group may follow and steer it.
        dry: Only write the scripts.
        start: False: only make it; `Study.resume` starts it.
        on_end: Command that is called once when it has ended.

    Raises:
        StudyFileError: The study file has errors.
        StudyError: The folder cannot be had: a study is there.
        LaunchError: The conductor did not come alive.

    >>> study = maestro.run("study.yaml", out="NEW", variables={"STEPS": 5})
    >>> study.wait().state
    'FINISHED'
    """
    from maestro_cli.launch import pipeline
    from maestro_cli.launch.order import Order
    from maestro_cli.launch.output_folder import in_the_way, reserve_output
    from maestro_cli.launch.start import StartOptions, call_on_end
    from maestro_cli.launch.start import start as start_conductor

    if pargs and pgen is None:
        raise UsageError("pargs needs pgen", "give the Python file: pgen=FILE", "usage")
    order = Order(
        study_file=os.fspath(study_file),
        variables=_texts(variables),
        batch={**_texts(batch), **({"type": adapter} if adapter else {})},
        pgen=None if pgen is None else os.fspath(pgen),
        pargs=_texts(pargs),
        hashws=hashws,
        shared=group_access,
        usetmp=usetmp,
        dry=dry,
        throttle=throttle,
        rlimit=rlimit,
        attempts=attempts,
        sleep=sleep,
        quiet=True,
    )
    with in_our_words():
        study, _ = pipeline.read_study(order)
        folder = None if out is None else os.fspath(out)
        there = in_the_way(folder)
        if there is not None and not replace:
            raise StudyError(
                f"{there.root} holds a study already ({there})",
                "give another folder; or replace=True, or maestro.open(…).amend(…)",
                "study",
            )
        with reserve_output(study, folder, replace=there is not None) as stage:
            pipeline.build(order, study, stage)
            call_on_end(stage.folder, on_end)
            stage.publish(shared=group_access)
        if start or dry:
            options = StartOptions(
                foreground=False, log_level=2, logpath=None, talkative=False, on_end=on_end
            )
            start_conductor(Path(stage.root), study.name, options)
        return Study(Path(stage.root))


def _texts(values: Mapping[str, object] | None) -> dict[str, str]:
    return {name: str(value) for name, value in (values or {}).items()}
