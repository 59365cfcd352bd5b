"""Load a study file, or its text, as a `Study`. Reads files."""

from __future__ import annotations

import os
from pathlib import Path as FilePath

import attrs

from maestro_spec.diagnostics.problems import Problem, has_errors, in_order
from maestro_spec.errors import StudyInvalid
from maestro_spec.lint.run import check
from maestro_spec.model.build import build
from maestro_spec.model.study import Study
from maestro_spec.yaml.nodes import Document
from maestro_spec.yaml.parser import parse
from maestro_spec.yaml.source import read_file

#: the file name of a study that was no file
TEXT = "<text>"


@attrs.frozen
class Reading:
    """What became of one study file.

    Attributes:
        name: the file as it was given.
        document: without nodes where it was no YAML; None where it was no text.
        study: None where it was no map; otherwise as whole as it can be.
        problems: what was found while it was read.
    """

    name: str
    document: Document | None
    study: Study | None
    problems: tuple[Problem, ...]


def load(source: str | FilePath, *, specroot: str | FilePath | None = None) -> Study:
    """Read a study.

    Args:
        source: a path; or, if it is a str with a line end in it, the text itself.
        specroot: folder that relative paths of the study start from; by default that of the
            file, or the current one for a text.

    Returns:
        The study. Warnings of reading it are among its ``notes``, and `check` gives them too.

    Raises:
        StudyUnreadable: there is no such file, or it may not be read.
        StudyInvalid: its YAML or its structure is wrong. ``problems`` holds everything that was
            found, and what `check` says of the parts that could be read.
    """
    reading = read(source, specroot=specroot)
    if reading.study is None or has_errors(reading.problems):
        found = reading.problems if reading.study is None else check(reading.study)
        problems = in_order(found)
        errors = [p for p in problems if p.severity == "error"]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise StudyInvalid(f"{errors[0]}{more}", problems, reading.document)
    return reading.study


def read(source: str | FilePath, *, specroot: str | FilePath | None = None) -> Reading:
    """Read a study as far as it goes, without raising for what is wrong in it.

    Raises:
        StudyUnreadable: there is no such file, or it may not be read.
    """
    if isinstance(source, str) and "\n" in source:
        return read_text(source, TEXT, None, FilePath(specroot) if specroot else FilePath.cwd())
    path = FilePath(source)
    try:
        text = read_file(path, str(source))
    except StudyInvalid as error:
        return Reading(str(source), None, None, error.problems)
    # As upstream does it: `..` is taken out of the text, and links are not followed.
    absolute = FilePath(os.path.abspath(path))  # noqa: PTH100
    root = FilePath(specroot) if specroot else absolute.parent
    return read_text(text, str(source), absolute, root)


def read_text(text: str, name: str, source: FilePath | None, specroot: FilePath) -> Reading:
    """Read the text of a study.

    Args:
        text: all of it.
        name: what to call it in places.
        source: absolute path of its file, if it has one.
        specroot: folder that relative paths start from.
    """
    try:
        document, problems = parse(text, name)
    except StudyInvalid as error:
        return Reading(name, Document(name, text, None), None, error.problems)
    study, found = build(document)
    notes = tuple(in_order([*problems, *found]))
    if study is not None:
        gaps = study.gaps | {"keys"} if has_errors(problems) else study.gaps
        study = attrs.evolve(
            study,
            source=str(source) if source else None,
            specroot=os.path.abspath(specroot),  # noqa: PTH100
            notes=notes,
            gaps=gaps,
        )
    return Reading(name, document, study, notes)
