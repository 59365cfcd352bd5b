#!/bin/sh
# Installs maestro into .venv and runs the sample study and shows its status.
# Nothing outside this folder is written (but for Debian's python3-venv, where it is missing).
set -eu
cd "$(dirname "$0")"
. scripts/set-up.sh

need_python
virtual_environment .venv
echo "Building the wheels and fetching what they need into wheelhouse/"
.venv/bin/python scripts/wheelhouse.py wheelhouse
.venv/bin/python -m pip install --quiet --force-reinstall \
  --no-index --find-links wheelhouse maestro-cli

.venv/bin/maestro run -fg -y -o sample_output/hello_bye samples/hello_bye_parameterized.yaml
.venv/bin/maestro status --disable-pager sample_output/hello_bye
