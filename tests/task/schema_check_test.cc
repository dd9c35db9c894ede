#include "core/task/schema_check.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/task/schema_dialect.h"

namespace pawl {
namespace {

std::vector<std::string> errors_of(std::string_view text) {
  SchemaChecker checker;
  std::vector<Diagnostic> diagnostics;
  checker.check(text, "s", diagnostics);
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : diagnostics) lines.push_back(diagnostic.format());
  return lines;
}

std::string in_dialect(SchemaDialect dialect, const std::string& rest) {
  return "{\"$schema\": \"" + std::string(dialect_uri(dialect)) + "#\", " + rest + "}";
}

bool accepts(SchemaDialect dialect, const std::string& rest) {
  return errors_of(in_dialect(dialect, rest)).empty();
}

TEST(SchemaCheck, KnowsEachDialectByItsUri) {
  for (const SchemaDialect dialect : kSchemaDialects) {
    const std::string uri(dialect_uri(dialect));
    const std::string bare = uri.substr(uri.find("://"));
    for (const std::string& form : {"http" + bare, "https" + bare, uri + "#"}) {
      EXPECT_EQ(dialect_of(form), dialect) << form;
    }
    EXPECT_EQ(dialect_of(bare.substr(3)), std::nullopt);
    EXPECT_EQ(dialect_of(uri + "#a"), std::nullopt);
  }
}

// Each row: what the dialects 04, 06, 07, 2019-09 and 2020-12 say of it.
TEST(SchemaCheck, DialectsDiffer) {
  const std::pair<const char*, const char*> rows[] = {
      {R"("type": "object", "properties": {"a": {"type": ["string", "null"]}})", "+++++"},
      {R"("type": "strin")", "-----"},
      {R"("type": [])", "-----"},
      {R"("properties": {"a": true})", "-++++"},
      {R"("exclusiveMinimum": true, "minimum": 3)", "+----"},
      {R"("exclusiveMinimum": true)", "-----"},
      {R"("exclusiveMinimum": 3)", "-++++"},
      {R"("required": [])", "-++++"},
      {R"("required": ["a", "a"])", "-----"},
      {R"("required": true)", "-----"},
      {R"("enum": [])", "--+++"},
      {R"("id": 3)", "-++++"},
      {R"("$id": 3)", "+----"},
      {R"("if": 3)", "++---"},
      {R"("contains": 3)", "+----"},
      {R"("$comment": 3)", "++---"},
      {R"("items": [{}, {}])", "++++-"},
      {R"("items": [])", "-----"},
      {R"("prefixItems": 3)", "++++-"},
      {R"("dependentRequired": {"a": 3})", "+++--"},
      {R"("$defs": {"a": 3})", "+++--"},
      {R"("unevaluatedProperties": 3)", "+++--"},
      {R"("dependencies": {"a": ["b"], "c": {}})", "+++++"},
      {R"("dependencies": {"a": 3})", "-----"},
      {R"("minLength": 2.0)", "+++++"},
      {R"("minLength": 2.5)", "-----"},
      {R"("minLength": -1)", "-----"},
      {R"("multipleOf": 0)", "-----"},
      {R"("anyOf": [])", "-----"},
      {R"("not": {"not": {"not": 3}})", "-----"},
      {R"("unknown": {"type": 3}, "default": {"$ref": "#/nowhere"})", "+++++"},
      {R"("properties": {"$ref": {}, "type": {}, "required": {}})", "+++++"},
      {R"("$ref": "#/definitions/a", "definitions": {"a": {}})", "+++++"},
      {R"("$ref": "#/definitions/b", "definitions": {"a": {}})", "-----"},
      {R"("$ref": "https://example.com/other.json#/nowhere")", "+++++"},
  };
  for (const auto& [rest, verdicts] : rows) {
    for (const SchemaDialect dialect : kSchemaDialects) {
      const char verdict = verdicts[static_cast<std::size_t>(dialect)];
      EXPECT_EQ(accepts(dialect, rest), verdict == '+') << in_dialect(dialect, rest);
    }
  }
}

TEST(SchemaCheck, LocalReferencesMustLeadSomewhere) {
  const std::pair<const char*, bool> rows[] = {
      {R"({"$ref": "#"})", true},
      {R"({"a/b": {}, "c~d": [0, {}], "x y": {}, "allOf": [
          {"$ref": "#/a~1b"}, {"$ref": "#/c~0d/1"}, {"$ref": "#/x%20y"}]})",
       true},
      {R"({"$ref": "#/a%zz"})", false},
      {R"({"$ref": "#/allOf/2", "allOf": [{}, {}]})", false},
      {R"({"$ref": "#name", "definitions": {"a": {"$id": "#name"}}})", true},
      {R"({"$ref": "#other", "definitions": {"a": {"$id": "#name"}}})", false},
      {R"({"definitions": {"a": {"$id": "http://x/y", "$ref": "#/definitions/b",
          "definitions": {"b": {}}}}})",
       true},
      {R"({"definitions": {"a": {"definitions": {"b": {}}, "$ref": "#/definitions/b"}}})", false},
      {R"({"$schema": "https://json-schema.org/draft/2020-12/schema",
          "$defs": {"a": {"$anchor": "n"}}, "$dynamicRef": "#n"})",
       true},
      {R"({"$schema": "https://json-schema.org/draft/2020-12/schema", "$dynamicRef": "#n"})",
       false},
  };
  for (const auto& [text, good] : rows) EXPECT_EQ(errors_of(text).empty(), good) << text;
}

TEST(SchemaCheck, SaysWhereAndWhat) {
  EXPECT_EQ(errors_of("{\n  \"properties\": {\n    \"a/b\": {\"minLength\": \"1\"}\n  }\n}"),
            std::vector<std::string>{"s:3:26: error: not a valid schema: "
                                     "/properties/a~1b/minLength must be an integer of at least 0 "
                                     "and is \"1\""});
  EXPECT_EQ(errors_of(R"({"$schema": "http://json-schema.org/draft-03/schema#"})"),
            std::vector<std::string>{
                "s:1:13: error: not a valid schema: /$schema names a dialect that is not known, "
                "\"http://json-schema.org/draft-03/schema#\"; known are "
                "http://json-schema.org/draft-04/schema, http://json-schema.org/draft-06/schema, "
                "http://json-schema.org/draft-07/schema, "
                "https://json-schema.org/draft/2019-09/schema, "
                "https://json-schema.org/draft/2020-12/schema"});
}

TEST(SchemaCheck, ListsTheFirstErrorsAndCountsTheRest) {
  std::string text = "{\"properties\": {";
  for (int i = 0; i < 1000; ++i) text += "\"k" + std::to_string(i) + "\": 3, ";
  const auto errors = errors_of(text + "\"z\": {}}}");
  ASSERT_EQ(errors.size(), 21u);
  EXPECT_EQ(errors[20], "s: error: not a valid schema: 980 more such errors");
}

TEST(SchemaCheck, DeepSchemasAreRefusedAndDoNotOverflow) {
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "{\"not\": ";
    return text + "{}" + std::string(static_cast<std::size_t>(depth), '}');
  };
  EXPECT_TRUE(errors_of(nested(199)).empty());
  ASSERT_EQ(errors_of(nested(200)).size(), 1u);
  EXPECT_TRUE(errors_of(nested(200))[0].ends_with("nested more than 200 deep"));
  EXPECT_EQ(errors_of(nested(1'000'000)).size(), 1u);
}

TEST(SchemaCheck, ChecksEachContentOnce) {
  SchemaChecker checker;
  std::vector<Diagnostic> diagnostics;
  checker.check("{\"type\": 3}", "a", diagnostics);
  checker.check("{\"type\": 3}", "b", diagnostics);
  EXPECT_EQ(checker.checked(), 1u);
  ASSERT_EQ(diagnostics.size(), 2u);
  EXPECT_EQ(diagnostics[0].path, "a");
  EXPECT_EQ(diagnostics[1].path, "b");
  EXPECT_EQ(diagnostics[0].text, diagnostics[1].text);
}

TEST(SchemaCheck, RemembersOnlySoMany) {
  SchemaChecker checker;
  std::vector<Diagnostic> diagnostics;
  const auto check = [&](std::size_t i) {
    // An identifier: not to be judged at a glance.
    checker.check("{\"$id\": \"" + std::to_string(i) + "\"}", "s", diagnostics);
  };
  for (std::size_t i = 0; i < 2 * SchemaChecker::kRememberedMax; ++i) {
    check(i);
    check(0);  // in use, so it stays
  }
  EXPECT_EQ(checker.checked(), 2 * SchemaChecker::kRememberedMax);
  check(1);
  EXPECT_EQ(checker.checked(), 2 * SchemaChecker::kRememberedMax + 1);
}

}  // namespace
}  // namespace pawl
