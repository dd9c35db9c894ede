// How much this user may watch, and how much of it is used: for a person (`doctor`), and for
// leaving part of it to others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pawl {

// An empty value is not known.
struct WatchLimits {
  std::optional<std::uint64_t> watches_max;    // of this user, all programs together
  std::optional<std::uint64_t> instances_max;  // of this user, all programs together
  std::optional<std::uint64_t> queue_max;      // events waiting, per instance
  std::optional<std::uint64_t> watches_used;
  std::optional<std::uint64_t> instances_used;
  std::string note;  // what a person should know of these numbers; may be empty
};

// The limits alone: three to five small files are read.
//
// `proc` is where procfs is mounted. Any thread; does not block.
WatchLimits read_watch_limits(const std::string& proc = "/proc");

// The limits and what is used. Every descriptor of every process of this user is visited: tens of
// milliseconds on a busy machine. Processes that may not be read, or that another container hides,
// are not counted, and an instance shared by two processes counts twice.
WatchLimits read_watch_usage(const std::string& proc = "/proc");

}  // namespace pawl
