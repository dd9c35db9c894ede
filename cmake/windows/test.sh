#!/bin/sh
# sh cmake/windows/test.sh [PART…]: builds pawl for Windows with mingw-w64, and each of its headers alone, and runs
# under Wine what runs there: the tests of each part (core task backends fallback sync; all of them if none is named), and
# `pawl.exe watch` on the sample registry (part "command"). The last line is "N passed, N failed".
#
# What Wine does otherwise than Windows is left out by name, in wine_exceptions.txt, with the reason; each
# is printed, and so is, at the end, which suites are not built for Windows at all. README.md in this folder
# tells more.
#
# What each program of tests tells of them is written to build/windows/tests-PART.xml.
#
# PAWL_WINDOWS_PREFIX=DIR   where the libraries are, or are to be built; build/windows-prefix
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
here=$top/cmake/windows
build=$top/build/windows
prefix=${PAWL_WINDOWS_PREFIX:-$top/build/windows-prefix}
parts=${*:-core task backends fallback sync command}

say() { printf 'windows: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

wine=$(command -v wine64 || ls /usr/lib/wine/wine64 2>/dev/null) || die "wine64 is not installed"
sh "$here/dependencies.sh" "$prefix"
if [ ! -f "$build/build.ninja" ]; then
  cmake -G Ninja -S "$top" -B "$build" -DCMAKE_TOOLCHAIN_FILE="$here/mingw.cmake" \
    -DPAWL_WINDOWS_PREFIX="$prefix" -DCMAKE_BUILD_TYPE=Release -DPAWL_WITH_JAVASCRIPT=OFF \
    -DPAWL_INSTALL=OFF >&2
fi
targets=
for part in $parts; do
  case $part in
    command) targets="$targets pawl" ;;
    *) targets="$targets pawl_${part}_test" ;;
  esac
done
# shellcheck disable=SC2086 # words on purpose
ninja -C "$build" $targets >&2 || die "the build failed; see above"
passed=0
failed=0
if [ $# -eq 0 ]; then  # each header compiles alone
  if ninja -C "$build" -k 0 pawl_header_check >&2; then passed=1; else failed=1; fi
  printf 'headers: %d passed, %d failed\n' "$passed" "$failed"
fi

# A Windows of its own, which is made at the first run, and folders of its own.
WINEPREFIX=$top/build/wine
WINEDEBUG=-all
WINEDLLOVERRIDES=mscoree,mshtml=  # no offers to install them
TMP=$top/build/tmp-windows
rm -rf "$TMP"
mkdir -p "$TMP" "$WINEPREFIX"
TEMP=$TMP
# Each call of a file is a conversation with wineserver.
PAWL_TEST_PATIENCE=${PAWL_TEST_PATIENCE:-10}
export PAWL_TEST_PATIENCE WINEPREFIX WINEDEBUG WINEDLLOVERRIDES TMP TEMP

rm -f "$build"/tests-*.xml
# one_part PART: its test program, without what Wine can't do.
one_part() {
  exceptions=$(sed -n "s/^$1 \([^ ]*\) .*/\1/p" "$here/wine_exceptions.txt" | paste -sd : -)
  sed -n "s/^$1 \([^ ]*\) /not under Wine: \1: /p" "$here/wine_exceptions.txt"
  log=$build/$1.log
  (cd "$TMP" && timeout 3600 "$wine" "$build/tests/pawl_$1_test.exe" --gtest_brief=1 \
    --gtest_output="xml:Z:$build/tests-$1.xml" --gtest_filter="*${exceptions:+-$exceptions}" >"$log" 2>&1) || true
  tr -d '\r' <"$log" | grep -v '^\[==' || true
  ok=$(tr -d '\r' <"$log" | sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' | tail -n 1)
  bad=$(tr -d '\r' <"$log" | grep -c '^\[  FAILED  \] [A-Za-z].*ms)$') || true
  # One that ends before it has summed up has failed, whatever it was doing.
  if [ -z "$ok" ]; then bad=$((bad + 1)); fi
  printf '%s: %s passed, %s failed\n' "$1" "${ok:-0}" "$bad"
  passed=$((passed + ${ok:-0}))
  failed=$((failed + bad))
}

for part in $parts; do
  if [ "$part" = command ]; then
    if sh "$here/watch_sample.sh" "$wine" "$build/sync/pawl.exe" "$TMP"; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
    fi
  else
    one_part "$part"
  fi
done
rm -rf "$TMP"
sed -n 's/^# not on Windows: /not on Windows: /p' "$top/tests/on_windows.cmake"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
