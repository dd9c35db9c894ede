#!/bin/sh
# sh cmake/test.sh [CTEST ARGS…]: installs what is missing, builds everything, and runs the tests.
# The last line is "N passed, N failed"; what was skipped, and why, stands above it.
#
# PAWL_TARGETS="…"       builds only these, for ARGS that choose tests which need no more
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$top/cmake/setup.sh"

# shellcheck disable=SC2086 # words on purpose
set_up ${PAWL_TARGETS:-all}
# What tests write goes into the build folder too.
TMPDIR=$build/tmp
TEST_TMPDIR=$TMPDIR/
rm -rf "$TMPDIR"
mkdir -p "$TMPDIR"
export TMPDIR TEST_TMPDIR

case " $* " in
  *" -N "* | *" --show-only"*) exec ctest --test-dir "$build" "$@" ;;  # a list, not a run
esac

report=$build/tests.xml
rm -f "$report"
status=0
ctest --test-dir "$build" --output-on-failure -j2 --output-junit "$report" "$@" || status=$?
# Without a report ctest could not start, and has said why.
[ -f "$report" ] || exit "$status"

awk -f "$top/cmake/test_report.awk" "$report"
exit "$status"
