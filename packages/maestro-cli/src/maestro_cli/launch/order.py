"""Hold what the command line asks for when a study is to be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from attrs import frozen

from maestro_cli.errors import UsageError

__all__ = ["Order", "Origin", "read_pargs"]


class Origin(NamedTuple):
    """From where the copy of a study file came.

    Attributes:
        specroot: Folder that its relative paths start from.
        source: Path of the file that it is a copy of; None: that is no longer the same study.
    """

    specroot: str
    source: str | None


@frozen
class Order:
    """A study as it is asked for.

    Attributes:
        study_file: Path of the study file.
        variables: ``--var`` and ``--env-file``.
        batch: ``--batch`` and ``--adapter``.
        pgen: Path of the generator file.
        pargs: Its arguments.
        carried: Those names of ``variables`` that were given earlier, when the study was made: they
            are left out where it no longer has them.
        origin: Of a study file that is the copy in a workspace; None: it is none.
        start_folder: Folder in which the study was first made; None: the current one.
        hashws, shared, usetmp, dry, throttle, rlimit, attempts, sleep: As the options are called.
        quiet: Problems are not printed.
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
    carried: frozenset[str] = frozenset()
    origin: Origin | None = None
    start_folder: str | None = None


def read_pargs(texts: Sequence[str]) -> dict[str, str]:
    """Read arguments ``KEY:VALUE`` of a generator file.

    Raises:
        UsageError: One has another form.
    """
    pargs = {}
    for text in texts:
        key, separator, value = text.partition(":")
        if not separator or not key:
            raise UsageError(f"--pargs {text!r} is not KEY:VALUE")
        pargs[key] = value
    return pargs
