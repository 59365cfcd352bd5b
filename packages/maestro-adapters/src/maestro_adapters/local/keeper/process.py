"""The keeper: a small process that starts scripts, waits for them, and writes down how they ended.

It outlives the program whose local jobs these are, so that no exit code is lost with that. A program
of its own, it is started by its path (``python -S process.py maestro-keeper``). The modules beside it
have the names that they have everywhere, but the packages around them are not imported: they would need what
is installed, and time. So it imports next to nothing, and is ready after some 15 ms.
"""

from __future__ import annotations

import os
import sys

__all__ = ["MARK", "PATH"]

#: The last word of its command line.
MARK = "maestro-keeper"
#: Where this program is.
PATH = __file__

_PACKAGE = "maestro_adapters.local.keeper"


def _main() -> None:
    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 (pathlib takes time)
    if sys.path[:1] == [folder]:  # not so by -I or PYTHONSAFEPATH
        del sys.path[0]
    stand_in = type(sys)(_PACKAGE)
    stand_in.__path__ = [folder]
    sys.modules[_PACKAGE] = stand_in

    from maestro_adapters.local.keeper.main_loop import run

    run()
    os._exit(0)  # there is nothing to tidy up


if __name__ == "__main__":
    _main()
