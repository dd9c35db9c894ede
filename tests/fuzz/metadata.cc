// A metadata.json: either it says what a task needs, or what is wrong with it is told.
#include "core/task/metadata.h"

#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static pawl::MetadataReader reader;
  std::vector<pawl::Diagnostic> diagnostics;
  const pawl::Metadata read =
      reader.read(pawl::fuzz::text_of(data, size), "/t/metadata.json", diagnostics);
  for (const pawl::Diagnostic& one : diagnostics) {
    pawl::fuzz::require(!one.format().empty(), "a diagnostic can be printed");
  }
  if (!diagnostics.empty()) return 0;
  pawl::fuzz::require(!read.version.empty() && !read.label.empty(), "what is required is there");
  pawl::fuzz::require(read.uuid.empty() || read.uuid.size() == 36, "a uuid is one");
  return 0;
}
