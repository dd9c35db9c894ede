// A text as simdjson wants it: followed by bytes that it may read, and not look at.
#pragma once

// A result that is used without a look at its error would throw; so it does not compile.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <cstring>
#include <string>
#include <string_view>

namespace pawl {

// Keeps its room from text to text.
class PaddedText {
 public:
  // Holds until the next call.
  simdjson::padded_string_view hold(std::string_view text) {
    if (room_.size() < text.size() + simdjson::SIMDJSON_PADDING) {
      room_.resize(text.size() + simdjson::SIMDJSON_PADDING);
    }
    if (!text.empty()) std::memcpy(room_.data(), text.data(), text.size());
    std::memset(room_.data() + text.size(), 0, simdjson::SIMDJSON_PADDING);
    return simdjson::padded_string_view(room_.data(), text.size(), room_.size());
  }

 private:
  std::string room_;
};

}  // namespace pawl
