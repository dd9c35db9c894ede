#include "core/task/metadata.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "core/task/json_text.h"
#include "core/task/metadata_fields.h"
#include "core/task/semver.h"
#include "core/task/text.h"
#include "core/task/uuid.h"

namespace pawl {
namespace {

// Turns fields into metadata, and what is wrong with them into diagnostics.
class Judge {
 public:
  Judge(std::string_view text, const std::string& path, std::vector<Diagnostic>& diagnostics)
      : text_(text), path_(path), diagnostics_(diagnostics) {}

  void report(std::string what) { diagnostics_.push_back({path_, 0, 0, std::move(what)}); }

  void report(std::size_t offset, std::string what) {
    const TextPosition at = position_of(text_, offset);
    diagnostics_.push_back({path_, at.line, at.column, std::move(what)});
  }

  Metadata judge(MetadataFields& fields) {
    Metadata metadata;
    if (auto text = text_of(fields.uuid, "uuid")) uuid(*text, fields.uuid->offset, metadata);
    if (auto text = text_of(fields.version, "version")) {
      if (!parse_semver(*text)) {
        report(fields.version->offset,
               fmt::format("\"version\" is not a semantic version such as 1.2.3: \"{}\"", *text));
      }
      metadata.version = std::move(*text);
    } else if (!fields.version) {
      report("\"version\" is missing");
    }
    label(fields, metadata);
    metadata.description = text_of(fields.description, "description").value_or("");
    if (fields.tags) tags(*fields.tags, metadata);
    return metadata;
  }

 private:
  // The string in `field`; reports one of another kind.
  std::optional<std::string> text_of(const std::optional<Field>& field, std::string_view key) {
    if (!field) return std::nullopt;
    if (!field->text) {
      report(field->offset, fmt::format("\"{}\" must be a string and is {}", key, field->kind));
    }
    return field->text;
  }

  void uuid(const std::string& text, std::size_t offset, Metadata& metadata) {
    if (auto uuid = normalize_uuid(text)) {
      metadata.uuid = std::move(*uuid);
    } else {
      report(offset, fmt::format("\"uuid\" is not a UUID: \"{}\"", text));
    }
  }

  void label(const MetadataFields& fields, Metadata& metadata) {
    const auto label = text_of(fields.label, "label");
    const auto name = text_of(fields.name, "name");
    if (!fields.label && !fields.name) report("\"label\" (or \"name\") is missing");
    metadata.label = label ? *label : name.value_or("");
    const bool both_readable = (label || !fields.label) && (name || !fields.name);
    if (metadata.label.empty() && both_readable && (label || name)) {
      report((label ? fields.label : fields.name)->offset,
             fmt::format("\"{}\" is empty", label ? "label" : "name"));
    }
  }

  void tags(const Field& field, Metadata& metadata) {
    if (field.kind != "a list") {
      report(field.offset, fmt::format("\"tags\" must be a list of strings and is {}", field.kind));
    }
    for (const Field& element : field.elements) {
      if (element.text) {
        metadata.tags.push_back(*element.text);
      } else {
        report(element.offset, fmt::format("a tag must be a string and is {}", element.kind));
      }
    }
  }

  std::string_view text_;
  const std::string& path_;
  std::vector<Diagnostic>& diagnostics_;
};

}  // namespace

MetadataReader::MetadataReader() : fields_(std::make_unique<FieldsReader>()) {}
MetadataReader::~MetadataReader() = default;

Metadata MetadataReader::read(std::string_view text, const std::string& path,
                              std::vector<Diagnostic>& diagnostics) {
  text = without_bom(text);
  Judge judge(text, path, diagnostics);
  MetadataFields fields;
  std::size_t offset = 0;
  FieldsOutcome outcome = FieldsOutcome::kNotJson;
  if (!find_too_deep(text)) outcome = fields_->read(text, fields, offset);
  if (outcome == FieldsOutcome::kRead) return judge.judge(fields);
  // simdjson tells that something is wrong, and only roughly where: another reader says exactly.
  if (const auto error = find_json_error(text)) {
    judge.report(error->offset, error->text);
  } else if (outcome == FieldsOutcome::kNoObject) {
    judge.report(text.find_first_not_of(" \t\r\n"), "the metadata must be an object");
  } else {
    judge.report(offset, "not JSON");
  }
  return {};
}

}  // namespace pawl
