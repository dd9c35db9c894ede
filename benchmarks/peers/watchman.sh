#!/bin/sh
# sh watchman.sh ROOT: prints the path of each change, one a line, with a watchman of its own.
set -eu
root=$1
scratch=$(mktemp -d)
watchman --foreground --sockname="$scratch/sock" --statefile="$scratch/state" \
  --logfile="$scratch/log" --pidfile="$scratch/pid" >/dev/null 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$scratch"; exit 0' TERM INT EXIT
while [ ! -S "$scratch/sock" ]; do sleep 0.05; done
ask() { stdbuf -oL watchman --no-spawn --sockname="$scratch/sock" "$@"; }
ask watch "$root" >/dev/null
# Every string of its JSON on a line of its own, as a path below the root: the names of files are among them.
printf '["subscribe","%s","all",{"fields":["name"],"empty_on_fresh_instance":true}]\n' "$root" |
  ask --server-encoding=json --output-encoding=json --no-pretty -j -p |
  sed -u "s|\"\([^\"]*\)\"|\n$root/\1\n|g" &
wait
