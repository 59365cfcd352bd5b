"""The journal: what happened to a study, as an append-only file.

`read_state` gives what a workspace says of its study. `JournalReader` gives the records, and can
follow the file. `JournalWriter` is the conductor's.
"""

from maestro_conductor.journal.compaction import compact
from maestro_conductor.journal.reader import JournalReader
from maestro_conductor.journal.replay import read_state, replay
from maestro_conductor.journal.writer import JournalWriter

__all__ = ["JournalReader", "JournalWriter", "compact", "read_state", "replay"]
