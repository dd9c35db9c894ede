# The set-up that run.sh and test.sh share: installs what is missing, configures if needed, builds.
# POSIX sh, to be sourced with $top (the repository) set. Says what it does on standard error, so that
# the program's own output stays clean. Writes only below $top/build (but for what it installs).
#
# PAWL_PRESET=debug      another preset than release
# PAWL_SKIP_INSTALL=1    install nothing: build with what is there
# PAWL_PACKAGES="…"      more that is needed, by the names that apt and dnf share: clang

preset=${PAWL_PRESET:-release}
build=$top/build/$preset

say() { printf 'pawl: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# --- What is needed, by the names of each package manager ------------------------------------------

apt_needed='g++ cmake ninja-build pkg-config libuv1-dev libsimdjson-dev libfmt-dev libsqlite3-dev
  libyaml-cpp-dev libcli11-dev libxxhash-dev libvalijson-dev rapidjson-dev
  libspdlog-dev libgtest-dev libbenchmark-dev'
# Without these pawl builds and works: scripts are unchecked, ZIP files are not read, some tests say that
# they are skipped.
apt_optional='libjavascriptcoregtk-4.1-dev libzip-dev bindfs fuse3 sqlite3 python3 util-linux
  doxygen rsync xfsprogs valgrind'

dnf_needed='gcc-c++ cmake ninja-build pkgconf-pkg-config libuv-devel simdjson-devel fmt-devel
  sqlite-devel yaml-cpp-devel cli11-devel xxhash-devel valijson-devel
  rapidjson-devel spdlog-devel gtest-devel google-benchmark-devel'
dnf_optional='javascriptcoregtk4.1-devel libzip-devel bindfs fuse3 sqlite python3 util-linux valgrind'

brew_needed='cmake ninja pkg-config libuv simdjson fmt sqlite yaml-cpp cli11 libzip xxhash
  valijson rapidjson spdlog googletest'

apt_needed="$apt_needed ${PAWL_PACKAGES:-}"
dnf_needed="$dnf_needed ${PAWL_PACKAGES:-}"

# --- Installing ------------------------------------------------------------------------------------

# Ends with the exact commands in "$1" if this user can't run them.
need_root() {
  if [ "$(id -u)" -eq 0 ] || have sudo; then return 0; fi
  die "something is missing, and this user can't install it. As root, run:
  $1
or build with what is there: PAWL_SKIP_INSTALL=1"
}

# Runs a command as root: itself, or by sudo.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    say "sudo $*"
    sudo "$@"
  fi
}

# Prints those of the words in $1 that are not a line of $2, on one line.
not_in() {
  for word in $1; do
    case "
$2
" in
      *"
$word
"*) ;;
      *) printf '%s ' "$word" ;;
    esac
  done
}

# Optional packages that could not be had are written down here and not asked for again at each run;
# delete the file to try again.
unavailable=$top/build/unavailable-packages

# install_optional PACKAGES COMMAND: installs them one by one; what can't be had is no error.
install_optional() {
  for package in $1; do
    if ! $2 "$package" >&2; then
      say "$package can't be installed here; going on without it"
      mkdir -p "$top/build"
      printf '%s\n' "$package" >>"$unavailable"
    fi
  done
}

without_unavailable() {
  if [ -f "$unavailable" ]; then
    not_in "$1" "$(cat "$unavailable")"
  else
    printf '%s' "$1"
  fi
}

# True, and said so, if all that is missing can be done without and this user is not root.
only_optional() {
  [ -z "$needed" ] && [ "$(id -u)" -ne 0 ] || return 1
  say "for all checks and tests, also install: $optional"
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

set_up_apt() {
  # shellcheck disable=SC2086 # words on purpose, here and below
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $apt_needed $apt_optional \
    2>/dev/null | sed -n 's/ installed$//p')
  # A compiler, CMake or Ninja that did not come from apt is as good.
  if have c++; then installed="$installed
g++"; fi
  if have cmake; then installed="$installed
cmake"; fi
  if have ninja; then installed="$installed
ninja-build"; fi
  needed=$(not_in "$apt_needed" "$installed")
  optional=$(without_unavailable "$(not_in "$apt_optional" "$installed")")
  [ -n "$needed$optional" ] || return 0
  if only_optional; then return 0; fi
  need_root "apt-get update && apt-get install $needed$optional"
  say "installing: $needed$optional"
  as_root apt-get update -q >&2 || say "apt-get update failed; trying with the lists that are there"
  if [ -n "$needed" ]; then
    # shellcheck disable=SC2086
    apt_install $needed >&2 || die "apt-get could not install: $needed"
  fi
  install_optional "$optional" apt_install
  changed=1
}

