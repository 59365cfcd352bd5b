"""Cuts the journal of an ended study at every so many bytes, and runs a conductor after each cut.

Usage: cut_journal.py ROOT EVERY
"""

from __future__ import annotations

import sys
from pathlib import Path

from maestro_conductor import conduct

sys.path.insert(0, str(Path(__file__).parent.parent))

from faults.crash_tools import check_small_study


def main(root: Path, every: int) -> None:
    path = root / ".maestro/journal.msgpack"
    content = path.read_bytes()
    for size in range(len(content) - 1, -1, -every):
        path.write_bytes(content[:size])
        assert conduct(root) == 2, size
        check_small_study(root)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
