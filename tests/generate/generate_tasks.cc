// pawl_generate_tasks DIR COUNT [--seed=N]: writes COUNT plausible tasks below DIR.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "tests/generate/task_generator.h"

namespace {

bool parse(std::string_view text, std::uint64_t& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

int usage() {
  std::fputs("usage: pawl_generate_tasks DIR COUNT [--seed=N]\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::string_view kSeed = "--seed=";
  std::uint64_t count = 0;
  std::uint64_t seed = 1;
  if (argc < 3 || argc > 4 || !parse(argv[2], count)) return usage();
  if (argc == 4) {
    std::string_view option = argv[3];
    if (!option.starts_with(kSeed)) return usage();
    option.remove_prefix(kSeed.size());
    if (!parse(option, seed)) return usage();
  }
  const pawl::Status status = pawl::write_generated_tasks(argv[1], count, seed);
  if (status.ok()) return 0;
  std::fprintf(stderr, "pawl_generate_tasks: %s\n", status.message().c_str());
  return 1;
}
