#include "core/ignore.h"

#include <re2/set.h>

#include <algorithm>
#include <bitset>
#include <cstring>
#include <unordered_map>
#include <vector>

#include "core/glob.h"

namespace pawl {
namespace {

constexpr int kNone = -1;

// The last rules of a literal, by what they match. kNone: there is none.
struct LastRules {
  int any = kNone;        // X
  int directory = kNone;  // X/ and X/**
  int below = kNone;      // X/**

  void add(const Glob& glob, int rule) {
    if (glob.below) below = rule;
    (glob.directory_only || glob.below ? directory : any) = rule;
  }
};

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

// The rules whose component is a literal, or ends in one: a hash look-up for each length of
// literal. The usual four patterns (*.tmp, *.swp, .git/**, .DS_Store) take 31 ns a path this way
// and 88 ns through RE2, where a look at the file itself takes 1,100 ns. And a few that begin with
// one (.#*, #*#), which are gone through where the first byte is right.
class LiteralRules {
 public:
  // False: it is not one of them, or there are too many.
  bool add(const Glob& glob, int rule) {
    if (glob.simple == Glob::Simple::kNo) return false;
    if (glob.simple == Glob::Simple::kAround) {
      if (around_.size() == kAroundMax) return false;
      around_.push_back({glob.before, glob.literal, {}});
      around_.back().rules.add(glob, rule);
      around_starts_[static_cast<unsigned char>(glob.before.front())] = true;
      if (glob.below) any_below_ = true;
      return true;
    }
    const bool suffix = glob.simple == Glob::Simple::kSuffix;
    (suffix ? suffixes_ : names_)[glob.literal].add(glob, rule);
    if (glob.below) any_below_ = true;
    if (!suffix) {
      name_lengths_[std::min(glob.literal.size(), name_lengths_.size() - 1)] = true;
      return true;
    }
    suffix_ends_[static_cast<unsigned char>(glob.literal.back())] = true;
    const auto at = std::lower_bound(lengths_.begin(), lengths_.end(), glob.literal.size());
    if (at == lengths_.end() || *at != glob.literal.size())
      lengths_.insert(at, glob.literal.size());
    return true;
  }

  int last_match(std::string_view path, bool directory) const {
    int last = kNone;
    std::size_t start = 0;
    for (std::size_t slash; (slash = path.find('/', start)) != path.npos; start = slash + 1) {
      if (!any_below_) {
        start = path.rfind('/') + 1;
        break;
      }
      visit(path.substr(start, slash - start),
            [&](const LastRules& rules) { last = std::max(last, rules.below); });
    }
    visit(path.substr(start), [&](const LastRules& rules) {
      last = std::max(last, rules.any);
      if (directory) last = std::max(last, rules.directory);
    });
    return last;
  }

 private:
  using Map = std::unordered_map<std::string, LastRules, Hash, std::equal_to<>>;
  struct Around {
    std::string before;
    std::string after;
    LastRules rules;
  };
  static constexpr std::size_t kAroundMax = 16;

  template <class Visit>
  void visit(std::string_view name, Visit visit_rules) const {
    if (name.empty()) return;
    if (name_lengths_[std::min(name.size(), name_lengths_.size() - 1)]) {
      if (const auto found = names_.find(name); found != names_.end()) visit_rules(found->second);
    }
    if (around_starts_[static_cast<unsigned char>(name.front())]) {
      for (const Around& around : around_) {
        if (name.size() >= around.before.size() + around.after.size() &&
            name.starts_with(around.before) && name.ends_with(around.after)) {
          visit_rules(around.rules);
        }
      }
    }
    if (!suffix_ends_[static_cast<unsigned char>(name.back())]) return;
    for (const std::size_t length : lengths_) {
      if (length > name.size()) return;
      const auto found = suffixes_.find(name.substr(name.size() - length));
      if (found != suffixes_.end()) visit_rules(found->second);
    }
  }

