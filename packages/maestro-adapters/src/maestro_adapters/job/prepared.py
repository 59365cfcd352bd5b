"""Keeps what submitting a job takes of its request, so that it is read once: when its scripts are rendered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from maestro_adapters.errors import RequestError
from maestro_adapters.job.request import JobRequest

__all__ = ["Prepared", "leading_directives"]

_LINE_END = re.compile(r"\r\n|\r|\n")


@attrs.frozen(kw_only=True)
class Prepared:
    """A job as far as it is submitted; as a map of builtin types it is the ``prepared`` of the interface.

    Attributes:
        directives: leading lines of the driver that is submitted, without line ends.
        options: words of the submitting command that depend on the request alone.
        workspace, label, description, requeue: of the request.
        bank, qos, queue, reservation: likewise; a site's limits depend on them.
        excluded: nodes that the request itself keeps away from.
        nested: Flux: the job is an instance of its own.
    """

    directives: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    workspace: str
    label: str
    description: str = ""
    requeue: bool = False
    bank: str | None = None
    qos: str | None = None
    queue: str | None = None
    reservation: str | None = None
    excluded: tuple[str, ...] = ()
    nested: bool = True

    @classmethod
    def of(
        cls,
        request: JobRequest,
        directives: Sequence[str],
        *,
        options: Sequence[str] = (),
        excluded: Sequence[str] = (),
    ) -> Prepared:
        """Take from a request what submitting it needs.

        Args:
            request: of the job.
            directives: leading lines of the driver; see `leading_directives`.
            options: words of the submitting command.
            excluded: nodes to keep away from.
        """
        return cls(
            directives=tuple(directives),
            options=tuple(options),
            workspace=request.workspace,
            label=request.label,
            description=request.description,
            requeue=request.requeue,
            bank=request.bank,
            qos=request.qos,
            queue=request.queue,
            reservation=request.reservation,
            excluded=tuple(excluded),
            nested=request.nested is not False,
        )

    def as_map(self) -> dict[str, object]:
        """Write it in builtin types, for the caller of `render` to hand back to `submit`."""
        # Spelled out: it is made of every job that is rendered, and a loop takes several times as long.
        return {
            "directives": list(self.directives),
            "options": list(self.options),
            "workspace": self.workspace,
            "label": self.label,
            "description": self.description,
            "requeue": self.requeue,
            "bank": self.bank,
            "qos": self.qos,
            "queue": self.queue,
            "reservation": self.reservation,
            "excluded": list(self.excluded),
            "nested": self.nested,
        }

    @classmethod
    def from_map(cls, prepared: Mapping[str, object]) -> Prepared:
        """Read what `as_map` wrote.

        Raises:
            RequestError: it did not write this.
        """
        if prepared.keys() != _NAMES:
            raise RequestError("'prepared' is not what this adapter's render gave")
        # Any: the caller hands it back as it was, so each value has its field's type.
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, (list, tuple)) else value
            for name, value in prepared.items()
        }
        return cls(**fields)


_NAMES = frozenset(field.name for field in attrs.fields(Prepared))


def leading_directives(lines: Sequence[str], prefix: str) -> list[str]:
    """Return the lines that start with `prefix`, up to the first that is no comment.

    A value with a line end in it makes two lines. What follows is no directive, neither for the
    scheduler nor for us: in the driver it would be a command.

    Args:
        lines: below the interpreter of a script.
        prefix: ``#SBATCH``, say.
    """
    kept = []
    for line in _LINE_END.split("\n".join(lines)):
        if not line.startswith("#"):
            break
        if line.startswith(prefix):
            kept.append(line)
    return kept
