// The real file system of this platform.
#pragma once

#include <memory>

#include "core/file_system.h"

namespace pawl {

// Never null. Serves any number of threads; its calls block for as long as the disk does.
std::unique_ptr<FileSystem> make_file_system();

}  // namespace pawl
