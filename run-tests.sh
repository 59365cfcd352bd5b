#!/bin/sh
# Sets up the test tools in .venv-tox and runs the tests on one Python: each package's tests in an
# environment that holds that package alone, then the five together. Arguments go to tox:
#   sh run-tests.sh -e alone-spec-3.11
set -eu
cd "$(dirname "$0")"
. scripts/set-up.sh

need "git --version" git
test_tools

if [ $# = 0 ]; then
  version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  set -- -e "alone-spec-$version,alone-graph-$version,alone-adapters-$version,alone-conductor-$version,together-$version"
fi
PATH=$("$PYTHON" -c 'import os, sys; print(os.path.dirname(sys.executable))'):$PATH
exec .venv-tox/bin/tox run-parallel --parallel 2 --parallel-no-spinner "$@"
