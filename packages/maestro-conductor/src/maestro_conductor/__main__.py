"""``python -m maestro_conductor`` is ``conductor``."""

import sys

from maestro_conductor.app.command import main

sys.exit(main())
