#!/bin/sh
# sh guard.sh PAWL_GUARD LIMITS [all|growth]: fails when a part of pawl takes more instructions than
# LIMITS allows, an item or in its growth. Instructions are the same on a busy machine as on an idle one.
# growth: only how they grow is held, as in a build that is not optimised.
set -eu
guard=$1
limits=$2
held=${3:-all}
if ! command -v valgrind >/dev/null 2>&1; then
  echo "SKIP: valgrind is not installed"
  exit 0
fi
scratch=$(mktemp -d "$guard.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
# The symbols are enough, and valgrind 3.19 can't read what Clang has to say for debuggers (DWARF 5).
strip --strip-debug -o "$scratch/guard" "$guard"

# Instructions of PART on SIZE things.
count() {
  if ! valgrind --tool=callgrind --toggle-collect=pawl_guard_measured \
    --callgrind-out-file=/dev/null "$scratch/guard" "$1" "$2" >"$scratch/log" 2>&1; then
    cat "$scratch/log" >&2
    exit 1
  fi
  sed -n 's/.*Collected : *\([0-9]*\).*/\1/p' "$scratch/log"
}

failed=0
printf '%-22s %8s %14s %10s %10s %8s %8s\n' part size instructions 'an item' 'at most' 'x4' 'at most'
while read -r part size item_max growth_max; do
  case $part in '' | '#'*) continue ;; esac
  small=$(count "$part" "$size")
  large=$(count "$part" $((size * 4)))
  awk -v part="$part" -v size="$size" -v small="$small" -v large="$large" -v item_max="$item_max" \
    -v growth_max="$growth_max" -v held="$held" 'BEGIN {
      item = small / size
      growth = small > 0 ? large / small : 0
      bad = growth > growth_max || small == 0 || (held == "all" && item > item_max)
      printf "%-22s %8d %14d %10.0f %10d %8.2f %8.2f%s\n", part, size, small, item, item_max, growth,
        growth_max, bad ? "  TOO MUCH" : ""
      exit bad }' || failed=1
done <"$limits"
exit "$failed"
