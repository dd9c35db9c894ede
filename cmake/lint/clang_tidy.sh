#!/bin/sh
# sh cmake/lint/clang_tidy.sh [FILE…]: clang-tidy with the checks of .clang-tidy on each source file of the
# rooms that this platform builds; those of others are counted, and not looked at. A file that was clean is
# not looked at again until it, a header or the checks change.
# The last line is "N passed, N failed".
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
PAWL_PRESET=clang-debug
PAWL_PACKAGES='clang clang-tidy'
. "$top/cmake/setup.sh"
install_missing
configure
cd "$top"

clean=$top/build/clang-tidy
mkdir -p "$clean"
# The newest of what every file depends on.
newest=$(find .clang-tidy core backends fallback sync -name '*.h' -o -name .clang-tidy | xargs ls -t | head -n 1)
[ $# -gt 0 ] || set -- $(find core backends fallback sync -name '*.cc' | sort)
built=
for file; do
  [ -f "$file" ] || die "there is no $file"
  if grep -qF "/$file\"" "$build/compile_commands.json"; then built="$built $file"; fi
done
foreign=$#
# shellcheck disable=SC2086 # words on purpose
set -- $built
foreign=$((foreign - $#))
export build clean newest
# shellcheck disable=SC2016 # expanded by the inner shell
printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} sh -c '
  mark=$clean/$(printf "%s" "$1" | tr / -)
  if [ "$mark.ok" -nt "$1" ] && [ "$mark.ok" -nt "$newest" ]; then exit 0; fi
  rm -f "$mark.ok" "$mark.bad"
  if clang-tidy -p "$build" --quiet "$1" >"$mark.log" 2>/dev/null; then
    touch "$mark.ok"
  else
    mv "$mark.log" "$mark.bad"
    cat "$mark.bad"
  fi' - {}
passed=0
for file; do
  if [ -e "$clean/$(printf '%s' "$file" | tr / -).ok" ]; then passed=$((passed + 1)); fi
done
failed=$(($# - passed))
printf 'not looked at: %d files that this platform does not build\n' "$foreign"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
