// What files can't show well: the validation cases are in validation/.
#include "core/task/metadata.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/task/json_text.h"

namespace pawl {
namespace {

std::vector<std::string> errors_of(std::string_view text) {
  MetadataReader reader;
  std::vector<Diagnostic> diagnostics;
  reader.read(text, "m", diagnostics);
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : diagnostics) lines.push_back(diagnostic.format());
  return lines;
}

const std::string kGood = R"({"version": "1.0.0", "label": "a", "x": [{"y": -1.5e3}, "\u00e9"]})";

// The two readers, one for values and one for positions, agree on what JSON is.
TEST(Metadata, EveryTruncationHasAPosition) {
  for (std::size_t size = 0; size < kGood.size(); ++size) {
    const auto errors = errors_of(std::string_view(kGood).substr(0, size));
    ASSERT_EQ(errors.size(), 1u) << size;
    EXPECT_TRUE(errors[0].starts_with("m:1:")) << errors[0];
    EXPECT_FALSE(errors[0].ends_with("not JSON")) << errors[0];
  }
}

TEST(Metadata, EveryReplacedByteIsJudgedAlike) {
  for (std::size_t at = 0; at < kGood.size(); ++at) {
    for (const char c : std::string_view("{}[],:\"\\0x. \x01\xC3\xFF")) {
      std::string text = kGood;
      text[at] = c;
      const auto errors = errors_of(text);
      const bool is_json = !find_json_error(text);
      const bool told_not_json = errors.size() == 1 && (errors[0].find("not JSON") != text.npos ||
                                                        errors[0].find("not UTF-8") != text.npos);
      EXPECT_EQ(is_json, !told_not_json) << text;
    }
  }
}

TEST(Metadata, NumbersOfAnySizeAreKept) {
  EXPECT_TRUE(errors_of(R"({"version": "1.0.0", "name": "a", "n": [12345678901234567890123456789,
      -0.0, 1e400, 1E-7]})")
                  .empty());
  EXPECT_FALSE(errors_of(R"({"version": "1.0.0", "name": "a", "n": 01})").empty());
}

TEST(Metadata, DeepNestingIsAnError) {
  const std::string deep = std::string(1'000'000, '[');
  EXPECT_EQ(errors_of("{\"a\": " + deep),
            std::vector<std::string>{"m:1:206: error: nested more than 200 deep"});
}

TEST(Metadata, AReaderForgetsTheFileBefore) {
  MetadataReader reader;
  std::vector<Diagnostic> diagnostics;
  reader.read(R"({"version": "1.0.0", "label": "a", "tags": ["x"], "description": "d"})", "m",
              diagnostics);
  const Metadata second = reader.read(R"({"version": "2.0.0", "label": "b"})", "m", diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_EQ(second.version, "2.0.0");
  EXPECT_TRUE(second.tags.empty());
  EXPECT_TRUE(second.description.empty());
}

}  // namespace
}  // namespace pawl
