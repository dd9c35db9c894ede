// The values of the keys that pawl knows in metadata.json, as they stand there, not yet judged.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pawl {

struct Field {
  std::size_t offset = 0;           // of its first byte
  std::string_view kind;            // "a number", …
  std::optional<std::string> text;  // of a string
  std::vector<Field> elements;      // of an array
};

struct MetadataFields {
  std::optional<Field> uuid;
  std::optional<Field> version;
  std::optional<Field> label;
  std::optional<Field> name;
  std::optional<Field> description;
  std::optional<Field> tags;
};

enum class FieldsOutcome : unsigned char {
  kRead,
  kNoObject,  // JSON, or at least its start is, but not an object
  kNotJson,
};

// Threading: one thread at a time. Keeps its buffers from call to call.
class FieldsReader {
 public:
  FieldsReader();
  ~FieldsReader();

  // Reads all of `text`. Unless the outcome is kRead, `fields` is of no use, and `error_offset` is
  // about where reading ended.
  //
  // REQUIRES: `text` has no byte order mark and is nested no deeper than recursion survives.
  FieldsOutcome read(std::string_view text, MetadataFields& fields, std::size_t& error_offset);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace pawl
