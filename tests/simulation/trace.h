// What happened in a run, as text on demand and always as a hash: two runs of one seed must agree.
#pragma once

#include <cstdint>
#include <iostream>
#include <string_view>

#include "core/time.h"

namespace pawl {

class Trace {
 public:
  bool printing = false;

  void add(Instant now, std::string_view what, std::string_view detail = {}) {
    mix(static_cast<std::uint64_t>(to_ns(now)));
    for (const std::string_view text : {what, detail})
      for (const char c : text) mix(static_cast<unsigned char>(c));
    note(now, what, detail);
  }
  // Printed, but no part of the hash.
  void note(Instant now, std::string_view what, std::string_view detail = {}) const {
    if (!printing) return;
    std::cout << static_cast<double>(to_ns(now)) / 1e9 << "  " << what << ' ' << detail << '\n';
  }
  std::uint64_t hash() const { return hash_; }

 private:
  // FNV-1a.
  void mix(std::uint64_t value) { hash_ = (hash_ ^ value) * 0x100000001b3u; }

  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

}  // namespace pawl
