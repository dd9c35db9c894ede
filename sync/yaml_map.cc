#include "sync/yaml_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "sync/suggest.h"

namespace pawl {
namespace {

std::string_view kind_of(const YAML::Node& node) {
  if (!node.IsDefined() || node.IsNull()) return "nothing";
  if (node.IsMap()) return "a mapping";
  if (node.IsSequence()) return "a list";
  return "text";
}

bool parse_number(std::string_view text, std::uint64_t& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end && !text.empty();
}

// A number that is too large for 64 bits, or negative, is out of range and not of the wrong type.
bool looks_like_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool parse_size(std::string_view text, std::uint64_t& value) {
  static constexpr std::array<std::pair<std::string_view, int>, 4> kUnits{
      {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"", 0}}};
  for (const auto& [unit, shift] : kUnits) {
    if (!text.ends_with(unit)) continue;
    text.remove_suffix(unit.size());
    while (text.ends_with(' ')) text.remove_suffix(1);
    std::uint64_t number = 0;
    if (!parse_number(text, number) || number > (UINT64_MAX >> shift)) return false;
    value = number << shift;
    return true;
  }
  return false;
}

}  // namespace

YamlMap::YamlMap(const YAML::Node& node, Place key, std::string where,
                 std::vector<ConfigError>& errors)
    : place_(std::move(key)), where_(std::move(where)), errors_(errors) {
  if (!node.IsDefined() || node.IsNull()) return;
  if (!node.IsMap()) {
    report(place_of(node), fmt::format("{} must be a mapping, and is {}", where_, kind_of(node)),
           "write its keys below it, indented");
    return;
  }
  for (const auto& pair : node) {
    Entry entry{pair.first.IsScalar() ? pair.first.Scalar() : std::string(kind_of(pair.first)),
                place_of(pair.first), pair.second};
    entries_.push_back(std::move(entry));
  }
}

