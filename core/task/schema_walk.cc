#include "core/task/schema_walk.h"

#include <fmt/format.h>
#include <rapidjson/pointer.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/task/schema_keywords.h"

namespace pawl {
namespace {

// A URI fragment as the text that it stands for (RFC 3986, 2.1). Nothing: a `%` stands alone.
std::optional<std::string> percent_decoded(std::string_view fragment) {
  std::string text;
  for (std::size_t i = 0; i < fragment.size(); ++i) {
    if (fragment[i] != '%') {
      text += fragment[i];
      continue;
    }
    unsigned value = 0;
    const char* const begin = fragment.data() + i + 1;
    const char* const end = begin + 2;
    if (i + 2 >= fragment.size() || std::from_chars(begin, end, value, 16).ptr != end)
      return std::nullopt;
    text += static_cast<char>(value);
    i += 2;
  }
  return text;
}

std::string_view text_of(const JsonValue& value) {
  return {value.GetString(), value.GetStringLength()};
}

class Walk {
 public:
  Walk(const JsonValue& root, SchemaDialect dialect, SchemaProblems& problems)
      : root_(root), dialect_(dialect), problems_(problems) {}

  void run() {
    schema(root_, root_);
    for (const Reference& reference : references_) check(reference);
  }

 private:
  struct Reference {
    JsonPointer pointer;
    std::string_view target;
    const JsonValue* base;  // the schema that "#" means there
  };

  // `base`: the nearest schema around with an identifier of its own; local references start there.
  void schema(const JsonValue& value, const JsonValue& base) {
    if (!value.IsObject()) return;
    const JsonValue& inner_base = identified(value) ? value : base;
    for (const auto& member : value.GetObject()) {
      const std::string_view name = text_of(member.name);
      at_.emplace_back(name);
      keyword(member.value, keyword_kind(name, dialect_), inner_base);
      at_.pop_back();
    }
  }

  void keyword(const JsonValue& value, KeywordKind kind, const JsonValue& base) {
    switch (kind) {
      case KeywordKind::kSchema:
        schema(value, base);
        break;
      case KeywordKind::kSchemaOrList:
      case KeywordKind::kSchemas:
      case KeywordKind::kSchemaMap:
        schemas(value, kind, base);
        break;
      case KeywordKind::kDependencies:
      case KeywordKind::kNamesMap:
        dependencies(value, base);
        break;
      case KeywordKind::kNames:
      case KeywordKind::kType:
        names(value);
        break;
      case KeywordKind::kReference:
        references_.push_back({at_, text_of(value), &base});
        break;
      case KeywordKind::kAnchor:
        anchors_.insert(text_of(value));
        break;
      default:
        break;
    }
  }

  void schemas(const JsonValue& value, KeywordKind kind, const JsonValue& base) {
    if (value.IsArray()) {
      for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
        at_.push_back(std::to_string(i));
        schema(value[i], base);
        at_.pop_back();
      }
    } else if (kind == KeywordKind::kSchemaOrList) {
      schema(value, base);
    } else {
      for (const auto& member : value.GetObject()) {
        at_.emplace_back(text_of(member.name));
        schema(member.value, base);
        at_.pop_back();
      }
    }
  }

  void dependencies(const JsonValue& value, const JsonValue& base) {
    for (const auto& member : value.GetObject()) {
      at_.emplace_back(text_of(member.name));
      member.value.IsArray() ? names(member.value) : schema(member.value, base);
      at_.pop_back();
    }
  }

  void names(const JsonValue& value) {
    if (!value.IsArray()) return;
    std::set<std::string_view> seen;
    for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
      if (seen.insert(text_of(value[i])).second) continue;
      at_.push_back(std::to_string(i));
      problems_.add(at_, fmt::format("repeats \"{}\"", text_of(value[i])));
      at_.pop_back();
    }
  }

  // Whether `value` has an identifier that makes it a document of its own. Before 2019-09 one that
  // is a bare fragment is an anchor instead.
  bool identified(const JsonValue& value) {
    const auto id = value.FindMember(dialect_ == SchemaDialect::kDraft04 ? "id" : "$id");
    if (id == value.MemberEnd() || !id->value.IsString()) return false;
    const std::string_view text = text_of(id->value);
    if (!text.starts_with('#')) return true;
    anchors_.insert(text.substr(1));
    return false;
  }

  void check(const Reference& reference) {
    if (!reference.target.starts_with('#') || reference.target == "#") return;
    const std::string_view fragment = reference.target.substr(1);
    if (!fragment.starts_with('/')) {
      if (!anchors_.contains(fragment)) fail(reference, "no schema there has that name");
      return;
    }
    // Not in its form with '#': that refuses a `$` that is not percent-encoded, as in "$defs".
    const std::optional<std::string> decoded = percent_decoded(fragment);
    const rapidjson::Pointer pointer(decoded ? decoded->data() : "/~", decoded ? decoded->size() : 2);
    if (!decoded || !pointer.IsValid()) {
      fail(reference, "that is not a JSON pointer");
    } else if (pointer.Get(*reference.base) == nullptr && pointer.Get(root_) == nullptr) {
      fail(reference, "nothing is there");
    }
  }

  void fail(const Reference& reference, std::string_view why) {
    problems_.add(reference.pointer, fmt::format("points to \"{}\": {}", reference.target, why));
  }

  const JsonValue& root_;
  SchemaDialect dialect_;
  SchemaProblems& problems_;
  JsonPointer at_;
  std::vector<Reference> references_;
  std::set<std::string_view> anchors_;
};

}  // namespace

void walk_schema(const JsonValue& schema, SchemaDialect dialect, SchemaProblems& problems) {
  Walk(schema, dialect, problems).run();
}

std::string pointer_text(const JsonPointer& pointer) {
  if (pointer.empty()) return "the file";
  std::string text;
  for (const std::string& token : pointer) {
    text += '/';
    for (const char c : token) {
      if (c == '~') {
        text += "~0";
      } else if (c == '/') {
        text += "~1";
      } else {
        text += c;
      }
    }
  }
  return text;
}

}  // namespace pawl
