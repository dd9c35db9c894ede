#!/bin/sh
# sh cmake/lint/workflows.sh: the hosted workflows are YAML in good form, keep to their schema, and run every entry of
# cmake/matrix.sh, and no other. The last line is "N passed, N failed".
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$top"
. "$top/cmake/setup.sh"
apt_needed=yamllint
dnf_needed=yamllint
have npm || apt_needed="$apt_needed npm"
have npm || dnf_needed="$dnf_needed npm"
apt_optional=
dnf_optional=
install_missing
validator=$top/build/lint/node_modules/.bin/action-validator
if [ ! -x "$validator" ]; then
  npm install --silent --no-audit --no-fund --no-save --prefix "$top/build/lint" \
    @action-validator/cli@0.6.0 @action-validator/core@0.6.0 >&2 || die "npm could not install the validator"
fi

passed=0
failed=0
check() {
  if "$@"; then passed=$((passed + 1)); else
    say "failed: $*"
    failed=$((failed + 1))
  fi
}

# An entry that is only listed, or only run, is a mistake.
runs_every_entry() {
  sh cmake/matrix.sh list | cut -d ' ' -f 1 | sort >build/lint/listed
  sed -n 's/.*entry: \([a-z0-9-]*\)[,}].*/\1/p' .github/workflows/ci.yml | sort -u >build/lint/run
  diff build/lint/listed build/lint/run >&2
}

for workflow in .github/workflows/*.yml; do
  check yamllint --strict -d '{extends: default, rules: {document-start: disable, truthy: {check-keys: false},
    line-length: {max: 120}, braces: {max-spaces-inside: 0}}}' "$workflow"
  check "$validator" "$workflow"
done
check runs_every_entry
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