const YamlMap::Entry* YamlMap::find(std::string_view key) const {
  for (const Entry& entry : entries_) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

Place YamlMap::place_of(const YAML::Node& node) const {
  const YAML::Mark mark = node.Mark();
  if (mark.is_null()) return place_;
  return {place_.file, static_cast<std::uint32_t>(mark.line + 1),
          static_cast<std::uint32_t>(mark.column + 1)};
}

Place YamlMap::place_of(std::string_view key) const {
  const Entry* entry = find(key);
  if (entry == nullptr) return place_;
  // yaml-cpp marks an empty value at whatever follows it.
  return entry->value.IsNull() ? entry->place : place_of(entry->value);
}

YAML::Node YamlMap::child(std::string_view key) {
  known_.push_back(key);
  const Entry* entry = find(key);
  return entry == nullptr ? YAML::Node(YAML::NodeType::Undefined) : entry->value;
}

void YamlMap::report(const Place& place, std::string text, std::string remedy) {
  errors_.push_back({place.file, place.line, place.column, std::move(text), std::move(remedy)});
}

const std::string* YamlMap::scalar(std::string_view key, std::string_view wanted,
                                   std::string_view remedy) {
  known_.push_back(key);
  const Entry* entry = find(key);
  if (entry == nullptr) return nullptr;
  if (entry->value.IsScalar()) return &entry->value.Scalar();
  report(place_of(key), fmt::format("{} must be {}, and is {}", key, wanted, kind_of(entry->value)),
         std::string(remedy));
  return nullptr;
}

bool YamlMap::boolean(std::string_view key, bool& value) {
  const std::string* text = scalar(key, "true or false", "write true or false");
  if (text == nullptr) return false;
  // A quoted "true" is text: its tag says so.
  const bool plain = find(key)->value.Tag() != "!";
  if (plain && (*text == "true" || *text == "false")) {
    value = *text == "true";
    return true;
  }
  report(place_of(key), fmt::format("{} must be true or false, and is '{}'", key, *text),
         "write true or false, without quotes");
  return false;
}

bool YamlMap::number(std::string_view key, std::uint64_t low, std::uint64_t high,
                     std::uint64_t& value) {
  const std::string remedy = fmt::format("write a number from {} to {}", low, high);
  const std::string* text = scalar(key, "a whole number", remedy);
  if (text == nullptr) return false;
  std::uint64_t read = 0;
  if (parse_number(*text, read) && read >= low && read <= high) {
    value = read;
    return true;
  }
  report(place_of(key),
         looks_like_number(*text)
             ? fmt::format("{} is out of range: {}", key, *text)
             : fmt::format("{} must be a whole number, and is '{}'", key, *text),
         remedy);
  return false;
}

bool YamlMap::number(std::string_view key, std::uint32_t low, std::uint32_t high,
                     std::uint32_t& value) {
  std::uint64_t read = 0;
  if (!number(key, std::uint64_t{low}, std::uint64_t{high}, read)) return false;
  value = static_cast<std::uint32_t>(read);
  return true;
}

bool YamlMap::milliseconds(std::string_view key, std::uint64_t low, std::uint64_t high,
                           std::chrono::milliseconds& value) {
  std::uint64_t read = 0;
  if (!number(key, low, high, read)) return false;
  value = std::chrono::milliseconds(read);
  return true;
}

bool YamlMap::size(std::string_view key, std::uint64_t high, std::uint64_t& value) {
  const std::string remedy =
      fmt::format("write bytes from 1 to {}, or a number with KiB, MiB or GiB", high);
  const std::string* text = scalar(key, "a size", remedy);
  if (text == nullptr) return false;
  std::uint64_t read = 0;
  const bool parsed = parse_size(*text, read);
  if (parsed && read >= 1 && read <= high) {
    value = read;
    return true;
  }
  report(place_of(key),
         parsed || looks_like_number(*text)
             ? fmt::format("{} is out of range: {}", key, *text)
             : fmt::format("{} must be a size, and is '{}'", key, *text),
         remedy);
  return false;
}

bool YamlMap::text(std::string_view key, std::string& value) {
  const std::string* read = scalar(key, "text", fmt::format("write text after {}:", key));
  if (read == nullptr) return false;
  if (read->empty()) {
    report(place_of(key), fmt::format("{} is empty", key),
           fmt::format("write text after {}:", key));
    return false;
  }
  value = *read;
  return true;
}

bool YamlMap::choice(std::string_view key, std::span<const std::string_view> words,
                     std::size_t& value) {
  const std::string remedy = fmt::format("write one of {}", fmt::join(words, ", "));
  const std::string* read = scalar(key, "a word", remedy);
  if (read == nullptr) return false;
  const auto found = std::find(words.begin(), words.end(), *read);
  if (found == words.end()) {
    report(place_of(key), fmt::format("{} can't be '{}'", key, *read), remedy);
    return false;
  }
  value = static_cast<std::size_t>(found - words.begin());
  return true;
}

void YamlMap::texts(std::string_view key, std::vector<std::string>& value,
                    std::vector<Place>& places) {
  const YAML::Node node = child(key);
  if (!node.IsDefined()) return;
  const std::string remedy = "write a list, as [\"*.tmp\", \"*.swp\"], or [] for none";
  if (!node.IsSequence()) {
    report(place_of(key), fmt::format("{} must be a list, and is {}", key, kind_of(node)), remedy);
    return;
  }
  value.clear();
  for (const YAML::Node& item : node) {
    if (item.IsScalar() && !item.Scalar().empty()) {
      value.push_back(item.Scalar());
      places.push_back(place_of(item));
      continue;
    }
    report(place_of(item.IsNull() ? node : item),
           fmt::format("an entry of {} must be text, and is {}", key,
                       item.IsScalar() ? "empty" : kind_of(item)),
           remedy);
  }
}

void YamlMap::finish() {
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    const auto same = [&](const Entry& other) { return other.key == entry->key; };
    const auto first = std::find_if(entries_.begin(), entry, same);
    if (first != entry) {
      report(entry->place, fmt::format("'{}' stands twice", entry->key),
             fmt::format("the first is in line {}; keep one", first->place.line));
      continue;
    }
    if (std::find(known_.begin(), known_.end(), entry->key) != known_.end()) continue;
    const std::string_view near = nearest_word(entry->key, known_);
    report(entry->place, fmt::format("unknown key '{}' in {}", entry->key, where_),
           near.empty() ? fmt::format("it may hold {}", fmt::join(known_, ", "))
                        : fmt::format("did you mean '{}'?", near));
  }
}

}  // namespace pawl
