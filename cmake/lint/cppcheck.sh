#!/bin/sh
# sh cmake/lint/cppcheck.sh: cppcheck on each source file of the rooms that this platform builds. The last line is
# "N passed, N failed".
#
# What is not looked for, and why:
#   missingIncludeSystem   the headers of the libraries are left out: it takes hours with them
#   unknownMacro           GoogleTest's and SQLite's, for the same reason
#   normalCheckLevelMaxBranches, noValidConfiguration   notes about itself
#   useStlAlgorithm        a loop that says it as plainly is as good
#   unusedStructMember     takes what is used through a structured binding or in another file for unused
#   passedByValue          values that are moved into place
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
PAWL_PRESET=clang-debug
PAWL_PACKAGES='clang cppcheck'
. "$top/cmake/setup.sh"
install_missing
configure
cd "$top"

report=$top/build/cppcheck.txt
mkdir -p "$top/build/cppcheck"
cppcheck --project="$build/compile_commands.json" -j "$(nproc)" --cppcheck-build-dir="$top/build/cppcheck" \
  --file-filter="$top/core/*" --file-filter="$top/backends/*" --file-filter="$top/fallback/*" \
  --file-filter="$top/sync/*" --enable=warning,performance,portability,style --inline-suppr --quiet \
  --library=googletest --suppress=missingIncludeSystem --suppress=unknownMacro \
  --suppress=normalCheckLevelMaxBranches --suppress=noValidConfiguration --suppress=useStlAlgorithm \
  --suppress=unusedStructMember --suppress=passedByValue --suppress="*:*/build/*" \
  --template='{file}:{line}:{column}: {severity}: {message} [{id}]' --output-file="$report" >&2
looked_at=$(grep -cE "\"file\": \"$top/(core|backends|fallback|sync)/" "$build/compile_commands.json")
cat "$report"
failed=$(sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: [a-z]*: .*\[[A-Za-z]*\]$/\1/p' "$report" | sort -u | grep -c . || true)
printf '%d passed, %d failed\n' "$((looked_at - failed))" "$failed"
[ "$failed" = 0 ]
