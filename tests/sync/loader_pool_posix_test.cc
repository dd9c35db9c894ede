// A system that gives no thread.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include <cstdint>
#include <fstream>
#include <latch>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "backends/file_system.h"
#include "sync/loader_pool.h"

namespace pawl {
namespace {

std::uint64_t address_space() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// qemu's user emulation accepts such a limit, and sets none.
bool can_be_limited() {
  rlimit before{};
  if (::getrlimit(RLIMIT_AS, &before) != 0) return false;
  rlimit limit = before;
  limit.rlim_cur = address_space() + (std::uint64_t{1} << 30);
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
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__linux__)
  GTEST_SKIP() << "the limit is one of the address space, of which a sanitizer takes as much as it likes";
#endif
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "the limit is one of the address space, of which a sanitizer takes as much as it likes";
#endif
#endif
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
    small.rlim_cur = address_space() + (1 << 20);  // no room for a stack
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

}  // namespace
}  // namespace pawl
