#!/bin/sh
# sh cmake/windows/watch_sample.sh WINE PAWL.EXE FOLDER: `pawl.exe watch` on a copy of the sample registry
# below FOLDER: it gets ready, a script is changed, the change is in its output and in its database, and
# what was changed while it did not run is found at the next start.
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
wine=$1
pawl=$2
folder=$3/sample
database=$folder/registry.db
events=$folder/events
mkdir -p "$folder"
cp -R "$top/tests/sample" "$folder/tasks"
pid=

say() { printf 'watch_sample: %s\n' "$*"; }
end() {
  # No process here can be asked to end as Ctrl-C asks it: it is killed, which its database has to bear.
  if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi
  pid=
}
trap end EXIT
die() {
  say "$*"
  sed 's/^/  /' "$events" "$folder/errors" | tail -n 40
  exit 1
}

# start: runs it in the background; its events go to $events.
start() {
  "$wine" "$pawl" watch --json --debounce-ms 100 --db "$database" "$folder/tasks" >"$events" 2>"$folder/errors" &
  pid=$!
}
# expect WHAT PATTERN: waits until a line of the events fits, for a minute at most.
expect() {
  for _ in $(seq 600); do
    if grep -q "$2" "$events"; then return 0; fi
    kill -0 "$pid" 2>/dev/null || die "it ended before it said: $1"
    sleep 0.1
  done
  die "it never said: $1"
}
# changes_with PATTERN: lines of the feed that fit, as pawl.exe tells them.
changes_with() { "$wine" "$pawl" changes --json --db "$database" 2>/dev/null | tr -d '\r' | grep -c "$1" || true; }

start
expect "ready" '"event":"ready"'
expect "greet is there" '"kind":"added".*tasks/greet"'
expect "what is broken is told" '"kind":"invalid".*tasks/broken-schema"'
echo '// changed' >>"$folder/tasks/greet/main.js"
expect "greet has changed" '"kind":"updated".*tasks/greet"'
[ "$(changes_with '"kind":"updated".*tasks/greet"')" = 1 ] || die "the feed does not have the change"
rm -r "$folder/tasks/count-words"
expect "count-words has gone" '"kind":"removed".*tasks/count-words"'
mkdir "$folder/tasks/new"
cp "$folder"/tasks/greet/* "$folder/tasks/new"
sed -i 's/"uuid": *"[^"]*"/"uuid": "0190a5b0-0000-7000-8000-00000000abcd"/' "$folder/tasks/new/metadata.json"
expect "a new folder is a task" '"kind":"added".*tasks/new"'
end

echo '// changed again' >>"$folder/tasks/greet/main.js"
start
expect "ready again" '"event":"ready"'
expect "greet has changed meanwhile" '"kind":"updated".*tasks/greet"'
end
[ "$(changes_with '"kind":"updated".*tasks/greet"')" = 2 ] || die "the feed does not have the second change"
[ "$(changes_with '"kind":"added".*tasks/resize-plan"')" = 1 ] || die "an unchanged task was told twice"
say "passed"
