// What every way of watching must do alike: the parameter of the contract suite.
#pragma once

#include <gtest/gtest.h>

#include "tests/fallback/contract_world.h"
#include "tests/fallback/disk.h"
#include "tests/fallback/temporary_tree.h"
#include "tests/fallback/watch_fixture.h"

namespace pawl {

class WatchContract : public testing::TestWithParam<Way> {
 protected:
  WatchContract() : watching(options()) {}

  static WatcherOptions options() {
    WatcherOptions options = Watching::quick();
    options.native_watch_budget = {false, GetParam().watches};
    return options;
  }

  RootOptions root() const { return Watching::root(tree.root(), GetParam().backend); }
  void start() { watching.start(root()); }
  std::string at(const std::string& path) const { return tree.root() + "/" + path; }
  bool told(ChangeKind kind, const std::string& path) {
    return watching.run_until([&] { return watching.count(kind, at(path)) > 0; });
  }

  TemporaryTree tree;
  Watching watching;
};

inline std::string way_name(const testing::TestParamInfo<Way>& info) {
  return info.param.name;
}

}  // namespace pawl
