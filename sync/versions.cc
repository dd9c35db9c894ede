#include "sync/versions.h"

#include <sqlite3.h>

namespace pawl {

std::string sqlite_version() {
  return sqlite3_libversion();
}

}  // namespace pawl
