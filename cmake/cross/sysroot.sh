#!/bin/sh
# sh cmake/cross/sysroot.sh ARCHITECTURE: the libraries that pawl needs, of another architecture of this Debian
# (arm64, i386), unpacked in build/sysroot-ARCHITECTURE. Nothing is installed, so that no package of
# this machine has to make room for its counterpart; apt works on a state of its own there.
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
architecture=$1
packages='libc6-dev libstdc++-12-dev libuv1-dev libsimdjson-dev libfmt-dev libsqlite3-dev libyaml-cpp-dev
  libcli11-dev libzip-dev libxxhash-dev libvalijson-dev rapidjson-dev libspdlog-dev
  libgtest-dev libbenchmark-dev libjavascriptcoregtk-4.1-dev'

root=$top/build/sysroot-$architecture
# What was unpacked is complete, and of this list.
[ "$(cat "$root/complete" 2>/dev/null)" != "$packages" ] || exit 0
rm -rf "$root"
state=$root/var/apt-state
mkdir -p "$state/lists/partial" "$state/archives/partial"
: >"$state/status"

private_apt() {
  apt-get -q -o "Dir::State=$state" -o "Dir::State::lists=$state/lists" \
    -o "Dir::State::status=$state/status" -o "Dir::Cache=$state" \
    -o "Dir::Cache::archives=$state/archives" -o "APT::Architecture=$architecture" \
    -o "APT::Architectures=$architecture" -o pkgCacheGen::Essential=none -o Debug::NoLocking=1 "$@"
}
# Another source than Debian's own may not have this architecture, and is not needed.
private_apt update >&2 || printf 'pawl: some package lists could not be had; trying without\n' >&2
# shellcheck disable=SC2086 # words on purpose
private_apt install -y --no-install-recommends --download-only $packages >&2
for package in "$state"/archives/*.deb; do
  dpkg-deb --extract "$package" "$root"
done
rm -rf "$state"
printf '%s\n' "$packages" >"$root/complete"
