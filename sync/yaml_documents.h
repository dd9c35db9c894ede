// How many documents a YAML text holds, found without building any.
#pragma once

#include <cstdint>
#include <string>

namespace pawl {

enum class YamlDocuments : std::uint8_t {
  kAtMostOne,
  kSeveral,
  // The parser gives documents for ever and does not get on in the text: yaml-cpp 0.7 and 0.8 do so
  // at a ',' where no list is open, and YAML::LoadAll takes memory until there is none.
  kEndless,
};

// Throws YAML::Exception where the text is no YAML.
YamlDocuments count_documents(const std::string& text);

}  // namespace pawl
