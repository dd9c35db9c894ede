// Small parts between the program's own: what passes hints on, what judges scripts, and a coverer
// that can be broken on purpose.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/coverage.h"
#include "core/reconciler.h"
#include "core/task/script_checker.h"

namespace pawl {

// Backends are made before the reconciler that they speak to.
class ReconcilerRelay : public HintSink {
 public:
  Reconciler* to = nullptr;
  bool* due = nullptr;

  void hint(DirectoryId directory, std::string_view name, HintKind kind, Via via) override {
    to->hint(directory, name, kind, via);
    *due = true;
  }
  void suspect() override {
    to->suspect();
    *due = true;
  }
};

// Scripts that begin with "good" are correct.
class GoodScripts : public ScriptChecker {
 public:
  std::optional<Diagnostic> check(std::string_view script, const std::string& path) override {
    if (script.starts_with("good")) return std::nullopt;
    return Diagnostic{path, 1, 1, "not good"};
  }
  bool checks() const override { return true; }
};

// Passes everything on, unless it is to forget how to watch a directory anew.
class BrokenCoverer : public Coverer {
 public:
  BrokenCoverer(Coverer& coverer, bool never_rearms)
      : coverer_(coverer), never_rearms_(never_rearms) {}

  Result<Coverage> cover(DirectoryId directory, const std::string& path, const Mount& mount,
                         BackendChoice choice, Instant now) override {
    if (never_rearms_ && held_.contains(directory)) return held_.at(directory);
    Result<Coverage> coverage = coverer_.cover(directory, path, mount, choice, now);
    if (never_rearms_ && coverage.ok()) held_.emplace(directory, *coverage);
    return coverage;
  }
  void uncover(DirectoryId directory) override {
    if (!held_.contains(directory)) coverer_.uncover(directory);
  }
  void changed(DirectoryId directory, Instant now) override { coverer_.changed(directory, now); }
  std::vector<DirectoryId> reconsider(Instant now, std::size_t max) override {
    return never_rearms_ ? std::vector<DirectoryId>() : coverer_.reconsider(now, max);
  }
  Instant next_deadline() const override {
    return never_rearms_ ? kNever : coverer_.next_deadline();
  }

 private:
  Coverer& coverer_;
  bool never_rearms_;
  std::map<DirectoryId, Coverage> held_;
};

}  // namespace pawl
