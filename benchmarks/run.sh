#!/bin/sh
# sh benchmarks/run.sh [--runs=N] [--scratch=DIR]: builds and runs every scenario, and prints one
# table (Markdown) on standard output. The JSON lines go to build/release/benchmarks/results.jsonl.
# BUILD=DIR takes a build that is already configured.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$here/build/release}
if [ ! -f "$build/CMakeCache.txt" ]; then
  cmake -S "$here" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release >&2
fi
cmake --build "$build" --target pawl pawl_benchmarks >&2
results=$build/benchmarks/results.jsonl
: > "$results"
for scenario in first_sync restart change_to_commit native_storm start poll_sweep loop_stretch store_commit; do
  echo "running $scenario" >&2
  "$build/benchmarks/bench_$scenario" "$@" >> "$results"
done

echo "Linux $(uname -r), $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //')," \
  "commit $(git -C "$here" rev-parse --short HEAD 2>/dev/null || echo unknown)"
echo
echo "| scenario | what | min | median | max | target | |"
echo "| --- | --- | ---: | ---: | ---: | ---: | --- |"
sed -n 's/.*"scenario":"\([^"]*\)","what":"\([^"]*\)","runs":[0-9]*,"min":\([^,]*\),"median":\([^,]*\),"max":\([^,}]*\)\(.*\)}$/\1|\2|\3|\4|\5|\6/p' \
  "$results" | awk -F'|' '{
    target = ""; met = ""
    if (match($6, /"target":"[^"]*"/)) target = substr($6, RSTART + 10, RLENGTH - 11)
    if ($6 ~ /"met":true/) met = "met"; else if ($6 ~ /"met":false/) met = "missed"
    printf "| %s | %s | %.3f | %.3f | %.3f | %s | %s |\n", $1, $2, $3, $4, $5, target, met
  }'
