// What the parts are given to work on: the same for the measurements in micro/ and for the guard.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/ignore.h"
#include "core/task/task.h"

namespace parts {

// As a large repository's .gitignore would have them: names, suffixes, anchored ones, "**",
// classes, negations. None matches any of paths().
std::vector<std::string> ordinary_patterns(std::size_t count);

// What a backtracking matcher needs exponential time for.
std::vector<std::string> pathological_patterns(std::size_t count);

// Relative paths of files, four components deep, all different.
std::vector<std::string> paths(std::size_t count);

// A path on which the pathological patterns nearly match, of so many bytes.
std::string almost_matching_path(std::size_t size);

// REQUIRES: the patterns are good.
pawl::IgnoreRules rules_of(const std::vector<std::string>& patterns);

// The metadata.json of so many generated tasks.
std::vector<std::string> metadata_texts(std::size_t count);

// Generated tasks as they are handed to the registry and to the store.
std::vector<pawl::TaskEvent> added_tasks(std::size_t count);

}  // namespace parts
