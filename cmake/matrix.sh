#!/bin/sh
# sh cmake/matrix.sh NAME [CTEST ARGS…]: one entry of the matrix of platforms: installs what it needs, builds in
# a folder of its own below build/, and runs the tests. The last line is "N passed, N failed".
#
#   list    the entries
#   all     every entry, one after another; then the result of each
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$top"

entries() {
  cat <<'TEXT'
gcc-release          GCC, optimised: all tests
gcc-debug            GCC, not optimised: all tests
clang-release        Clang, optimised: all tests
clang-debug          Clang, not optimised: all tests
asan                 AddressSanitizer and UndefinedBehaviorSanitizer: all tests
tsan                 ThreadSanitizer: all tests
asan-fast            the former two, with Clang, on the tests that take seconds
tsan-fast            ThreadSanitizer on the same tests
glibcxx-assertions   the checks of GCC's own library (-D_GLIBCXX_ASSERTIONS): all tests
no-javascript        without a JavaScript engine: all tests
no-zip               without libzip: all tests
lowest               refuses what is newer than the lowest versions that are accepted: all tests
arm64                64-bit ARM, cross-compiled, under qemu-user
i386                 32-bit x86, cross-compiled, run as it is
windows              Windows, cross-compiled by MinGW-w64, under Wine
headers              each header compiles alone; that of Windows does so in `windows`
clang-tidy           the checks in .clang-tidy: the files of the rooms that Linux builds; no tests or benchmarks
cppcheck             the checks in cmake/lint/cppcheck.sh: the same files
workflows            the hosted workflows keep to their schema
TEXT
}

tests() { PAWL_PRESET=$preset sh cmake/test.sh "$@"; }
only() { PAWL_TARGETS=$1; export PAWL_TARGETS; }
with() { PAWL_PACKAGES="${PAWL_PACKAGES:-} $*"; export PAWL_PACKAGES; }
# What test.sh does by itself, for those that do not call it.
install() (
  . "$top/cmake/setup.sh"
  install_missing
)
# New seeds of the simulation run for a minute; a sanitizer makes each slower, not worth more.
short() { PAWL_SIM_SECONDS=${PAWL_SIM_SECONDS:-20}; export PAWL_SIM_SECONDS; }
fast() {
  only "pawl_core_test pawl_task_test pawl_backends_test"
  tests -L '^fast$' "$@"
}

run_entry() {
  preset=$1
  shift
  case $preset in
    gcc-release | gcc-debug | glibcxx-assertions | no-javascript | no-zip | lowest) tests "$@" ;;
    clang-release | clang-debug)
      with clang
      tests "$@"
      ;;
    asan | tsan)
      short
      tests "$@"
      ;;
    asan-fast)
      # The fuzzers' own build: it has these sanitizers.
      preset=fuzz
      with clang
      fast "$@"
      ;;
    tsan-fast)
      preset=tsan-fast
      with clang
      fast "$@"
      ;;
    arm64)
      with g++-aarch64-linux-gnu qemu-user
      short
      # What is emulated takes several times as long as any user's machine.
      PAWL_TEST_PATIENCE=${PAWL_TEST_PATIENCE:-5}
      export PAWL_TEST_PATIENCE
      cross "$@"
      ;;
    i386)
      with g++-i686-linux-gnu
      cross "$@"
      ;;
    windows)
      with g++-mingw-w64-x86-64-posix libz-mingw-w64-dev dpkg-dev tcl wine64
      install
      sh cmake/windows/test.sh "$@"
      ;;
    headers)
      preset=release
      only "pawl_header_check"
      tests -R '^(headers_compile_alone|public_headers)$' "$@"
      ;;
    clang-tidy) sh cmake/lint/clang_tidy.sh "$@" ;;
    cppcheck) sh cmake/lint/cppcheck.sh "$@" ;;
    workflows) sh cmake/lint/workflows.sh "$@" ;;
    *)
      printf 'pawl: the matrix has no entry "%s"; see: sh cmake/matrix.sh list\n' "$preset" >&2
      return 2
      ;;
  esac
}

cross() {
  sh cmake/cross/sysroot.sh "$preset"
  tests "$@"
}

run_all() {
  mkdir -p build/matrix
  failed=0
  passed=0
  : >build/matrix/results
  for name in $(entries | cut -d ' ' -f 1); do
    printf '\n== %s\n' "$name"
    log=build/matrix/$name.log
    if sh cmake/matrix.sh "$name" >"$log" 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    tail -n 1 "$log"
    printf '%-20s %s\n' "$name" "$(tail -n 1 "$log")" >>build/matrix/results
  done
  printf '\n'
  cat build/matrix/results
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" = 0 ]
}

case ${1:-} in
  '' | -h | --help)
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
  list) entries ;;
  all) run_all ;;
  *) run_entry "$@" ;;
esac
