#!/bin/sh
# debian-python.sh X.Y FOLDER: puts Debian's pythonX.Y into FOLDER, on a Debian that has none such.
# The packages come from Debian's coming releases and are unpacked, not installed, with all that
# they need, the C library included; nothing of the machine changes. apt checks their signatures.
# FOLDER/usr/bin/pythonX.Y is then an ordinary Python, but has no pip (ensurepip) of its own.
set -eu
version=$1 folder=$2

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || {
  echo "Python $version cannot be taken from Debian's packages here: there is no apt-get" >&2
  exit 1
}
keys=/usr/share/keyrings/debian-archive-keyring.gpg
# The machine's own mirror, where it has one.
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep '/debian/$' | head -n 1)
new=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$new"' EXIT
chmod 755 "$new"
mkdir -p "$new/apt/lists/partial" "$new/apt/cache/archives/partial" "$new/root"
: >"$new/apt/status"

# An apt of its own: no package counts as installed, so that it fetches the whole closure.
apt() {
  apt-get -q -q -o Dir::Etc::SourceList="$new/apt/sources" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State="$new/apt" -o Dir::State::Lists="$new/apt/lists" \
    -o Dir::State::status="$new/apt/status" -o Dir::Cache="$new/apt/cache" \
    -o APT::Sandbox::User= -o Debug::NoLocking=1 -o APT::Install-Recommends=0 "$@" </dev/null >&2
}
found=
for suite in testing unstable; do
  echo "deb [signed-by=$keys] ${mirror:-http://deb.debian.org/debian} $suite main" >"$new/apt/sources"
  apt update && apt --yes --download-only install "python$version" patchelf && found=$suite && break
done
[ -n "$found" ] || {
  echo "Python $version is not among the packages of Debian testing and unstable" >&2
  exit 1
}
for package in "$new"/apt/cache/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -C "$new/root" --extract --keep-directory-symlink --file -
done

# The Python is started by the C library that came with it, and it and its modules look for
# libraries beside it first. (Sorting the sections would break it: patchelf 0.18.)
libraries=$(dirname "$(find "$new/root/usr/lib" -name 'ld-linux-*.so.*' | head -n 1)")
loader=$(basename "$(find "$libraries" -maxdepth 1 -name 'ld-linux-*.so.*' | head -n 1)")
final=$folder${libraries#"$new/root"}
"$libraries/$loader" --library-path "$libraries" "$new/root/usr/bin/patchelf" \
  --no-sort --force-rpath --set-rpath "$final" --set-interpreter "$final/$loader" \
  "$new/root/usr/bin/python$version"

rm -rf "$folder"
mv "$new/root" "$folder"
"$folder/usr/bin/python$version" -c 'import ctypes, hashlib, sqlite3, ssl, venv, zlib' || {
  rm -rf "$folder"
  echo "Debian's Python $version does not run here" >&2
  exit 1
}
