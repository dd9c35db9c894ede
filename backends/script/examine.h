// From what a parser says of a text to what is wrong with a script, and where.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "backends/script/parse.h"
#include "core/task/diagnostic.h"

namespace pawl {

// Nothing, if `script` is UTF-8 and parses as a module or as a classic script. Else the error of
// the form that it seems to be meant as: the one whose parser got further.
std::optional<Diagnostic> examine_script(std::string_view script, const std::string& path,
                                         const ParseScript& parse);

// The offset of what `error` is about, which tells only the line: that at whose end the parser
// begins to say so when it is given more and more of the line. Nothing if that can't be told, or
// would take long.
std::optional<std::size_t> locate_error(std::string_view script, ScriptGoal goal,
                                        const ParseError& error, const ParseScript& parse);

}  // namespace pawl
