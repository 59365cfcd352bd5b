"""The journal: what happened to a study, as an append-only file.

`read_state` gives what a workspace says of its study. `JournalReader` gives the records, and can
follow the file. `JournalWriter` is the conductor's.
"""

from typing import TYPE_CHECKING

from maestro_conductor.journal.reader import JournalReader
from maestro_conductor.journal.replay import read_state, replay

if TYPE_CHECKING:
    from maestro_conductor.journal.compaction import compact
    from maestro_conductor.journal.writer import JournalWriter

__all__ = ["JournalReader", "JournalWriter", "compact", "read_state", "replay"]


def __getattr__(name: str) -> object:
    # Those who only read a journal need not load what writes one.
    if name == "JournalWriter":
        from maestro_conductor.journal.writer import JournalWriter

        return JournalWriter
    if name == "compact":
        from maestro_conductor.journal.compaction import compact

        return compact
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
