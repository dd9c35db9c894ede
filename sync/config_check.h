// What can only be said of a configuration as a whole, and of the disk that it speaks of.
#pragma once

#include <string>
#include <vector>

#include "sync/config.h"

namespace pawl {

// Where in a file something stands.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// Where things stand, for errors: one element of `names` and `uris` per source.
struct SourcePlaces {
  Place database;
  bool database_reported = false;  // why there is none has been said
  std::vector<Place> names;
  std::vector<Place> uris;
};

// Names that are used twice; roots that are missing, no folders, or one inside the other; the
// database's folder. Fills in the sources' database_patterns.
void check_config(Config& config, bool needs_database, const SourcePlaces& places,
                  std::vector<ConfigError>& errors);

}  // namespace pawl
