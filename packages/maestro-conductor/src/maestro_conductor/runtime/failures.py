"""Explain to people why a study cannot go on."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator
from pathlib import Path

from maestro_conductor.errors import BrokenError, IllegalTransitionError, WorkspaceError
from maestro_conductor.journal.history import history_of
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.workspace.paths import JOURNAL

__all__ = ["explained"]


@contextlib.contextmanager
def explained(context: RunContext, log_path: Path) -> Iterator[None]:
    """Raise what goes wrong as one of our errors.

    Args:
        context: of the run.
        log_path: where people find more.

    Raises:
        WorkspaceError: of a full table of files, a disk that fails, a server that is gone.
        BrokenError: a mistake of ours; the log has all that helps to find it.
    """
    try:
        yield
    except WorkspaceError:
        raise
    except OSError as error:
        raise WorkspaceError(
            f"{error.filename or context.root}: {error.strerror or error}. The conductor "
            "stops; nothing that the journal knows is lost. Once the cause is gone, start it again"
        ) from error
    except Exception as error:
        told = traceback.format_exc()
        if isinstance(error, IllegalTransitionError):
            told += "\n".join(["", *history_of(context.root / JOURNAL, error.instance)])
        context.log.event("failed_inside", reason=told)
        raise BrokenError(
            f"the conductor made a mistake and stops: {error!r}. Nothing that the journal knows is "
            f"lost; start it again. Please report it with {log_path}"
        ) from error
