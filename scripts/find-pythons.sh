#!/bin/sh
# find-pythons.sh FOLDER: links every Python of python-versions.txt into FOLDER, as pythonX.Y.
# Fails, and names them, when some are nowhere. Looked at are the PATH and pyenv's versions.
set -eu
folder=$1

mkdir -p "$folder"
missing=
while read -r version; do
  found=
  # A shim of pyenv may be on the PATH, and fails for a version that is not activated.
  for python in "$(command -v "python$version" || true)" \
    "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/"python$version"; do
    if [ -x "$python" ] && found=$("$python" -c 'import sys; print(sys.executable)' 2>/dev/null); then
      ln -sf "$found" "$folder/python$version"
      break
    fi
  done
  [ -n "$found" ] || missing="$missing $version"
done <"$(dirname "$0")/../python-versions.txt"
[ -z "$missing" ] || {
  echo "Python$missing: neither on the PATH nor among pyenv's versions" >&2
  exit 1
}
