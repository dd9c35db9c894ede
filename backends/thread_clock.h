#pragma once

#include "core/time.h"

namespace pawl {

// CPU time that the calling thread has used.
Duration thread_cpu_time();

}  // namespace pawl
