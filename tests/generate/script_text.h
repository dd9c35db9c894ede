// The script of a generated task.
#pragma once

#include <cstddef>
#include <string>

#include "tests/generate/random_words.h"

namespace pawl {

// Correct JavaScript of about `size` bytes (at least one function and main), as an ES module or as
// a classic script.
std::string script_text(Random& random, std::size_t size, bool module);

}  // namespace pawl
