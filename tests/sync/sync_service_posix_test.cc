// A system that refuses to write.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <string>

#include "tests/sync/sync_service_fixture.h"

namespace pawl::testing {
namespace {

using Kind = TaskEventKind;

TEST_F(SyncService, TriesAgainWhenTheSystemRefusesToWrite) {
  const auto service = start();
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  // No file may grow any more: what a disk that fails looks like from here.
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = limit;
  small.rlim_cur = 256 * 1024;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  service->submit({event(Kind::kUpdated, {.script = std::string(4 << 20, 'x')})});
  const bool saw_failure = reports_->wait_for(failed);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_TRUE(saw_failure);
  EXPECT_TRUE(service->flush(kDeadline).ok()) << service->health().last_error.message();
  EXPECT_EQ(query("SELECT length(script) FROM tasks"), std::to_string(4 << 20));
  EXPECT_EQ(query("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(reports_->committed(), "added 1, updated 2");
}

}  // namespace
}  // namespace pawl::testing
