"""A conductor that kills at a chosen boundary between two records of its journal.

Usage: killed_conductor.py ROOT WHEN FRAME VICTIMS

WHEN is `after`: frame number FRAME is in the file and nothing behind it, and what follows from it
has not been done; or `before`: the frame was about to be written, so whatever it tells of was done. A frame
that begins the journal of an amended study stands for all of that journal, which is put in place at once.
VICTIMS is `conductor`: this process; `watchers`: keepers and drivers, and it goes on; or `all`.
Only the flush of the journal is replaced; everything else is the real conductor.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from maestro_conductor.app.command import main
from maestro_conductor.journal.framing import encode
from maestro_conductor.journal.writer import JournalWriter

sys.path.insert(0, str(Path(__file__).parent.parent))

from faults.victims import kill_watchers


def arm(root: Path, when: str, frame: int, victims: str) -> None:
    add, flush, amend = JournalWriter.add, JournalWriter.flush, JournalWriter.amend
    lengths: dict[int, int] = {}

    def kill() -> None:
        if victims != "conductor":
            kill_watchers(root)
        if victims != "watchers":
            os.kill(os.getpid(), signal.SIGKILL)

    def deadly_amend(self, *arguments):
        if (when, frame) == ("before", self.sequence):
            kill()
        amend(self, *arguments)
        if (when, frame) == ("after", self.sequence):
            kill()

    def counted_add(self, record):
        lengths[self.sequence] = len(encode(self.sequence, record))
        add(self, record)

    def deadly_flush(self, *, sync=False):
        first = self.sequence - sum(1 for number in lengths if number >= 0)
        if frame in lengths:
            last = frame if when == "after" else frame - 1
            size = sum(lengths[number] for number in range(first, last + 1))
            os.write(self._descriptor, self._pending[:size])
            kill()
            del self._pending[:size]
            self.size += size
        flush(self, sync=sync)
        lengths.clear()

    JournalWriter.add, JournalWriter.flush = counted_add, deadly_flush
    JournalWriter.amend = deadly_amend


if __name__ == "__main__":
    root, when, frame, victims = sys.argv[1:]
    arm(Path(root), when, int(frame), victims)
    sys.exit(main([root, "--no-logstdout"]))
