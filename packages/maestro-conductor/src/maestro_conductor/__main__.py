"""``python -m maestro_conductor`` is ``conductor``."""

import sys

from maestro_conductor.cli import main

sys.exit(main())
