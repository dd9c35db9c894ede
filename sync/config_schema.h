// The configuration's YAML, mapped onto its structs.
#pragma once

#include <string>

#include "sync/config_check.h"
#include "sync/yaml_map.h"

namespace pawl {

// Reads everything that one place in the file tells; what needs several is check_config's.
class SchemaReader {
 public:
  // `folder` is absolute: what relative paths in the file start at. The rest must outlive the
  // reader.
  SchemaReader(std::string file, std::string folder, LoadedConfig& loaded, SourcePlaces& places);

  // Fills `loaded` and `places`. Throws YAML::Exception if `text` is not YAML.
  void read(const std::string& text);

 private:
  void registry(const YAML::Node& node, const Place& place);
  void budget(YamlMap& map);
  void sources(YamlMap& map);
  void source(const YAML::Node& node, const Place& place);
  void source_config(const YAML::Node& node, const Place& place, SourceConfig& source);
  void watch_options(const YAML::Node& node, const Place& place, WatchOptions& options);
  void limits(const YAML::Node& node, const Place& place, TaskLimits& limits);

  std::string file_;
  std::string folder_;
  LoadedConfig& loaded_;
  SourcePlaces& places_;
};

}  // namespace pawl
