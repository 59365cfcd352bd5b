#!/bin/sh
# find-pythons.sh FOLDER: makes pythonX.Y in FOLDER start each Python of python-versions.txt.
# Looked at are the PATH, pyenv's versions, uv's, and those that this script fetched before. What is
# nowhere is taken from Debian's packages: installed where this Debian has it and we may, otherwise
# unpacked into the user's cache (scripts/debian-python.sh). Fails, and names them, when some are
# missing all the same.
set -eu
folder=$1
scripts=$(dirname "$0")
fetched=${XDG_CACHE_HOME:-$HOME/.cache}/maestro-pythons

# look VERSION: takes the first that runs; a shim of pyenv on the PATH fails for a version that is not
# activated. It is no link: from a link in another folder an unpacked Python does not find its library.
look() {
  for python in "$(command -v "python$1" || true)" \
    "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/"python$1" \
    "${UV_PYTHON_INSTALL_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/uv/python}"/cpython-"$1".*/bin/"python$1" \
    "$fetched/$1/usr/bin/python$1"; do
    if [ -x "$python" ] && found=$("$python" -c 'import sys; print(sys.executable)' 2>/dev/null); then
      rm -f "$folder/python$1"
      printf '#!/bin/sh\nexec "%s" "$@"\n' "$found" >"$folder/python$1"
      chmod +x "$folder/python$1"
      return 0
    fi
  done
  return 1
}

fetch() {
  mkdir -p "$fetched"
  if apt-cache show "python$1-venv" >/dev/null 2>&1; then
    sh "$scripts/apt-install.sh" "python$1" "python$1-venv"
  else
    sh "$scripts/debian-python.sh" "$1" "$fetched/$1"
  fi
}

mkdir -p "$folder"
missing=
while read -r version; do
  look "$version" && continue
  echo "Python $version is nowhere here; looking among Debian's packages" >&2
  fetch "$version" </dev/null && look "$version" || missing="$missing $version"
done <"$scripts/../python-versions.txt"
[ -z "$missing" ] || {
  echo "Python$missing: not on the PATH, not among the versions of pyenv and uv, not among Debian's packages" >&2
  exit 1
}
