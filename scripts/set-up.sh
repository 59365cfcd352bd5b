# What run-sample.sh and run-tests.sh share: finding, or installing, what they start from.
# To be sourced by a POSIX shell with `set -eu`.

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# need COMMAND DEBIAN_PACKAGE...: makes sure that COMMAND (a shell command line) succeeds; on Debian
# it installs the packages where it may.
need() {
  check=$1
  shift
  eval "$check" >/dev/null 2>&1 && return
  sh scripts/apt-install.sh "$@"
  eval "$check" >/dev/null || fail "Installing $* did not help: \`$check\` still fails."
}

# The Python to set up with: $PYTHON, or python3; 3.10 or newer, with what `-m venv` needs.
need_python() {
  PYTHON=${PYTHON:-python3}
  need "$PYTHON -c 'import venv, ensurepip'" python3-venv
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    fail "$PYTHON is $("$PYTHON" --version 2>&1), older than 3.10." \
      "Name a newer one: PYTHON=/path/to/python3.11 sh $0"
}

# virtual_environment FOLDER: makes it, unless it is there, works, and has the Python in question.
virtual_environment() {
  version='import sys; print(sys.version)'
  "$1/bin/python" -m pip --version >/dev/null 2>&1 &&
    [ "$("$1/bin/python" -c "$version")" = "$("$PYTHON" -c "$version")" ] ||
    "$PYTHON" -m venv --clear "$1"
}

# test_tools: tox and uv of the lock, in .venv-tox.
test_tools() {
  need_python
  virtual_environment .venv-tox
  .venv-tox/bin/python -m pip install --quiet --disable-pip-version-check --requirement locks/tools.txt
}
