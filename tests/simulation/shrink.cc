#include "tests/simulation/shrink.h"

#include <algorithm>
#include <cstdlib>

namespace pawl {
namespace {

struct NamedFault {
  const char* name;
  std::uint32_t Faults::*rate;
};
constexpr NamedFault kFaults[] = {
    {"drop", &Faults::drop},     {"twice", &Faults::twice},         {"late", &Faults::late},
    {"dies", &Faults::dies},     {"refused", &Faults::refused},     {"io_error", &Faults::io_error},
    {"denied", &Faults::denied}, {"interrupt", &Faults::interrupt}, {"slow", &Faults::slow},
    {"commit", &Faults::commit}, {"death", &Faults::death},
};

constexpr int kRunsMax = 600;

class Shrinker {
 public:
  Shrinker(const Scenario& scenario, const RunOptions& options)
      : scenario_(scenario), options_(options) {
    options_.print = false;
    for (std::size_t i = 0; i < scenario.operations.size(); ++i) small_.kept.push_back(i);
    small_.scenario = scenario;
    small_.outcome = run(scenario, options_);
    kind_ = kind_of(small_.outcome);
  }

  Small shrink() {
    truncate();
    drop_faults();
    for (std::size_t piece = small_.kept.size() / 2; piece > 0; piece /= 2) drop(piece);
    drop_faults();
    drop(1);
    return small_;
  }

 private:
  // Of a message, what stands before the path.
  static std::string kind_of(const Outcome& outcome) {
    return outcome.failure.substr(0, std::min<std::size_t>(outcome.failure.find('/'), 20));
  }

  bool try_out(const Scenario& base, const std::vector<std::size_t>& kept) {
    if (++runs_ > kRunsMax) return false;
    const Scenario smaller = only(base, kept);
    const Outcome outcome = run(smaller, options_);
    if (outcome.ok() || kind_of(outcome) != kind_) return false;
    scenario_ = base;
    small_.kept = kept;
    small_.scenario = smaller;
    small_.outcome = outcome;
    return true;
  }

  void truncate() {
    while (small_.outcome.operations < small_.kept.size()) {
      std::vector<std::size_t> kept = small_.kept;
      kept.resize(small_.outcome.operations);
      if (!try_out(scenario_, kept)) return;
    }
  }

  void drop(std::size_t piece) {
    for (std::size_t at = 0; at < small_.kept.size();) {
      std::vector<std::size_t> kept = small_.kept;
      const auto first = kept.begin() + static_cast<std::ptrdiff_t>(at);
      kept.erase(first, first + static_cast<std::ptrdiff_t>(std::min(piece, kept.size() - at)));
      if (!try_out(scenario_, kept)) at += piece;
    }
  }

  void drop_faults() {
    for (const NamedFault& fault : kFaults) {
      if (scenario_.faults.*fault.rate == 0) continue;
      Scenario without = scenario_;
      without.faults.*fault.rate = 0;
      if (try_out(without, small_.kept)) small_.without.push_back(fault.name);
    }
  }

  Scenario scenario_;  // with all operations
  RunOptions options_;
  Small small_;
  std::string kind_;
  int runs_ = 0;
};

}  // namespace

Small shrink(const Scenario& scenario, const RunOptions& options) {
  return Shrinker(scenario, options).shrink();
}

std::string explain(const Scenario& scenario, const RunOptions& options,
                    std::vector<std::string> without) {
  const Small small = shrink(scenario, options);
  std::string text = "  " + small.outcome.failure + "\n  after:";
  for (const Operation& operation : small.scenario.operations)
    text += " [" + std::string(act_name(operation.act)) + "]";
  text += "\n  with:" + small.scenario.describe();
  text += "\n  repeat: pawl_sim --seed=" + std::to_string(scenario.seed) +
          " --only=" + format_kept(small.kept);
  if (options.broken != Break::kNone) text += " --break=" + std::string(break_name(options.broken));
  without.insert(without.end(), small.without.begin(), small.without.end());
  for (std::size_t i = 0; i < without.size(); ++i)
    text += (i == 0 ? " --without=" : ",") + without[i];
  return text + "\n";
}

Scenario only(const Scenario& scenario, const std::vector<std::size_t>& kept) {
  Scenario smaller = scenario;
  smaller.operations.clear();
  for (const std::size_t i : kept)
    if (i < scenario.operations.size()) smaller.operations.push_back(scenario.operations[i]);
  return smaller;
}

bool turn_off(Faults& faults, const std::string& name) {
  for (const NamedFault& fault : kFaults)
    if (name == fault.name) {
      faults.*fault.rate = 0;
      return true;
    }
  return false;
}

std::vector<std::size_t> parse_kept(const std::string& text, std::size_t count) {
  std::vector<std::size_t> kept;
  const char* at = text.c_str();
  while (*at != '\0') {
    char* end = nullptr;
    const std::size_t first = std::strtoull(at, &end, 10);
    std::size_t last = first;
    if (end == at) break;
    if (*end == '-') last = std::strtoull(end + 1, &end, 10);
    for (std::size_t i = first; i <= last && i < count; ++i) kept.push_back(i);
    at = *end == ',' ? end + 1 : end;
  }
  return kept;
}

std::string format_kept(const std::vector<std::size_t>& kept) {
  std::string text;
  for (std::size_t i = 0; i < kept.size();) {
    std::size_t last = i;
    while (last + 1 < kept.size() && kept[last + 1] == kept[last] + 1) ++last;
    if (!text.empty()) text += ',';
    text += std::to_string(kept[i]);
    if (last > i) text += '-' + std::to_string(kept[last]);
    i = last + 1;
  }
  return text;
}

}  // namespace pawl
