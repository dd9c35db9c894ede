#!/bin/sh
# sh cmake/run.sh [ARGS…]: installs what is missing, builds pawl, and runs "pawl ARGS".
# Without ARGS: the main job on a copy of the sample registry, with what to try.
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$top/cmake/setup.sh"

set_up pawl
pawl=$build/sync/pawl
if [ $# -gt 0 ]; then exec "$pawl" "$@"; fi

sample=$top/build/sample
rm -rf "$sample"
mkdir -p "$sample"
cp -R "$top/tests/sample" "$sample/tasks"
cat <<TEXT
pawl watches a copy of the sample registry in
  $sample/tasks
and keeps it in step with $sample/registry.db. In another terminal, try:

  # change a script: the task is updated
  echo '// changed' >> '$sample/tasks/greet/main.js'
  # break it: its last good version stays, and the error is listed
  echo 'function (' >> '$sample/tasks/greet/main.js'
  # mend it: it recovers
  cp '$top/tests/sample/greet/main.js' '$sample/tasks/greet/main.js'
  # move a task away and back
  mv '$sample/tasks/greet' '$sample/' && sleep 2 && mv '$sample/greet' '$sample/tasks/'
  # what the database holds
  sh '$top/cmake/run.sh' status --db '$sample/registry.db'

Ctrl-C ends it.

TEXT
exec "$pawl" watch --db "$sample/registry.db" "$sample/tasks"
