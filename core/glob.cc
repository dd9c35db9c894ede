#include "core/glob.h"

#include <fmt/format.h>

#include <bitset>
#include <utility>
#include <vector>

namespace pawl {
namespace {

using Bytes = std::bitset<256>;

constexpr std::size_t kPatternMax = 4096;  // bytes, as long as a path

constexpr unsigned char byte(char c) {
  return static_cast<unsigned char>(c);
}

struct Component {
  GlobComponent pattern;
  Glob::Simple simple = Glob::Simple::kNo;
  std::string literal;
};

// Reads one component, up to a slash or the end.
class ComponentParser {
 public:
  explicit ComponentParser(std::string_view& rest) : rest_(rest) {}

  // What is wrong with it, or "".
  std::string parse(Component& component) {
    const std::string_view start = rest_;
    while (!rest_.empty() && rest_.front() != '/') {
      std::string wrong = element();
      if (!wrong.empty()) return wrong;
    }
    const std::string_view text = start.substr(0, start.size() - rest_.size());
    if (text.empty()) return "two slashes in a row";
    if (text == "." || text == "..") return "\".\" and \"..\" are never part of a path here";
    pattern_.any = text == "**";
    if (!wild_ && !literal_.empty()) {
      component.simple = star_first_ ? Glob::Simple::kSuffix : Glob::Simple::kName;
    }
    component.literal = std::move(literal_);
    component.pattern = std::move(pattern_);
    return {};
  }

 private:
  char next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string element() {
    ++elements_;
    char c = next();
    if (c == '[') return bracket();
    if (c == '*') {
      stars();
      return {};
    }
    if (c == '?') {
      wild_ = true;
      pattern_.add_any_byte();
      return {};
    }
    if (c == '\\') {
      if (rest_.empty() || rest_.front() == '/') return kLoneBackslash;
      c = next();
    }
    literal_ += c;
    pattern_.add_byte(c);
    return {};
  }

  void stars() {
    while (take('*')) {
    }
    (elements_ == 1 ? star_first_ : wild_) = true;
    pattern_.add_star();
  }

  std::string bracket() {
    wild_ = true;
    const bool inverted = take('!') || take('^');
    Bytes bytes;
    // A ] that comes first is one of the bytes.
    for (bool first = true; first || !take(']'); first = false) {
      if (rest_.empty()) return "a [ without its ]";
      if (rest_.starts_with("[:")) return "classes such as [:alpha:] are not known";
      std::string wrong = range(bytes);
      if (!wrong.empty()) return wrong;
    }
    if (inverted) bytes.flip();
    bytes.reset(byte('/'));
    pattern_.add_set(bytes);
    return {};
  }

  // "a", or "a-z". A hyphen that comes last is one of the bytes.
  std::string range(Bytes& bytes) {
    char low = 0;
    if (!class_byte(low)) return kLoneBackslash;
    char high = low;
    if (rest_.size() >= 2 && rest_[0] == '-' && rest_[1] != ']') {
      take('-');
      if (!class_byte(high)) return kLoneBackslash;
    }
    if (byte(low) > byte(high)) return "a range that ends before it begins";
    for (unsigned i = byte(low); i <= byte(high); ++i) bytes.set(i);
    return {};
  }

  bool class_byte(char& c) {
    c = next();
    if (c != '\\') return true;
    if (rest_.empty()) return false;
    c = next();
    return true;
  }

  static constexpr const char* kLoneBackslash = "a backslash with nothing to escape";

  std::string_view& rest_;
  GlobComponent pattern_;
  std::string literal_;
  int elements_ = 0;         // stars in a row are one
  bool star_first_ = false;  // it begins with stars
  bool wild_ = false;        // it holds anything else but literal bytes
};

// "**/" at the start says what a pattern says anyway that is not anchored.
void drop_leading_any(std::vector<Component>& components, bool& anchored) {
  while (components.size() > 1 && components.front().pattern.any) {
    components.erase(components.begin());
    anchored = false;
  }
}

bool drop_trailing_any(std::vector<Component>& components) {
  const std::size_t before = components.size();
  while (!components.empty() && components.back().pattern.any) components.pop_back();
  return components.size() < before;
}

Glob assemble(std::vector<Component> components, bool anchored, bool directory_only) {
  Glob glob;
  drop_leading_any(components, anchored);
  glob.open = drop_trailing_any(components);
  glob.anchored = anchored;
  glob.directory_only = directory_only;
  glob.below = glob.open && !directory_only;
  if (components.size() == 1 && !anchored && glob.open == glob.below) {
    glob.simple = components[0].simple;
    glob.literal = components[0].literal;
  }
  for (Component& component : components) glob.components.push_back(std::move(component.pattern));
  return glob;
}

}  // namespace

Result<Glob> parse_glob(std::string_view pattern) {
  const auto wrong = [&](std::string what) {
    return Status(Code::kUsage, "use the ignore pattern", fmt::format("\"{}\"", pattern),
                  std::move(what));
  };
  std::string_view rest = pattern;
  const auto take = [&](char c) {
    const bool found = rest.starts_with(c);
    if (found) rest.remove_prefix(1);
    return found;
  };
  if (pattern.size() > kPatternMax) return wrong("longer than 4096 bytes");
  const bool negated = take('!');
  const bool anchored = take('/');
  bool directory_only = false;
  if (rest.empty()) return wrong(anchored ? "it names nothing below the root" : "it is empty");
  std::vector<Component> components;
  while (!rest.empty()) {
    std::string what = ComponentParser(rest).parse(components.emplace_back());
    if (!what.empty()) return wrong(std::move(what));
    directory_only = take('/') && rest.empty();
  }
  Glob glob = assemble(std::move(components), anchored, directory_only);
  glob.negated = negated;
  return glob;
}

}  // namespace pawl
