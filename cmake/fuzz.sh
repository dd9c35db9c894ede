#!/bin/sh
# sh cmake/fuzz.sh [SECONDS]: builds the fuzzers with clang and runs each for SECONDS (20), beginning
# with the corpus in tests/fuzz/corpus. An input that crashes one is left in build/fuzz, and its name
# is printed.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
seconds=${1:-20}
cd "$top"

# A clang without its runtime library can't link a fuzzer.
mkdir -p build
trial=build/fuzz-trial
printf 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }\n' > $trial.cc
if ! clang++ -fsanitize=fuzzer,address,undefined $trial.cc -o $trial 2> $trial.log; then
  echo "skipped: no clang++ with libFuzzer here (Debian: apt-get install clang)"
  exit 0
fi
rm -f $trial $trial.cc $trial.log

cmake --preset fuzz "-DPAWL_FUZZ_SECONDS=$seconds" > build/fuzz.log || { cat build/fuzz.log; exit 1; }
cmake --build --preset fuzz
exec ctest --test-dir build/fuzz -R '^(fuzz|corpus)_' --output-on-failure -j2
