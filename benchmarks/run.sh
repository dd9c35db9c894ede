#!/bin/sh
# sh benchmarks/run.sh [--quick] [--only=NAME,…] [--soak=SECONDS] [--runs=N] [--scratch=DIR]
#
# Builds and runs every scenario and the parts, and writes build/release/report/report.html and report.md;
# prints the tables. What a scenario says while it runs is on standard error.
#
# --quick    17 minutes on two cores: the same scenarios and targets, smaller where that tells as much, and fewer
#            runs. Without it most are four to ten times as large, and it takes more than an hour
# --only     first_sync, restart, …: as in benchmarks/scenario; and parts
# --soak     one long soak of 1,000 tasks, in place of short ones of three sizes
# BUILD=DIR takes a build that is already configured. NODE_PATH=DIR: where chokidar and @parcel/watcher are,
# if they are to be measured beside pawl.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build=${BUILD:-$here/build/release}
quick=0
only=
soak=
rest=
arguments=
for argument; do
  arguments="$arguments $argument"
  case $argument in
    --quick) quick=1 ;;
    --only=*) only=,${argument#--only=}, ;;
    --soak=*) soak=${argument#--soak=} ;;
    --runs=* | --scratch=*) rest="$rest $argument" ;;
    *)
      sed -n '2s/^# /usage: /p' "$0" >&2
      exit 2
      ;;
  esac
done

if [ ! -f "$build/CMakeCache.txt" ]; then
  cmake -S "$here" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release >&2
fi
cmake --build "$build" --target pawl pawl_benchmarks >&2
report=$build/report
mkdir -p "$report"
results=$report/results.jsonl
: >"$results"
rm -f "$report/parts.json"

first_line() { "$@" 2>/dev/null | head -n 1 || true; }
fact() { if [ -n "$2" ]; then printf '%s: %s\n' "$1" "$2"; fi; }
{
  fact 'when' "$(date -u '+%Y-%m-%d %H:%M UTC')"
  fact 'how' "sh benchmarks/run.sh$arguments"
  fact 'commit' "$(git -C "$here" describe --always --dirty 2>/dev/null || echo unknown)"
  fact 'pawl' "$(first_line "$build/sync/pawl" --version)"
  fact 'kernel' "$(uname -srm)"
  fact 'processor' "$(nproc) of $(grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //')"
  fact 'memory' "$(awk '/MemTotal/ {printf "%.1f GiB", $2 / 1048576}' /proc/meminfo)"
  fact 'load before' "$(cut -d' ' -f1-3 /proc/loadavg)"
  fact 'file system of temporary files' "$(stat -f -c %T "${TMPDIR:-/tmp}")"
  fact 'fs.inotify.max_user_watches' "$(cat /proc/sys/fs/inotify/max_user_watches)"
  fact 'fs.inotify.max_user_instances' "$(cat /proc/sys/fs/inotify/max_user_instances)"
  fact 'fs.inotify.max_queued_events' "$(cat /proc/sys/fs/inotify/max_queued_events)"
  fact 'compiler' "$(first_line "$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt")" --version)"
  fact 'build' "$(sed -n 's/^CMAKE_BUILD_TYPE:[A-Z]*=//p' "$build/CMakeCache.txt")"
  for library in libuv sqlite3 simdjson javascriptcoregtk-4.1; do
    fact "$library" "$(first_line pkg-config --modversion "$library")"
  done
  fact 'bindfs' "$(first_line bindfs --version)"
  fact 'inotifywait' "$(first_line inotifywait --help)"
  fact 'fswatch' "$(first_line fswatch --version)"
  fact 'watchman' "$(first_line watchman --version)"
  fact 'watchdog' "$(first_line python3 -c 'import watchdog.version as v; print(v.VERSION_STRING)')"
  fact 'node' "$(first_line node --version)"
  for module in chokidar @parcel/watcher; do
    manifest=${NODE_PATH:-/nowhere}/$module/package.json
    fact "$module" "$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' "$manifest" 2>/dev/null | head -n 1)"
  done
} >"$report/machine.txt"

wanted() {
  case ${only:-,$1,} in
    *",$1,"*) return 0 ;;
    *) return 1 ;;
  esac
}

failed=
# run SCENARIO QUICK_SIZES QUICK_RUNS FULL_SIZES [ARGUMENT…]: once for each of the sizes.
run() {
  scenario=$1
  sizes=$4
  runs=5
  if [ "$quick" = 1 ]; then
    sizes=$2
    runs=$3
  fi
  shift 4
  wanted "$scenario" || return 0
  for size in $sizes; do
    echo "running $scenario $size" >&2
    # shellcheck disable=SC2086 # words on purpose
    "$build/benchmarks/bench_$scenario" --size="$size" --runs="$runs" "$@" $rest >>"$results" ||
      failed="$failed $scenario/$size"
  done
}

#   scenario         sizes, quick        runs  sizes
run idle             '3125 12500 50000'  5     '3125 12500 50000'
# The worst five of 500 decide a p99: it takes more runs to settle.
run latency          '100 400 1600'      9     '100 400 1600'        --runs=9
run storm            '1600 6250 25000'   5     '6250 25000 100000'
run loss             '6250 25000 100000' 1     '6250 25000 100000'
run start            '1250 5000 20000'   5     '1000 4000 16000 50000'
run single_change    '1000 4000 16000'   5     '1000 4000 16000 64000 256000 1000000'
run poll_sweep       '1250 5000 20000'   5     '1250 5000 20000'
run loop_stretch     '16000 64000 256000' 2    '62500 250000 1000000'
run watch_limit      '250 1000 4000'     2     '250 1000 4000'
run fuse             '60 250 1000'       1     '60 250 1000'
run change_to_commit '250 1000 4000'     2     '1000 4000 16000 100000'
run store_commit     '1250 5000 20000'   5     '6250 25000 100000'
run first_sync       '625 2500 10000'    5     '6250 25000 100000'
run restart          '625 2500 10000'    5     '6250 25000 100000'
run many_tasks       '625 2500 10000'    2     '6250 25000 100000'
# It and the bare loop; then with the others.
run peers            '300 1250'          1     '500 2000'            --only=pawl
run peers            5000                1     8000
if [ -n "$soak" ]; then
  run soak 1000 1 1000 --seconds="$soak" --runs=1
else
  run soak           '250 1000 4000'     1     '250 1000 4000' --seconds="$([ "$quick" = 1 ] && echo 10 || echo 20)"
fi

if wanted parts && [ -x "$build/benchmarks/bench_parts" ]; then
  echo "running parts" >&2
  "$build/benchmarks/bench_parts" --benchmark_min_time="$([ "$quick" = 1 ] && echo 0.02 || echo 0.1)" \
    --benchmark_repetitions=5 --benchmark_display_aggregates_only=true \
    --benchmark_out="$report/parts.json" --benchmark_out_format=json >&2 || failed="$failed parts"
fi

"$build/benchmarks/bench_report" "$results" "$report/parts.json" "$report/machine.txt" "$report"
echo "written: $report/report.html, $report/report.md" >&2
if [ -n "$failed" ]; then
  echo "failed:$failed" >&2
  exit 1
fi
