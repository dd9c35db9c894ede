// The dialects of JSON Schema that are known.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pawl {

enum class SchemaDialect : std::uint8_t { kDraft04, kDraft06, kDraft07, k2019, k2020 };

inline constexpr std::array kSchemaDialects = {SchemaDialect::kDraft04, SchemaDialect::kDraft06,
                                               SchemaDialect::kDraft07, SchemaDialect::k2019,
                                               SchemaDialect::k2020};

// What "$schema" says for it: "http://json-schema.org/draft-07/schema".
std::string_view dialect_uri(SchemaDialect dialect);

// The dialect that "$schema" names: http or https, with or without an empty fragment.
std::optional<SchemaDialect> dialect_of(std::string_view schema_uri);

// A schema of schemas in that dialect, itself written in draft-07 with no reference but to its own
// parts. That of 2019-09 and of 2020-12 is the published set of vocabularies made one. It asks no
// list to be free of repeats: the validator compares each element with each, so the schema walk
// does that.
std::string_view metaschema_text(SchemaDialect dialect);

}  // namespace pawl
