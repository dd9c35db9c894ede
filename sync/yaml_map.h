// Reads one YAML mapping key by key, with types and ranges, and collects what is wrong instead of
// stopping. Includes yaml-cpp, so only for the .cc files that read configuration.
//
// yaml-cpp throws; these methods let that through to the caller, which catches it.
#pragma once

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/config_check.h"

namespace pawl {

class YamlMap {
 public:
  // `where` names the mapping in errors, as "watch_options". A node that is empty is an empty
  // mapping; one of another type is an error, and then nothing is found in it. `key` is where an
  // empty one stands.
  YamlMap(const YAML::Node& node, Place key, std::string where, std::vector<ConfigError>& errors);

  // Each looks `key` up and, if it is there and right, stores it. False: absent or wrong; a wrong
  // one has been reported and `value` is unchanged.
  bool boolean(std::string_view key, bool& value);
  bool number(std::string_view key, std::uint64_t low, std::uint64_t high, std::uint64_t& value);
  bool number(std::string_view key, std::uint32_t low, std::uint32_t high, std::uint32_t& value);
  bool milliseconds(std::string_view key, std::uint64_t low, std::uint64_t high,
                    std::chrono::milliseconds& value);
  // Bytes: 4096, 512KiB, 8MiB, 1GiB.
  bool size(std::string_view key, std::uint64_t high, std::uint64_t& value);
  bool text(std::string_view key, std::string& value);
  // One of `words`; stores its index.
  bool choice(std::string_view key, std::span<const std::string_view> words, std::size_t& value);
  // A list of strings, and where each stands. Entries that are wrong are reported and left out.
  void texts(std::string_view key, std::vector<std::string>& value, std::vector<Place>& places);
  // The node below `key`, or an undefined one.
  YAML::Node child(std::string_view key);

  // Where the value of `key` stands, or the key if the value is empty, or the mapping if it is
  // absent.
  Place place_of(std::string_view key) const;
  Place place_of(const YAML::Node& node) const;
  const Place& place() const { return place_; }

  void report(const Place& place, std::string text, std::string remedy);

  // Reports every key that was never asked for, and every key that stands twice.
  void finish();

 private:
  struct Entry {
    std::string key;
    Place place;
    YAML::Node value;
  };

  const Entry* find(std::string_view key) const;
  // The scalar's text, or null after reporting that `wanted` was expected.
  const std::string* scalar(std::string_view key, std::string_view wanted, std::string_view remedy);

  Place place_;
  std::string where_;
  std::vector<ConfigError>& errors_;
  std::vector<Entry> entries_;
  std::vector<std::string_view> known_;  // literals of the callers
};

}  // namespace pawl
