#include <pawl/error.h>
#include <pawl/version.h>

#include "core/status.h"

const char* pawl_version(void) { return PAWL_VERSION_STRING; }

namespace pawl {

std::string_view error_code_name(ErrorCode code) { return code_name(static_cast<Code>(code)); }

std::string Error::message() const {
  return Status(static_cast<Code>(code_), operation_, path_, detail_, os_error_).message();
}

}  // namespace pawl
