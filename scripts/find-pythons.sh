#!/bin/sh
# Prints a PATH on which every Python of python-versions.txt is found as pythonX.Y; fails, and names
# them, when some are nowhere. Looked at are the PATH and pyenv's versions.
set -eu

path=$PATH
missing=
for version in $(cat "$(dirname "$0")/../python-versions.txt"); do
  found=
  # pyenv's shims are on the PATH, and fail for a version that is not activated.
  for python in "$(command -v "python$version" || true)" \
    "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/"python$version"; do
    if [ -x "$python" ] && "$python" -c '' 2>/dev/null; then
      found=$("$python" -c 'import os, sys; print(os.path.dirname(sys.executable))')
      break
    fi
  done
  [ -n "$found" ] || missing="$missing $version"
  case :$path: in
    *:"$found":*) ;;
    *) path=$found:$path ;;
  esac
done
if [ -n "$missing" ]; then
  echo "Python$missing: neither on the PATH nor among pyenv's versions" >&2
  exit 1
fi
printf '%s\n' "$path"
