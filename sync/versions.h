// Which libraries this process runs with: for `doctor` and for reports of bugs.
#pragma once

#include <string>

namespace pawl {

// Of the SQLite that is linked, as "3.40.1".
std::string sqlite_version();

}  // namespace pawl
