// A configuration in YAML: either it is right, or every error says what and what to do.
#include "sync/config.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(pawl::fuzz::text_of(data, size));
  const pawl::LoadedConfig loaded = pawl::parse_config(text, "/nonexistent/pawl.yaml", {});
  for (const pawl::ConfigError& error : loaded.errors) {
    pawl::fuzz::require(!error.text.empty() && !error.remedy.empty(), "an error says what to do");
    pawl::fuzz::require(error.column == 0 || error.line != 0, "a column is one of a line");
    pawl::fuzz::require(!error.format().empty(), "an error can be printed");
  }
  if (loaded.ok()) {
    pawl::fuzz::require(!loaded.config.database.empty(), "a configuration names its database");
    pawl::fuzz::require(!loaded.config.sources.empty(), "a configuration has sources");
  }
  return 0;
}
