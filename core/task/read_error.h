// What an error of reading means for the task that was being read.
#pragma once

#include <cstdint>
#include <string>

#include "core/status.h"
#include "core/task/limits.h"

namespace pawl {

enum class ReadError : std::uint8_t {
  kVanished,  // it is not there, or not what it was when it was listed
  kRefused,   // it is there, and will not be read until someone changes something
  kPassing,   // trying again may succeed
};

ReadError read_error_of(Code code);

// For a diagnostic of something that is kRefused: what is wrong and what to do.
std::string refusal_text(const Status& status, const TaskLimits& limits);

}  // namespace pawl
