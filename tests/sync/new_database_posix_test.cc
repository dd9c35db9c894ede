// A new database whose file is moved while it is open, and links.
#include "tests/sync/new_database_fixture.h"

namespace pawl {
namespace {

using namespace testing;
using Kind = TaskEventKind;

TEST_F(NewDatabase, DoesNotTakeThePlaceOfALink) {
  std::filesystem::create_directory(folder_ / "real");
  std::filesystem::create_symlink(folder_ / "real/r.db", path_);
  const std::unique_ptr<Store> store = begin();
  commit(*store, {event(Kind::kAdded)});
  ASSERT_TRUE(store->place().ok());
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
  EXPECT_EQ(seqs_at(folder_ / "real/r.db"), "1");
}

TEST_F(NewDatabase, ThatAnotherProcessHasTakenAwayIsNotPlaced) {
  const std::unique_ptr<Store> store = begin();
  commit(*store, {event(Kind::kAdded)});
  std::filesystem::rename(path_ + "-unfinished", folder_ / "taken");
  std::ofstream(path_ + "-unfinished") << "of the other process";
  EXPECT_EQ(store->place().code(), Code::kBusy);
  EXPECT_EQ(read_bytes(path_ + "-unfinished"), "of the other process");
  EXPECT_FALSE(exists(""));
}

TEST_F(NewDatabase, ThatIsLostOnTheWayIsBegunAnewAndItsFeedGoesOn) {
  const auto service = serve();
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  std::filesystem::remove(path_ + "-unfinished");
  ASSERT_TRUE(reports_->wait_for([](const CommitReport& report) { return report.reopened; }));
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(service->stop(kDeadline).ok());
  EXPECT_EQ(seqs_at(path_), "2");
}

TEST_F(NewDatabase, ThatIsLostAndCannotBeMadeAnewIsToldOfByTheService) {
  std::filesystem::create_directory(folder_ / "inner");
  path_ = folder_ / "inner/r.db";
  const auto service = serve();
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  std::filesystem::rename(folder_ / "inner", folder_ / "away");
  ASSERT_TRUE(reports_->wait_for(failed));
  EXPECT_EQ(service->stop(kDeadline).code(), Code::kNotFound);
}

}  // namespace
}  // namespace pawl