dnf_install() { as_root dnf install -y -q "$@"; }

set_up_dnf() {
  # shellcheck disable=SC2086
  installed=$(rpm -q --qf '%{NAME}\n' $dnf_needed $dnf_optional 2>/dev/null | grep -v ' ' || true)
  needed=$(not_in "$dnf_needed" "$installed")
  optional=$(without_unavailable "$(not_in "$dnf_optional" "$installed")")
  [ -n "$needed$optional" ] || return 0
  if only_optional; then return 0; fi
  need_root "dnf install $needed$optional"
  say "installing: $needed$optional"
  if [ -n "$needed" ]; then
    # shellcheck disable=SC2086
    dnf_install $needed >&2 || die "dnf could not install: $needed"
  fi
  install_optional "$optional" dnf_install
  changed=1
}

set_up_brew() {
  # macOS has a SQLite of its own, so brew puts its own aside.
  PKG_CONFIG_PATH=$(brew --prefix)/opt/sqlite/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
  export PKG_CONFIG_PATH
  needed=$(not_in "$brew_needed" "$(brew list --formula -1 2>/dev/null)")
  [ -n "$needed" ] || return 0
  say "installing: $needed"
  # shellcheck disable=SC2086
  brew install $needed >&2 || die "brew could not install: $needed"
  changed=1
}

install_missing() {
  changed=0
  [ "${PAWL_SKIP_INSTALL:-0}" = 1 ] && return 0
  if have dpkg-query && have apt-get; then
    set_up_apt
  elif have dnf && have rpm; then
    set_up_dnf
  elif have brew; then
    set_up_brew
  elif [ -n "${VCPKG_ROOT:-}" ] && [ -f "$VCPKG_ROOT/scripts/buildsystems/vcpkg.cmake" ]; then
    # vcpkg installs what vcpkg.json names while CMake configures.
    CMAKE_TOOLCHAIN_FILE=$VCPKG_ROOT/scripts/buildsystems/vcpkg.cmake
    export CMAKE_TOOLCHAIN_FILE
  else
    say "neither apt, dnf nor brew is here, and VCPKG_ROOT names no vcpkg, so nothing is installed."
    say "pawl needs a C++20 compiler, CMake 3.25, Ninja and the libraries listed in vcpkg.json."
  fi
}

# --- Building --------------------------------------------------------------------------------------

configure() {
  cache=$build/CMakeCache.txt
  # A build folder that was copied along with the repository belongs to another place.
  if [ -f "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$top" "$cache"; then
    say "the build folder is of another place; beginning anew"
    rm -rf "$build"
  fi
  if [ "$changed" = 0 ] && [ -f "$build/build.ninja" ]; then return 0; fi
  have cmake || die "cmake was not found; install CMake 3.25 or newer"
  have ninja || die "ninja was not found; install Ninja"
  version=$(cmake --version | sed -n 's/^cmake version //p')
  case $version in
    [012].* | 3.[0-9] | 3.[0-9].* | 3.1[0-9]* | 3.2[0-4]*)
      die "CMake $version is too old; install 3.25 or newer" ;;
  esac
  (cd "$top" && cmake --preset "$preset") >&2 || die "configuring failed; see above"
}

# set_up TARGET…: after this the targets are up to date in $build.
set_up() {
  # ccache would keep its files in the home folder.
  CCACHE_DIR=${CCACHE_DIR:-$top/build/ccache}
  export CCACHE_DIR
  install_missing
  configure
  ninja -C "$build" "$@" >&2 || die "the build failed; see above"
}
