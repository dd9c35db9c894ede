// A ZIP file: whatever it declares, reading stops at the limits.
#include "core/task/archive.h"

#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pawl::TaskLimits limits;
  limits.file_size_max = 64 << 10;
  limits.zip_entries_max = 100;
  limits.zip_expanded_max = 256 << 10;
  const pawl::ArchiveContents contents =
      pawl::read_archive(pawl::fuzz::text_of(data, size), "/t/task.zip", limits);
  for (const pawl::Diagnostic& one : contents.diagnostics) {
    pawl::fuzz::require(!one.format().empty(), "a diagnostic can be printed");
  }
  if (contents.outcome == pawl::ArchiveOutcome::kNoTask) {
    pawl::fuzz::require(contents.diagnostics.empty(), "what is no task is no error");
  }
  if (contents.outcome == pawl::ArchiveOutcome::kInvalid) {
    pawl::fuzz::require(!contents.diagnostics.empty(), "what is refused says why");
  }
  return 0;
}
