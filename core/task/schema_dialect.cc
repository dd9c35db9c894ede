#include "core/task/schema_dialect.h"

#include <cstddef>

namespace pawl {
namespace {

constexpr std::string_view kUris[] = {
    "http://json-schema.org/draft-04/schema",       "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-07/schema",       "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
};

std::string_view without_scheme(std::string_view uri) {
  if (uri.starts_with("https://")) return uri.substr(8);
  if (uri.starts_with("http://")) return uri.substr(7);
  return uri;
}

}  // namespace

std::string_view dialect_uri(SchemaDialect dialect) {
  return kUris[static_cast<std::size_t>(dialect)];
}

std::optional<SchemaDialect> dialect_of(std::string_view schema_uri) {
  if (schema_uri.ends_with('#')) schema_uri.remove_suffix(1);
  for (const SchemaDialect dialect : kSchemaDialects) {
    const std::string_view known = dialect_uri(dialect);
    // The scheme must be there: without_scheme leaves a URI that has none as it is.
    if (schema_uri.find("://") != std::string_view::npos &&
        without_scheme(schema_uri) == without_scheme(known)) {
      return dialect;
    }
  }
  return std::nullopt;
}

}  // namespace pawl
