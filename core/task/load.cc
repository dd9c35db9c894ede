#include "core/task/load.h"

namespace pawl {

std::string task_path(const LoadRequest& request) {
  if (request.relative.empty()) return request.root;
  return request.root.ends_with('/') ? request.root + request.relative
                                     : request.root + "/" + request.relative;
}

}  // namespace pawl
