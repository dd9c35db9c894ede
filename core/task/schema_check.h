// Checks that a file is JSON and a valid JSON Schema of the dialect that its "$schema" names;
// draft-07 if it names none.
//
// The places that diagnostics name are JSON pointers, with line and column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/task/checksum.h"
#include "core/task/diagnostic.h"
#include "core/task/schema_plain.h"

namespace pawl {

// Threading: one thread at a time; make one per worker. Remembers the outcome for the last few
// thousand different schemas that took a thorough look, by content: tasks often share one.
class SchemaChecker {
 public:
  static constexpr std::size_t kRememberedMax = 4096;

  SchemaChecker();
  ~SchemaChecker();

  // Adds what is wrong with `text` to `diagnostics`, under `path`: what keeps it from being JSON,
  // or the first 20 places that break the metaschema and the number of the rest, or else references
  // that lead nowhere.
  void check(std::string_view text, const std::string& path, std::vector<Diagnostic>& diagnostics);

  // How many calls of check() took a thorough look.
  std::uint64_t checked() const;

 private:
  class Examiner;
  struct HashOf {
    std::size_t operator()(const Hash128& hash) const { return hash.low; }
  };
  using Outcomes = std::unordered_map<Hash128, std::vector<Diagnostic>, HashOf>;

  const std::vector<Diagnostic>& outcome_of(std::string_view text);

  PlainSchemas plain_;
  std::unique_ptr<Examiner> examiner_;
  // Two generations: when the young one has half of kRememberedMax it becomes the old one.
  Outcomes young_;
  Outcomes old_;
};

}  // namespace pawl
