#!/bin/sh
# sh cmake/lint/cppcheck.sh: cppcheck on each source file of the rooms that this platform builds. The last line is
# "N passed, N failed".
#
# What is not looked for, and why, stands with the suppressions below.
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
PAWL_PRESET=clang-debug
PAWL_PACKAGES='clang cppcheck'
. "$top/cmake/setup.sh"
install_missing
configure
cd "$top"

report=$top/build/cppcheck.txt
suppressions=$top/build/cppcheck-suppressions.txt
mkdir -p "$top/build/cppcheck"
# "id" or "id:file", with the reason above it.
sed '/^#/d' >"$suppressions" <<'TEXT'
# The headers of the libraries are left out: with them it takes hours.
missingIncludeSystem
unknownMacro
# Notes about itself.
normalCheckLevelMaxBranches
noValidConfiguration
# Form. A loop that says it as plainly is as good; a reference is declared as what it refers to; values are
# moved into place; Result is made of a value or a Status so that both can be returned.
useStlAlgorithm
constVariable
constParameter
variableScope
passedByValue
noExplicitConstructor
# A local variable may have the name of a member function that is not called there; -Wshadow watches over the rest.
shadowFunction
# Takes what another file uses, or a structured binding, for unused.
unusedStructMember
# Does not know that a class which declares a move constructor has no copy constructor.
noCopyConstructor:*/backends/handle.h
# Filled by zip_fread, before which nothing reads it; it is large.
uninitMemberVar:*/core/task/archive.cc
# One of two branches moves it, never both.
accessMoved:*/sync/command/events_command.cc
# Takes what erase returns for what it took.
eraseDereference:*/sync/service_pump.cc
# Forgets that the loop before may have ended early.
knownConditionTrueFalse:*/sync/command/line_diff.cc
# The pointer is taken back before what it points to goes.
danglingLifetime:*/sync/command/service_commands.cc
# Takes what a loop fills for empty.
containerOutOfBounds:*/fallback/hybrid.cc
# Holds what is read through the entries.
unreadVariable:*/core/entry_table.cc
# A task without anything is the value that is meant.
unassignedVariable:*/sync/store.cc
TEXT
cppcheck --project="$build/compile_commands.json" -j "$(nproc)" --cppcheck-build-dir="$top/build/cppcheck" \
  --file-filter="$top/core/*" --file-filter="$top/backends/*" --file-filter="$top/fallback/*" \
  --file-filter="$top/sync/*" --enable=warning,performance,portability,style --inline-suppr --quiet \
  --suppressions-list="$suppressions" --suppress="*:*/build/*" \
  --template='{file}:{line}:{column}: {severity}: {message} [{id}]' --output-file="$report" >&2
looked_at=$(grep -cE "\"file\": \"$top/(core|backends|fallback|sync)/" "$build/compile_commands.json")
cat "$report"
failed=$(sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: [a-z]*: .*\[[A-Za-z]*\]$/\1/p' "$report" | sort -u | grep -c . || true)
printf '%d passed, %d failed\n' "$((looked_at - failed))" "$failed"
[ "$failed" = 0 ]
