#!/bin/sh
# lock.sh [--upgrade | --upgrade-package NAME]...: makes the files in locks/ again. Without arguments
# only what no longer fits the declared ranges changes; --upgrade takes the newest of everything.
#
#   locks/tests.txt   every package in the test environments, for each Python of python-versions.txt
#   locks/lowest.txt  the same for the oldest Python, with our packages' dependencies as old as declared
#   locks/tools.txt   of tests.txt, what run-tests.sh needs; pip reads it
#   locks/oracle.txt  of tests.txt, what maestrowf needs; pip reads it
set -eu
cd "$(dirname "$0")/.."
. scripts/set-up.sh

test_tools
oldest=$(head -n 1 python-versions.txt)
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

# What this user's or machine's settings say of indexes and the like must not end in the lock.
for name in $(env | sed -n 's/^\(UV_[A-Z_]*\)=.*/\1/p' | grep -vx 'UV_CACHE_DIR'); do unset "$name"; done

requirements() {
  .venv-tox/bin/python scripts/requirements.py "$@"
}
compile() { # compile NAME ARGUMENT...: requirements from stdin into locks/NAME.txt
  name=$1
  shift
  echo "Resolving locks/$name.txt" >&2
  .venv-tox/bin/uv pip compile --no-config --quiet --python-version "$oldest" \
    --generate-hashes --no-annotate --custom-compile-command 'sh scripts/lock.sh' \
    --output-file "locks/$name.txt" "$@" - >/dev/null
}

requirements packages test results frames check tools build oracle | compile tests --universal "$@"
requirements tools | compile tools --universal --constraints locks/tests.txt
requirements oracle | compile oracle --universal --constraints locks/tests.txt

# Only what our packages declare is taken at its lowest; all else is what it is in the other lock.
requirements packages >"$new/packages"
names=$(sed 's/[^A-Za-z0-9._-].*//' "$new/packages" | paste -s -d '|')
sed -n 's/ \\$//; /^[A-Za-z].*==/p' locks/tests.txt | grep -viE "^($names|maestrowf)==" >"$new/others"
cat "$new/packages" "$new/others" | compile lowest --resolution lowest-direct
