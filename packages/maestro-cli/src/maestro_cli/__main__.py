"""``python -m maestro_cli`` is ``maestro``."""

import sys

from maestro_cli.app import main

if __name__ == "__main__":
    sys.exit(main())
