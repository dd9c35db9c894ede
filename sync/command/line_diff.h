// The difference of two texts, line by line.
#pragma once

#include <string>
#include <string_view>

namespace pawl::command {

// Empty if they are the same. Else every line, after ' ' (both), '-' (before) or '+' (after), below
// the two names. What is alike at the beginning and the end is shown for three lines only.
std::string line_diff(std::string_view before, std::string_view after, std::string_view before_name,
                      std::string_view after_name);

}  // namespace pawl::command
