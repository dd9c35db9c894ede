#include "core/task/schema_plain.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/task/json_text.h"
#include "core/task/metaschema.h"
#include "core/task/schema_dialect.h"
#include "core/task/schema_walk.h"
#include "tests/generate/task_generator.h"

namespace pawl {
namespace {

// What the thorough look says, in as many steps as it has.
bool is_valid(std::string_view text) {
  if (find_json_error(text)) return false;
  rapidjson::Document schema;
  schema.Parse(text.data(), text.size());
  if (schema.HasParseError()) return false;
  std::optional<SchemaDialect> dialect = SchemaDialect::kDraft07;
  if (schema.IsObject() && schema.HasMember("$schema")) {
    if (!schema["$schema"].IsString()) return false;
    dialect = dialect_of(schema["$schema"].GetString());
  }
  if (!dialect) return false;
  SchemaProblems problems;
  Metaschema(*dialect).check(schema, problems);
  if (problems.empty()) walk_schema(schema, *dialect, problems);
  return problems.empty();
}

TEST(PlainSchemas, AcceptWhatIsGenerated) {
  PlainSchemas plain;
  for (std::uint64_t i = 0; i < 50; ++i) {
    const GeneratedTask task = generate_task(7, i);
    for (std::size_t k : {2, 3}) EXPECT_TRUE(plain.accepts(task.files[k].bytes));
  }
}

TEST(PlainSchemas, LeaveTheRestToAThoroughLook) {
  PlainSchemas plain;
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 1; i < depth; ++i) text += "{\"not\": ";
    return text + "{}" + std::string(depth - 1, '}');
  };
  EXPECT_TRUE(plain.accepts(nested(kJsonDepthMax)));
  EXPECT_FALSE(plain.accepts(nested(kJsonDepthMax + 1)));
  EXPECT_FALSE(plain.accepts(nested(100'000)));
  const char* rows[] = {
      "",
      " ",
      "true",
      "{",
      "{} {}",
      "{}\x01",
      "{\"title\": \"\xff\"}",
      R"({"title": "\ud800"})",
      R"({"a": 1e999})",
      R"({"a": 01})",
      R"({"a": nul})",
      R"({"$id": "x"})",
      R"({"$ref": "#"})",
      R"({"required": ["a", "\u0061"]})",
      R"({"$schema": 3})",
      R"({"$schema": "http://json-schema.org/draft-04/schema#"})",
      R"({"\u0024schema": "http://json-schema.org/draft-04/schema#"})",
      R"({"$schema": "http://json-schema.org/draft-07/schema#",
          "$schema": "http://json-schema.org/draft-04/schema#"})",
      R"({"properties": {"a": {"type": "\u0073trin"}}})",
  };
  for (const char* text : rows) EXPECT_FALSE(plain.accepts(text)) << text;
}

// Bytes of good schemas are replaced, doubled and left out.
TEST(PlainSchemas, AcceptNothingThatAThoroughLookRefuses) {
  PlainSchemas plain;
  std::uint64_t state = 1;
  const auto below = [&state](std::uint64_t end) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % end;
  };
  const std::string_view bytes = "{}[]\",:0123456789eE+-.\\ntrufalsx$ \t\x01\x80\xc3";
  std::vector<std::string> words = {"type",
                                    "required",
                                    "items",
                                    "$schema",
                                    "minimum",
                                    "object",
                                    "minItems",
                                    "enum",
                                    "true",
                                    "null",
                                    "[]",
                                    "{}",
                                    "additionalProperties"};
  int accepted = 0;
  for (std::uint64_t round = 0; round < 4000; ++round) {
    std::string text = generate_task(3, round % 40).files[2 + round % 2].bytes;
    for (std::uint64_t edits = 1 + below(3); edits > 0; --edits) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
        case 0:
          text[at] = bytes[below(bytes.size())];
          break;
        case 1:
          text.insert(at, 1, text[at]);
          break;
        case 2:
          text.erase(at, 1 + below(4));
          break;
        default:
          if (const std::size_t start = text.find('"', at), end = text.find('"', start + 1);
              start != text.npos && end != text.npos) {
            text.replace(start + 1, end - start - 1, words[below(words.size())]);
          }
      }
    }
    if (!plain.accepts(text)) continue;
    ++accepted;
    ASSERT_TRUE(is_valid(text)) << text;
  }
  EXPECT_GT(accepted, 400);
}

}  // namespace
}  // namespace pawl
