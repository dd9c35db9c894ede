// The recursive backend on the real disk: how many handles it takes for what. Where libuv has no recursive
// handles (Linux), they hear of their root's own entries alone, which is all that is asked of them here; what
// they tell is tested by tables (tests/core/recursive).
#include "backends/recursive_backend.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "backends/fs_path.h"
#include "tests/core/fresh_folder.h"

namespace pawl {
namespace {

struct Heard : HintSink {
  void hint(DirectoryId directory, std::string_view name, HintKind, Via) override {
    hints.emplace_back(directory, name);
  }
  void suspect() override { ++suspicions; }

  std::vector<std::pair<DirectoryId, std::string>> hints;
  int suspicions = 0;
};

class RecursiveBackendTest : public testing::Test {
 protected:
  explicit RecursiveBackendTest(std::optional<std::uint64_t> deaf_ms = {}) : root_(fresh_folder("pawl-recursive")) {
    uv_loop_init(&loop_);
    backend_ = std::make_unique<RecursiveBackend>(
        &loop_, heard_,
        RecursiveOptions{.names = {.backslashes = std::filesystem::path::preferred_separator != '/'},
                         .deaf_ms = deaf_ms});
  }
  ~RecursiveBackendTest() override {
    backend_.reset();
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0);
    std::filesystem::remove_all(fs_path(root_));
  }

  void make_directory(const std::string& path) { std::filesystem::create_directories(fs_path(path)); }
  void watch(std::uint32_t index, const std::string& path) {
    const Status status = backend_->watch({index, 1}, path);
    EXPECT_TRUE(status.ok()) << status.message();
  }
  bool hears(std::uint32_t index, const std::string& name) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < deadline) {
      uv_run(&loop_, UV_RUN_NOWAIT);
      for (const auto& [directory, heard] : heard_.hints)
        if (directory == DirectoryId{index, 1} && heard == name) return true;
      uv_sleep(5);
    }
    return false;
  }

  const std::string root_;
  Heard heard_;
  uv_loop_t loop_;
  std::unique_ptr<RecursiveBackend> backend_;
};

// As the reconciler asks for a root: by where it leads.
TEST_F(RecursiveBackendTest, OneHandleIsForARootAndAllBelowIt) {
  make_directory(root_ + "/d/e");
  watch(0, root_ + "/.");
  watch(1, root_ + "/d");
  watch(2, root_ + "/d/e");
  EXPECT_EQ(backend_->handles(), 1u);
  std::ofstream(fs_path(root_ + "/f")) << "text";
  EXPECT_TRUE(hears(0, "f"));
  EXPECT_EQ(heard_.suspicions, 0);
  backend_->unwatch({0, 1});
  backend_->unwatch({1, 1});
  EXPECT_EQ(backend_->handles(), 1u);
  backend_->unwatch({2, 1});
  EXPECT_EQ(backend_->handles(), 0u);
}

TEST_F(RecursiveBackendTest, WhatALinkLeadsToHasAHandleOfItsOwn) {
  make_directory(root_ + "/watched");
  make_directory(root_ + "/elsewhere");
  std::error_code error;
  std::filesystem::create_directory_symlink(fs_path(root_ + "/elsewhere"), fs_path(root_ + "/watched/link"), error);
  if (error || !std::filesystem::is_symlink(fs_path(root_ + "/watched/link"))) GTEST_SKIP() << "no links here";
  watch(0, root_ + "/watched/.");
  watch(1, root_ + "/watched/link/.");
  EXPECT_EQ(backend_->handles(), 2u);
  std::ofstream(fs_path(root_ + "/elsewhere/f")) << "text";
  EXPECT_TRUE(hears(1, "f"));
}

TEST_F(RecursiveBackendTest, AnotherDirectoryInThePlaceOfARootIsHeard) {
  make_directory(root_ + "/watched/d");
  watch(0, root_ + "/watched/.");
  watch(1, root_ + "/watched/d");
  std::filesystem::rename(fs_path(root_ + "/watched"), fs_path(root_ + "/elsewhere"));
  make_directory(root_ + "/watched");
  // One after another, as the reconciler does it: the tree is never empty meanwhile.
  backend_->unwatch({0, 1});
  watch(0, root_ + "/watched/.");
  EXPECT_EQ(backend_->handles(), 1u);
  std::ofstream(fs_path(root_ + "/watched/f")) << "text";
  EXPECT_TRUE(hears(0, "f"));
}

TEST_F(RecursiveBackendTest, WhoWatchesTheSameDirectoryHearsTheSame) {
  watch(0, root_ + "/.");
  watch(1, root_ + "/.");
  EXPECT_EQ(backend_->handles(), 1u);
  std::ofstream(fs_path(root_ + "/f")) << "text";
  EXPECT_TRUE(hears(0, "f"));
  EXPECT_TRUE(hears(1, "f"));
  backend_->unwatch({1, 1});
  std::ofstream(fs_path(root_ + "/g")) << "text";
  EXPECT_TRUE(hears(0, "g"));
}

TEST_F(RecursiveBackendTest, WhatIsNotThereIsRefused) {
  EXPECT_EQ(backend_->watch({0, 1}, root_ + "/nothing/.").code(), Code::kNotFound);
  EXPECT_EQ(backend_->handles(), 0u);
}

// One stream for all handles, which is made anew with each that comes or goes: as libuv does it on macOS, and asked
// for here on every system.
class OneStreamForAll : public RecursiveBackendTest {
 protected:
  OneStreamForAll() : RecursiveBackendTest(0) {}

  // How often all was held suspect since the last time.
  int suspicions() {
    uv_run(&loop_, UV_RUN_NOWAIT);
    return std::exchange(heard_.suspicions, 0);
  }
};

TEST_F(OneStreamForAll, EachStartAndStopOfAHandleHoldsAllSuspect) {
  make_directory(root_ + "/a/d");
  make_directory(root_ + "/b");
  watch(0, root_ + "/a/.");
  // Not before the caller has returned; and the first of them, too: what happens before the stream is made is lost.
  EXPECT_EQ(heard_.suspicions, 0);
  EXPECT_EQ(suspicions(), 1);
  watch(1, root_ + "/b/.");
  EXPECT_EQ(suspicions(), 1);
  // No handle comes or goes.
  watch(2, root_ + "/a/d");
  backend_->unwatch({2, 1});
  EXPECT_EQ(suspicions(), 0);
  backend_->unwatch({1, 1});
  EXPECT_EQ(suspicions(), 1);
  // Nobody is left to be deaf.
  backend_->unwatch({0, 1});
  EXPECT_EQ(suspicions(), 0);
}

TEST_F(OneStreamForAll, StartsInOneTurnAreOneSuspicion) {
  make_directory(root_ + "/a");
  make_directory(root_ + "/b");
  watch(0, root_ + "/a/.");
  watch(1, root_ + "/b/.");
  EXPECT_EQ(suspicions(), 1);
}

}  // namespace
}  // namespace pawl
