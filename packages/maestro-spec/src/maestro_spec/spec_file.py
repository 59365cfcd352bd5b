"""Write `.maestro/spec.msgpack`, the normalised study, as the workspace format describes it."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Literal, cast

import attrs

from maestro_spec.__about__ import __version__
from maestro_spec.model.study import Env, Failure, Step, Study

if TYPE_CHECKING:
    from maestro_spec.model.records import (
        BatchRecord,
        EnvRecord,
        FactorRecord,
        GitDependencyRecord,
        PathDependencyRecord,
        SpecRecord,
        SpecStepRecord,
    )

FORMAT: Literal["maestro-spec"] = "maestro-spec"
VERSION = (1, 1)

#: fields that say where a value stood in the study file, and are no part of the record
_PRIVATE = frozenset({"at", "given"})


def spec_document(study: Study) -> SpecRecord:
    """Return the record `Spec` of the workspace format, without its checksum: builtin values only."""
    return {
        "format": FORMAT,
        "version": list(VERSION),
        "requires": features(study),
        "writer": f"maestro-spec {__version__}",
        "name": study.name,
        "description": study.description,
        "extra": dict(study.extra),
        "source": study.source,
        "specroot": study.specroot,
        "env": _env(study.env),
        "parameters": [cast("FactorRecord", _record(factor)) for factor in study.parameters],
        "steps": [_step(step) for step in study.steps],
        "batch": cast("BatchRecord", _record(study.batch)),
    }


def write_spec(study: Study, path: str | FilePath) -> None:
    """Replace a file by the normalised study: readers see the old one or the new one, whole.

    Raises:
        OSError: it could not be written; the old file is still there.
    """
    data = seal(spec_document(study))
    path = FilePath(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def seal(record: Mapping[str, object]) -> bytes:
    """Pack a map with its checksum: see "Checksums" on the format page."""
    # msgpack is imported here because `maestro-spec lint` never needs it.
    import msgpack

    content = msgpack.packb({**record, "crc": 0xFFFFFFFF}, unicode_errors="surrogateescape")[:-4]
    return bytes(content + zlib.crc32(content).to_bytes(4, "big"))


def features(study: Study) -> list[str]:
    """Return the features that a reader must know to act on the study rightly, sorted."""
    columns = [column for factor in study.parameters for column in factor.columns]
    batch, steps = study.batch, study.steps
    used = {
        "parameters.product": len(study.parameters) > 1,
        "parameters.range": any(column.range for column in columns),
        "parameters.csv": any(factor.csv for factor in study.parameters),
        "failure": any(step.failure != Failure() for step in steps),
        "launcher": batch.launcher is not None,
        "local_slots": batch.local_slots is not None,
        "array": batch.array,
        "user_throttle": batch.user_throttle is not None,
        "requeue": any(step.resources.requeue is not None for step in steps),
        "enforce_walltime": any(step.resources.enforce_walltime is not None for step in steps),
        "step_args": any(
            step.resources.allocation_args or step.resources.launcher_args for step in steps
        ),
        "required_results": any(result.required for step in steps for result in step.results),
    }
    return sorted(name for name, is_used in used.items() if is_used)


def _env(env: Env) -> EnvRecord:
    return {
        "variables": [[variable.name, variable.value] for variable in env.variables],
        "labels": [[label.name, label.value] for label in env.labels],
        "sources": list(env.sources),
        "paths": [cast("PathDependencyRecord", _record(path)) for path in env.paths],
        "git": [cast("GitDependencyRecord", _record(git)) for git in env.git],
    }


def _step(step: Step) -> SpecStepRecord:
    record = cast("SpecStepRecord", _record(step))
    if not step.results:
        del record["results"]
    return record


def _record(value: object) -> object:
    """Return a value of the model as maps and lists; its fields are those of its record."""
    kind = type(value)
    if attrs.has(kind):
        return {
            field.name: _record(getattr(value, field.name))
            for field in attrs.fields(kind)
            if field.name not in _PRIVATE
        }
    if isinstance(value, (tuple, list)):
        return [_record(item) for item in value]
    return value
