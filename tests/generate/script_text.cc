#include "tests/generate/script_text.h"

#include <fmt/format.h>

#include <cctype>
#include <string_view>
#include <vector>

namespace pawl {
namespace {

// In these, @f is the function's name, @N a class's, @a and @b nouns, @p and @q fields, @1 and @2
// numbers. All names that they declare are inside the function, so that any mixture is correct.
constexpr std::array<std::string_view, 10> kFunctions{
    R"(function @f(@as) {
  let @p = @1;
  for (const @a of @as) {
    if (!@a || @a.@q === undefined) continue;
    @p += Number(@a.@q) * @2;
  }
  return Math.round(@p * 100) / 100;
}
)",
    R"(function @f(@as, limit = @1) {
  return @as
    .filter((@a) => @a.@p !== null && @a.@q > @2)
    .map((@a, index) => ({ ...@a, rank: index + 1, @b: `${@a.@p}-${@a.@q}` }))
    .slice(0, limit);
}
)",
    R"(function @f(@a) {
  const problems = [];
  if (typeof @a.@p !== 'string' || @a.@p.length > @1) problems.push('@p is missing or too long');
  if (!Number.isFinite(@a.@q)) problems.push('@q is no number');
  if (problems.length > 0) {
    throw new TypeError(`invalid @a: ${problems.join(', ')}`);
  }
  return true;
}
)",
    R"(function @f(@a) {
  switch (@a.@p) {
    case 'new':
      return { @q: @1, next: 'open' };
    case 'open':
    case 'waiting':
      return { @q: @2, next: 'done' };
    default:
      return { @q: 0, next: @a.@p || 'new' };
  }
}
)",
    R"(class @N {
  constructor(@as = []) {
    this.@as = new Map(@as.map((@a) => [@a.@p, @a]));
    this.limit = @1;
  }

  add(@a) {
    if (this.@as.size >= this.limit) throw new RangeError('too many: ' + this.@as.size);
    this.@as.set(@a.@p, { @q: @2, ...@a });
    return this;
  }

  get size() {
    return this.@as.size;
  }
}
const @f = (@as) => new @N(@as).size;
)",
    R"(async function @f(@a, attempt) {
  for (let tries = 0; tries < @1 % 7 + 1; tries++) {
    try {
      return await attempt(@a, tries);
    } catch (error) {
      if (error.code !== '@p' && tries > @2 % 5) throw error;
    }
  }
  return null;
}
)",
    R"(function @f(text) {
  // "@p: @q" lines, as the @a export writes them
  const pattern = /^\s*([a-z][\w-]*)\s*:\s*(.*?)\s*$/gim;
  const @b = {};
  let match;
  while ((match = pattern.exec(String(text))) !== null) {
    @b[match[1].toLowerCase()] = match[2].slice(0, @1);
  }
  return @b;
}
)",
    R"(function* @f(@as, size = @1) {
  let page = [];
  for (const @a of @as) {
    page.push(@a.@p ?? @a);
    if (page.length === size) {
      yield page;
      page = [];
    }
  }
  if (page.length) yield page;
}
)",
    R"(function @f(@as) {
  const groups = Object.create(null);
  for (const { @p, ...rest } of @as) {
    const key = @p === undefined ? 'none' : String(@p);
    (groups[key] ||= []).push(rest);
  }
  return Object.entries(groups).sort(([left], [right]) => left.localeCompare(right));
}
)",
    R"(function @f(@a) {
  var @p = [];
  var left = @1 + (@a.length | 0);
  do {
    @p.unshift('0123456789abcdefghjkmnpqrstvwxyz'.charAt(left % 32));
    left = Math.floor(left / 32);
  } while (left > 0);
  return @p.join('') + '-@b-@2';
}
)"};

std::string capitalized(std::string_view word) {
  std::string text(word);
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

struct Names {
  std::string function;
  std::string type;
  std::string_view a;
  std::string_view b;
  std::string_view p;
  std::string_view q;
  std::uint64_t one;
  std::uint64_t two;
};

void append_filled(std::string& out, std::string_view text, const Names& names) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '@') {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'f':
        out += names.function;
        break;
      case 'N':
        out += names.type;
        break;
      case 'a':
        out += names.a;
        break;
      case 'b':
        out += names.b;
        break;
      case 'p':
        out += names.p;
        break;
      case 'q':
        out += names.q;
        break;
      case '1':
        out += fmt::format_int(names.one).c_str();
        break;
      default:
        out += fmt::format_int(names.two).c_str();
        break;
    }
  }
}

// A word of `words` other than `taken`.
template <std::size_t N>
std::string_view other_of(Random& random, const std::array<std::string_view, N>& words,
                          std::string_view taken) {
  std::string_view word = random.one_of(words);
  while (word == taken) word = random.one_of(words);
  return word;
}

std::string append_function(std::string& out, Random& random, std::size_t number) {
  Names names;
  names.a = random.one_of(kNouns);
  names.b = other_of(random, kNouns, names.a);
  names.p = random.one_of(kFields);
  names.q = other_of(random, kFields, names.p);
  names.function = fmt::format("{}{}{}", random.one_of(kVerbs), capitalized(names.a), number);
  names.type = fmt::format("{}Store{}", capitalized(names.a), number);
  names.one = 1 + random.below(500);
  names.two = 2 + random.below(9000);
  append_filled(out, random.one_of(kFunctions), names);
  out += '\n';
  return names.function;
}

}  // namespace

std::string script_text(Random& random, std::size_t size, bool module) {
  std::string out = module ? "" : "'use strict';\n\n";
  out += fmt::format("const LIMIT = {};\n\n", 10 + random.below(100'000));
  std::vector<std::string> functions;
  constexpr std::size_t kMainSize = 400;
  do {
    functions.push_back(append_function(out, random, functions.size()));
  } while (out.size() + kMainSize < size);
  out += module ? "export default async function main(input, context) {\n"
                : "function main(input, context) {\n";
  out += "  const steps = [\n";
  for (const std::string& function : functions) out += "    " + function + ",\n";
  out += "  ];\n";
  out += "  const chosen = steps[(input.step ?? 0) % steps.length];\n";
  out += module ? "  const result = await chosen(input.value ?? [], context?.attempt);\n"
                : "  const result = chosen(input.value ?? [], context && context.attempt);\n";
  out += "  return { result, steps: steps.length, limit: LIMIT };\n}\n";
  return out;
}

}  // namespace pawl
