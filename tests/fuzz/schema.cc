// A JSON Schema: what is remembered of one is what a fresh look says.
#include "core/task/schema_check.h"

#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static pawl::SchemaChecker checker;
  const std::string_view text = pawl::fuzz::text_of(data, size);
  std::vector<pawl::Diagnostic> first;
  std::vector<pawl::Diagnostic> again;
  checker.check(text, "/t/input.schema.json", first);
  checker.check(text, "/t/input.schema.json", again);
  pawl::fuzz::require(first.size() == again.size(), "the same schema is judged the same");
  for (std::size_t i = 0; i < first.size(); ++i) {
    pawl::fuzz::require(first[i].format() == again[i].format(), "in the same words");
  }
  return 0;
}
