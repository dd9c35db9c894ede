// metadata.json: what a task says of itself.
//
//   version      required; Semantic Versioning 2.0.0
//   label, name  one of them is required; label is taken if there are both
//   uuid         optional; RFC 9562
//   description  optional
//   tags         optional; a list of strings
//
// Every other key (author, runtime, timeout, …) is let through as long as it is JSON. A key that
// occurs twice counts as its last occurrence, as in JavaScript. A byte order mark is skipped.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/task/diagnostic.h"

namespace pawl {

class FieldsReader;

struct Metadata {
  std::string uuid;  // lower case; empty if the file names none
  std::string version;
  std::string label;
  std::string description;
  std::vector<std::string> tags;
};

// Threading: one thread at a time. Keeps its buffers from call to call.
class MetadataReader {
 public:
  MetadataReader();
  ~MetadataReader();

  // Reads `text` and adds everything that is wrong with it to `diagnostics`, under `path`. The
  // result holds only if nothing was added.
  Metadata read(std::string_view text, const std::string& path,
                std::vector<Diagnostic>& diagnostics);

 private:
  std::unique_ptr<FieldsReader> fields_;
};

}  // namespace pawl
