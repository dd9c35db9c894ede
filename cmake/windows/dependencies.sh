#!/bin/sh
# sh cmake/windows/dependencies.sh PREFIX: builds the libraries that pawl needs for Windows x86-64,
# once, from the distribution's own source packages, into PREFIX. What is in PREFIX already is not
# built again; delete PREFIX/done/NAME to build one anew.
#
# Needs a Debian or Ubuntu with: g++-mingw-w64-x86-64-posix libz-mingw-w64-dev dpkg-dev cmake
# ninja-build tcl, and the -dev packages of the libraries that are headers only. Neither root nor a
# change of the system's own list of sources.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
[ $# -eq 1 ] || { echo "usage: dependencies.sh PREFIX" >&2; exit 2; }
mkdir -p "$1/done" "$1/work"
prefix=$(CDPATH='' cd -- "$1" && pwd)
work=$prefix/work
triple=x86_64-w64-mingw32

say() { printf 'dependencies: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
for tool in $triple-g++-posix dpkg-source apt-get cmake ninja tclsh; do
  command -v "$tool" >/dev/null || die "$tool is missing; see the head of this script"
done

# --- Sources ---------------------------------------------------------------------------------------

# apt with lists of its own, where every source of packages is one of source packages too.
apt() {
  apt-get -q -o Dir::Etc::SourceList="$work/apt/none" -o Dir::Etc::SourceParts="$work/apt/sources" \
    -o Dir::State::Lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" "$@"
}
prepare_apt() {
  if [ -f "$work/apt/ready" ]; then return; fi
  mkdir -p "$work/apt/sources" "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
  : >"$work/apt/none"
  for list in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list.d/ubuntu.sources; do
    if [ -f "$list" ]; then
      sed 's/^Types:.*/Types: deb-src/' "$list" >"$work/apt/sources/$(basename "$list")"
    fi
  done
  if [ -s /etc/apt/sources.list ]; then
    sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$work/apt/sources/system.list"
  fi
  apt update >&2 || die "the lists of source packages can't be had"
  touch "$work/apt/ready"
}

# source_of PACKAGE: its unpacked source in $source.
source_of() {
  source=$work/$1
  if [ -f "$source/unpacked" ]; then return; fi
  prepare_apt
  rm -rf "$source"
  mkdir -p "$source"
  (cd "$source" && apt source --only-source "$1" >&2) || die "no source of $1"
  mv "$source"/*/ "$source/tree"
  touch "$source/unpacked"
}

# --- Building --------------------------------------------------------------------------------------

# library NAME PACKAGE COMMAND…: runs COMMAND in the source of PACKAGE, if that was not done before.
library() {
  name=$1
  package=$2
  shift 2
  if [ -f "$prefix/done/$name" ]; then return; fi
  say "building $name"
  source_of "$package"
  (cd "$source/tree" && "$@") >"$work/$name.log" 2>&1 || {
    tail -n 40 "$work/$name.log" >&2
    die "$name could not be built; all of it is in $work/$name.log"
  }
  touch "$prefix/done/$name"
}

# with_cmake FOLDER OPTION…: a static library, installed.
with_cmake() {
  folder=$1
  shift
  rm -rf ../build  # of a try that failed, or of a toolchain file that stood elsewhere
  cmake -G Ninja -S "$folder" -B ../build -DCMAKE_TOOLCHAIN_FILE="$here/mingw.cmake" \
    -DPAWL_WINDOWS_PREFIX="$prefix" -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTING=OFF "$@" &&
    ninja -C ../build && ninja -C ../build install
}

# describe NAME VERSION FLAGS: what pkg-config says of a library that was built by hand.
describe() {
  mkdir -p "$prefix/lib/pkgconfig"
  printf 'prefix=%s\nName: %s\nDescription: %s\nVersion: %s\nLibs: -L${prefix}/lib %s\nCflags: -I${prefix}/include\n' \
    "$prefix" "$1" "$1" "$2" "$3" >"$prefix/lib/pkgconfig/$1.pc"
}

# compile NAME FILE FLAG…: one C file as a static library.
compile() {
  name=$1
  file=$2
  shift 2
  mkdir -p "$prefix/lib"
  $triple-gcc-posix -O2 -c "$file" -o "../$name.o" "$@"
  $triple-ar rcs "$prefix/lib/lib$name.a" "../$name.o"
}

build_sqlite() {
  # The amalgamation is made by the machine that builds.
  mkdir -p ../amalgamation
  (cd ../amalgamation && ../tree/configure --disable-tcl && make sqlite3.c)
  compile sqlite3 ../amalgamation/sqlite3.c -DSQLITE_THREADSAFE=1 -DSQLITE_ENABLE_COLUMN_METADATA \
    -DSQLITE_ENABLE_DBSTAT_VTAB -DNDEBUG
  cp ../amalgamation/sqlite3.h src/sqlite3ext.h "$prefix/include"
  describe sqlite3 "$(cat VERSION)" -lsqlite3
}

build_xxhash() {
  compile xxhash xxhash.c -DNDEBUG
  cp xxhash.h xxh3.h "$prefix/include"
  describe libxxhash "$(sed -n 's/^#define XXH_VERSION_RELEASE *//p; ' xxhash.h | head -n 1)" -lxxhash
}

build_libuv() {
  # It builds a DLL as well; its libuv.pc names that one, and its package for CMake wants both.
  with_cmake . -DLIBUV_BUILD_TESTS=OFF -DLIBUV_BUILD_BENCH=OFF &&
    rm -rf "$prefix"/bin/libuv.dll "$prefix"/lib/libuv.dll.a "$prefix"/lib/cmake/libuv &&
    sed 's/^Name: .*/Name: libuv/' "$prefix/lib/pkgconfig/libuv-static.pc" >"$prefix/lib/pkgconfig/libuv.pc"
}

# They are the same for every system, and taken from where they are installed.
copy_headers() {
  for package in libcli11-dev libvalijson-dev rapidjson-dev; do
    dpkg-query -L "$package" | sed -n 's,^/usr/\(include/.*\|share/cmake/.*\|lib/cmake/.*\|share/pkgconfig/.*\)$,\1,p' |
      while read -r file; do
        if [ -f "/usr/$file" ]; then
          mkdir -p "$prefix/$(dirname "$file")"
          cp "/usr/$file" "$prefix/$file"
        fi
      done
  done
}

mkdir -p "$prefix/include" "$prefix/lib/pkgconfig"
if [ ! -f "$prefix/done/headers" ]; then
  copy_headers
  cp /usr/$triple/include/zlib.h /usr/$triple/include/zconf.h "$prefix/include"
  cp /usr/$triple/lib/libz.a "$prefix/lib"
  describe zlib "$(sed -n 's/^#define ZLIB_VERSION "\(.*\)"/\1/p' /usr/$triple/include/zlib.h)" -lz
  touch "$prefix/done/headers"
fi
library libuv libuv1 build_libuv
library fmt fmtlib with_cmake . -DFMT_TEST=OFF -DFMT_DOC=OFF
library simdjson simdjson with_cmake . -DSIMDJSON_DEVELOPER_MODE=OFF
library sqlite sqlite3 build_sqlite
library yaml-cpp yaml-cpp with_cmake . -DYAML_CPP_BUILD_TESTS=OFF -DYAML_CPP_BUILD_TOOLS=OFF -DYAML_BUILD_SHARED_LIBS=OFF
library libzip libzip with_cmake . -DBUILD_TOOLS=OFF -DBUILD_REGRESS=OFF -DBUILD_EXAMPLES=OFF \
  -DBUILD_DOC=OFF -DENABLE_BZIP2=OFF -DENABLE_LZMA=OFF -DENABLE_ZSTD=OFF -DENABLE_OPENSSL=OFF \
  -DENABLE_GNUTLS=OFF -DENABLE_MBEDTLS=OFF -DENABLE_COMMONCRYPTO=OFF -DENABLE_WINDOWS_CRYPTO=OFF
library xxhash xxhash build_xxhash
library spdlog spdlog with_cmake . -DSPDLOG_FMT_EXTERNAL=ON -DSPDLOG_BUILD_EXAMPLE=OFF -DSPDLOG_BUILD_TESTS=OFF
library googletest googletest with_cmake . -DBUILD_GMOCK=ON
say "all of it is in $prefix"