  Map names_;
  Map suffixes_;
  std::vector<Around> around_;
  // What no name can match is told without hashing it: lengths of names, last bytes of suffixes.
  std::bitset<64> name_lengths_;
  std::bitset<256> suffix_ends_;
  std::bitset<256> around_starts_;
  std::vector<std::size_t> lengths_;  // of the suffixes, ascending
  bool any_below_ = false;
};

// "/" + path, and "/" after a directory, without an allocation for paths of usual length.
class Subject {
 public:
  Subject(std::string_view path, bool directory) : size_(path.size() + (directory ? 2 : 1)) {
    if (size_ > sizeof short_) long_.resize(size_);
    char* to = size_ > sizeof short_ ? long_.data() : short_;
    to[0] = '/';
    to[size_ - 1] = '/';
    std::memcpy(to + 1, path.data(), path.size());
  }
  re2::StringPiece text() const { return {long_.empty() ? short_ : long_.data(), size_}; }

 private:
  std::size_t size_;
  char short_[512];
  std::string long_;
};

// All other rules, as one automaton.
class RegexRules {
 public:
  void add(const Glob& glob, int rule) {
    regexes_.push_back(glob.regex);
    rules_.push_back(rule);
  }

  bool compile() {
    if (regexes_.empty()) return true;
    // Most sets need a few hundred KB. RE2 checks at the end of Compile that what it was given is
    // enough to match anything; a cache that fills up is emptied, and only costs time.
    for (std::int64_t bytes = std::int64_t{16} << 20; bytes <= std::int64_t{1} << 30; bytes *= 8) {
      if (compile_within(bytes)) return true;
    }
    return false;
  }

  // REQUIRES: compile() returned true.
  int last_match(std::string_view path, bool directory, bool any_will_do) const {
    if (!set_) return kNone;
    const Subject subject(path, directory);
    if (any_will_do) return set_->Match(subject.text(), nullptr) ? 0 : kNone;
    std::vector<int> matched;
    if (!set_->Match(subject.text(), &matched)) return kNone;
    return rules_[static_cast<std::size_t>(*std::max_element(matched.begin(), matched.end()))];
  }

 private:
  bool compile_within(std::int64_t bytes) {
    RE2::Options options(RE2::Latin1);
    options.set_dot_nl(true);
    options.set_log_errors(false);
    options.set_max_mem(bytes);
    auto set = std::make_unique<RE2::Set>(options, RE2::UNANCHORED);
    for (const std::string& regex : regexes_) {
      if (set->Add(regex, nullptr) < 0) return false;
    }
    if (!set->Compile()) return false;
    set_ = std::move(set);
    return true;
  }

  std::vector<std::string> regexes_;
  std::vector<int> rules_;  // by the set's own index
  std::unique_ptr<RE2::Set> set_;
};

}  // namespace

struct IgnoreRules::State {
  std::vector<bool> negated;  // by rule
  bool any_negated = false;
  LiteralRules literals;
  RegexRules regexes;

  void add(const Glob& glob) {
    const int rule = static_cast<int>(negated.size());
    negated.push_back(glob.negated);
    any_negated = any_negated || glob.negated;
    if (!literals.add(glob, rule)) regexes.add(glob, rule);
  }

  bool matches(std::string_view path, bool directory) const {
    int last = literals.last_match(path, directory);
    if (!any_negated) {
      return last != kNone || regexes.last_match(path, directory, true) != kNone;
    }
    last = std::max(last, regexes.last_match(path, directory, false));
    return last != kNone && !negated[static_cast<std::size_t>(last)];
  }
};

Result<IgnoreRules> IgnoreRules::compile(std::span<const std::string> patterns) {
  IgnoreRules rules;
  if (patterns.empty()) return rules;
  auto state = std::make_shared<State>();
  for (const std::string& pattern : patterns) {
    Result<Glob> glob = parse_glob(pattern);
    if (!glob.ok()) return glob.status();
    state->add(*glob);
  }
  if (!state->regexes.compile()) {
    return Status(Code::kUsage, "use the ignore patterns", {}, "together they need over 1 GiB");
  }
  rules.state_ = std::move(state);
  return rules;
}

bool IgnoreRules::matches(std::string_view relative_path, bool directory) const {
  return state_ && !relative_path.empty() && state_->matches(relative_path, directory);
}

bool IgnoreRules::ignored(std::string_view relative_path, bool directory) const {
  if (!state_) return false;
  for (std::size_t slash = relative_path.find('/'); slash != relative_path.npos;
       slash = relative_path.find('/', slash + 1)) {
    if (state_->matches(relative_path.substr(0, slash), true)) return true;
  }
  return matches(relative_path, directory);
}

}  // namespace pawl
