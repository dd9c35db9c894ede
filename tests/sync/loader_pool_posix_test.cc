// A system that gives no thread, and memory that is given back to it.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <latch>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "backends/file_system.h"
#include "backends/script/script_checker.h"
#include "sync/loader_pool.h"

namespace pawl {
namespace {

constexpr bool kSanitized =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    true;
#else
    false;
#endif
#else
    false;
#endif

struct Memory {
  std::uint64_t address_space = 0;  // bytes
  std::uint64_t resident = 0;
};

Memory memory() {
  Memory memory;
  std::ifstream("/proc/self/statm") >> memory.address_space >> memory.resident;
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return {memory.address_space * page, memory.resident * page};
}

// qemu's user emulation accepts such a limit, and sets none.
bool can_be_limited() {
  rlimit before{};
  if (::getrlimit(RLIMIT_AS, &before) != 0) return false;
  rlimit limit = before;
  limit.rlim_cur = memory().address_space + (std::uint64_t{1} << 30);
  rlimit held{};
  const bool set = ::setrlimit(RLIMIT_AS, &limit) == 0 && ::getrlimit(RLIMIT_AS, &held) == 0;
  return ::setrlimit(RLIMIT_AS, &before) == 0 && set && held.rlim_cur == limit.rlim_cur;
}

// Every thread that is still to be had. The C library keeps the stacks of threads that have ended, those of
// the tests before this one too, and needs no room for a thread that gets one of them.
class AllThreads {
 public:
  AllThreads() {
    try {
      while (true) threads_.emplace_back([this] { over_.wait(); });
    } catch (const std::system_error&) {
    }
  }
  ~AllThreads() {
    over_.count_down();
    for (std::thread& thread : threads_) thread.join();
  }
  AllThreads(const AllThreads&) = delete;
  AllThreads& operator=(const AllThreads&) = delete;

 private:
  std::latch over_{1};
  std::vector<std::thread> threads_;
};

TEST(LoaderPool, SaysThatATaskCannotBeLoadedNowWhereNoThreadIsToBeHad) {
#ifndef __linux__
  GTEST_SKIP() << "how much of the address space is taken is not known here";
#endif
  if (kSanitized)
    GTEST_SKIP() << "the limit is one of the address space, of which a sanitizer takes as much as it likes";
  if (!can_be_limited()) GTEST_SKIP() << "nothing limits the address space here";
  uv_loop_t loop;
  ASSERT_EQ(uv_loop_init(&loop), 0);
  std::vector<LoadResult> loaded;
  {
    LoaderPool pool(&loop, make_file_system(), 2, [&](std::vector<LoadResult> results) {
      for (LoadResult& result : results) loaded.push_back(std::move(result));
    });
    const auto load = [&] {
      loaded.clear();
      LoadRequest request;
      request.root = "/nowhere";
      request.relative = "task";
      pool.submit(std::move(request));
      while (loaded.empty()) uv_run(&loop, UV_RUN_ONCE);
    };
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_AS, &limit), 0);
    rlimit small = limit;
    small.rlim_cur = memory().address_space + (1 << 20);  // no room for a stack
    ASSERT_EQ(::setrlimit(RLIMIT_AS, &small), 0);
    {
      const AllThreads all;
      pool.prepare();
      load();
    }
    ASSERT_EQ(::setrlimit(RLIMIT_AS, &limit), 0);
    ASSERT_EQ(loaded.size(), 1u);
    EXPECT_EQ(loaded[0].outcome, LoadOutcome::kRetry);
    ASSERT_EQ(loaded[0].diagnostics.size(), 1u);
    EXPECT_NE(loaded[0].diagnostics[0].text.find("no thread"), std::string::npos);
    load();
    ASSERT_EQ(loaded.size(), 1u);
    EXPECT_TRUE(loaded[0].diagnostics.empty() ||
                loaded[0].diagnostics[0].text.find("no thread") == std::string::npos);
  }
  while (uv_run(&loop, UV_RUN_NOWAIT) != 0) {
  }
  EXPECT_EQ(uv_loop_close(&loop), 0);
}

TEST(LoaderPool, GivesBackWhatTheEngineKeepsOfScriptsAndGoesOn) {
#ifndef __linux__
  GTEST_SKIP() << "how much memory is taken is not known here";
#endif
  if (kSanitized) GTEST_SKIP() << "a sanitizer keeps what is freed";
  if (!can_be_limited()) GTEST_SKIP() << "this may be an emulator, whose own memory is told";
  if (!make_script_checker()->checks()) GTEST_SKIP() << "this build has no JavaScript engine";
  namespace fs = std::filesystem;
  // Of what is larger, the allocator itself changes its ways; of more, the engine gives some back.
  constexpr std::size_t kScript = 100'000;
  constexpr std::size_t kLoads = 70;
  const fs::path root = fs::path(testing::TempDir()) / ("pawl-pool-" + std::to_string(::getpid()));
  fs::create_directories(root / "task");
  std::ofstream(root / "task/metadata.json") << R"({"version": "1.0.0", "label": "one"})";
  std::ofstream(root / "task/main.js") << "var a = '" << std::string(kScript, 'a') << "';";
  for (const char* schema : {"input", "output"})
    std::ofstream(root / "task" / (std::string(schema) + ".schema.json")) << "{}";
  uv_loop_t loop;
  ASSERT_EQ(uv_loop_init(&loop), 0);
  {
    std::size_t loaded = 0;
    LoaderPool pool(&loop, make_file_system(), 1, [&](const std::vector<LoadResult>& results) {
      for (const LoadResult& result : results) loaded += result.outcome == LoadOutcome::kValid;
    });
    const auto load = [&](std::size_t times) {
      loaded = 0;
      for (std::size_t i = 0; i < times; ++i) {
        LoadRequest request;
        request.root = root.string();
        request.relative = "task";
        pool.submit(std::move(request));
      }
      while (loaded < times) uv_run(&loop, UV_RUN_ONCE);
    };
    load(1);
    const std::uint64_t rested = memory().resident;  // the engine has started
    for (int round = 0; round < 2; ++round) {
      load(kLoads);
      pool.let_go();
      const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
      const std::uint64_t most = rested + kLoads * kScript / 2;
      while (memory().resident > most && std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
      EXPECT_LE(memory().resident, most) << round;
    }
  }
  while (uv_run(&loop, UV_RUN_NOWAIT) != 0) {
  }
  EXPECT_EQ(uv_loop_close(&loop), 0);
  fs::remove_all(root);
}

}  // namespace
}  // namespace pawl
