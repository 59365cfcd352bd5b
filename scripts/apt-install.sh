#!/bin/sh
# apt-install.sh PACKAGE...: installs Debian packages, as root or through sudo; one caller at a time,
# as test environments that run beside each other may want different ones. Says what is missing
# where it may not install.
set -eu

if [ "$(id -u)" = 0 ]; then
  root=
elif sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; }; then
  root=sudo
else
  root=none
fi
if [ "$root" = none ] || ! command -v apt-get >/dev/null; then
  echo "Missing: $*. Install it (on Debian: apt-get install $*), then call this again." >&2
  exit 1
fi

exec 9>"${TMPDIR:-/tmp}/maestro-apt-install.$(id -u).lock"
flock 9
echo "Installing $* with apt-get" >&2
$root apt-get -q -q update </dev/null 9>&- ||
  echo "apt-get update failed; trying with the old lists" >&2
$root env DEBIAN_FRONTEND=noninteractive apt-get -q -q -y -o DPkg::Lock::Timeout=300 \
  install --no-install-recommends "$@" </dev/null >/dev/null 9>&-
