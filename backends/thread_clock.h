#pragma once

#include "core/time.h"

namespace pawl {

// CPU time that the calling thread has used; where the platform can't say, time that has passed.
Duration thread_cpu_time();

}  // namespace pawl
