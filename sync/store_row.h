// The row of a task as it stands in the database: for the files of Store that compare it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/task/task.h"
#include "sync/content_hash.h"
#include "sync/store.h"

namespace pawl {

struct Store::Row {
  std::int64_t id = 0;
  std::string uuid;
  std::string version;
  std::string source;
  std::string path;
  std::string checksum;
  std::optional<std::uint64_t> content_hash;
  std::string conflict;
  std::string conflict_at;
  std::int64_t conflict_revision = 0;
  bool removed = false;
  std::string updated_at;
  std::string validated_at;
  std::string label;
  std::string description;
  std::string tags;
  TaskContent content;

  ContentView view() const {
    return {label,
            description,
            tags,
            content.metadata,
            content.input_schema,
            content.output_schema,
            content.script};
  }
  // Someone else has written it since pawl did.
  bool edited() const { return content_hash && *content_hash != pawl::content_hash(view()); }
  // It was kept against the disk.
  bool kept() const { return conflict == "database"; }
};

// What a row is written with beside its content.
struct Store::Decision {
  std::string conflict;  // empty: none
  std::string at;
  std::int64_t revision = 0;
};

}  // namespace pawl
