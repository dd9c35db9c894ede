#include "core/task/registry.h"

#include <gtest/gtest.h>

namespace pawl {
namespace {

const std::string kSource = "s";

TaskPtr make_task(const std::string& uuid, const std::string& version,
                  const std::string& path = "/t/a") {
  return pawl::make_task(TaskFields{.uuid = uuid,
                    .version = version,
                    .label = "a label",
                    .source = kSource,
                    .path = path,
                    .checksum = version});
}

TaskEvent event(TaskEventKind kind, TaskPtr task, const std::string& path = "/t/a") {
  TaskEvent one;
  one.kind = kind;
  one.path = task ? std::string(task->path()) : path;
  one.source = kSource;
  one.task = std::move(task);
  return one;
}

void apply(Registry& registry, TaskEvent one) {
  registry.apply(std::span(&one, 1));
}

std::vector<std::string> versions_of(const std::vector<TaskPtr>& tasks) {
  std::vector<std::string> versions;
  for (const TaskPtr& task : tasks) versions.emplace_back(task->version());
  return versions;
}

TEST(Registry, IsEmptyAtFirst) {
  Registry registry;
  const auto snapshot = registry.snapshot();
  EXPECT_EQ(snapshot->size(), 0u);
  EXPECT_EQ(snapshot->number(), 0u);
  EXPECT_EQ(snapshot->get("u"), nullptr);
  EXPECT_EQ(snapshot->get("u", "1.0.0"), nullptr);
  EXPECT_TRUE(snapshot->list().empty());
  EXPECT_TRUE(snapshot->versions("u").empty());
}

TEST(Registry, GivesTheLatestBySemverPrecedence) {
  Registry registry;
  for (const char* version : {"1.10.0", "2.0.0-rc.1", "1.9.0", "2.0.0", "2.0.0-rc.2"}) {
    apply(registry, event(TaskEventKind::kAdded, make_task("u", version)));
  }
  const auto snapshot = registry.snapshot();
  EXPECT_EQ(snapshot->get("u")->version(), "2.0.0");
  EXPECT_EQ(snapshot->get("u", "1.9.0")->version(), "1.9.0");
  EXPECT_EQ(snapshot->get("u", "3.0.0"), nullptr);
  EXPECT_EQ(versions_of(snapshot->versions("u")),
            (std::vector<std::string>{"1.9.0", "1.10.0", "2.0.0-rc.1", "2.0.0-rc.2", "2.0.0"}));
  EXPECT_EQ(snapshot->size(), 5u);
}

TEST(Registry, FallsBackToTheNextVersionWhenTheLatestGoes) {
  Registry registry;
  const auto one = make_task("u", "1.0.0"), two = make_task("u", "2.0.0");
  apply(registry, event(TaskEventKind::kAdded, one));
  apply(registry, event(TaskEventKind::kAdded, two));
  apply(registry, event(TaskEventKind::kRemoved, two));
  EXPECT_EQ(registry.snapshot()->get("u"), one);
  EXPECT_EQ(registry.snapshot()->size(), 1u);
  apply(registry, event(TaskEventKind::kRemoved, one));
  EXPECT_EQ(registry.snapshot()->get("u"), nullptr);
  EXPECT_EQ(registry.snapshot()->size(), 0u);
  apply(registry, event(TaskEventKind::kRemoved, one));  // a second time is no harm
  EXPECT_EQ(registry.snapshot()->size(), 0u);
}

TEST(Registry, KeepsWhatAReaderHolds) {
  Registry registry;
  apply(registry, event(TaskEventKind::kAdded, make_task("u", "1.0.0")));
  const auto before = registry.snapshot();
  const TaskPtr held = before->get("u");
  TaskFields changed = held->fields();
  changed.checksum = "other";
  apply(registry, event(TaskEventKind::kUpdated, make_task(changed)));
  apply(registry, event(TaskEventKind::kAdded, make_task("v", "1.0.0")));
  EXPECT_EQ(before->size(), 1u);
  EXPECT_EQ(before->get("u"), held);
  EXPECT_EQ(held->checksum(), "1.0.0");
  EXPECT_EQ(before->get("v"), nullptr);
  EXPECT_EQ(registry.snapshot()->get("u")->checksum(), "other");
}

TEST(Registry, PublishesABatchAtOnceAndAnEmptyOneNotAtAll) {
  Registry registry;
  const std::vector<TaskEvent> batch = {event(TaskEventKind::kAdded, make_task("u", "1.0.0")),
                                        event(TaskEventKind::kAdded, make_task("v", "1.0.0"))};
  registry.apply(batch);
  EXPECT_EQ(registry.snapshot()->number(), 1u);
  EXPECT_EQ(registry.snapshot()->size(), 2u);
  const auto before = registry.snapshot();
  registry.apply({});
  EXPECT_EQ(registry.snapshot(), before);
}

TEST(Registry, ListsInvalidPathsUntilTheyAreValidOrGone) {
  Registry registry;
  const auto good = make_task("u", "1.0.0", "/t/a");
  apply(registry, event(TaskEventKind::kAdded, good));
  TaskEvent invalid = event(TaskEventKind::kInvalid, good);
  invalid.errors.push_back({"/t/a/main.js", 3, 7, "Unexpected token"});
  apply(registry, invalid);
  apply(registry, event(TaskEventKind::kInvalid, nullptr, "/t/never"));
  auto listed = registry.snapshot()->invalid();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].path, "/t/a");
  EXPECT_EQ(listed[0].errors, invalid.errors);
  EXPECT_EQ(listed[0].task, good);
  EXPECT_EQ(listed[1].task, nullptr);
  EXPECT_EQ(registry.snapshot()->get("u"), good);

  apply(registry, event(TaskEventKind::kRecovered, good));
  apply(registry, event(TaskEventKind::kRemoved, nullptr, "/t/never"));
  EXPECT_TRUE(registry.snapshot()->invalid().empty());
  EXPECT_EQ(registry.snapshot()->size(), 1u);
}

TEST(Registry, ListsDuplicatesApartFromInvalidPaths) {
  Registry registry;
  TaskEvent duplicate = event(TaskEventKind::kDuplicate, make_task("u", "1.0.0", "/t/b"));
  duplicate.other_path = "/t/a";
  apply(registry, duplicate);
  EXPECT_TRUE(registry.snapshot()->invalid().empty());
  ASSERT_EQ(registry.snapshot()->duplicates().size(), 1u);
  EXPECT_EQ(registry.snapshot()->duplicates()[0].other_path, "/t/a");
  apply(registry, event(TaskEventKind::kAdded, duplicate.task));
  EXPECT_TRUE(registry.snapshot()->duplicates().empty());
}

// A removal may come late, when its path has become a duplicate of another identity.
TEST(Registry, KeepsTheTroubleOfAPathWhenAnIdentityThatItHeldBeforeGoes) {
  Registry registry;
  const auto before = make_task("u", "1.0.0", "/t/b");
  apply(registry, event(TaskEventKind::kAdded, before));
  TaskEvent duplicate = event(TaskEventKind::kDuplicate, make_task("u", "2.0.0", "/t/b"));
  duplicate.other_path = "/t/a";
  apply(registry, duplicate);
  apply(registry, event(TaskEventKind::kRemoved, before));
  EXPECT_EQ(registry.snapshot()->duplicates().size(), 1u);
  EXPECT_EQ(registry.snapshot()->size(), 0u);
}

TEST(Registry, TellsTheSamePathOfTwoSourcesApart) {
  Registry registry;
  TaskEvent one = event(TaskEventKind::kInvalid, nullptr), two = one;
  two.source = "other";
  apply(registry, one);
  apply(registry, two);
  EXPECT_EQ(registry.snapshot()->invalid().size(), 2u);
  apply(registry, event(TaskEventKind::kRemoved, nullptr));
  ASSERT_EQ(registry.snapshot()->invalid().size(), 1u);
  EXPECT_EQ(registry.snapshot()->invalid()[0].source, "other");
}

TEST(Registry, FindsByLabelAndTagSortedByIdentity) {
  Registry registry;
  for (const char* uuid : {"c", "a", "b"}) {
    for (const char* version : {"1.10.0", "1.2.0"}) {
      TaskFields task = make_task(uuid, version)->fields();
      task.label = *uuid == 'b' ? "other" : "same";
      if (*uuid == 'a') task.tags = {"x", "y"};
      apply(registry, event(TaskEventKind::kAdded, make_task(task)));
    }
  }
  const auto snapshot = registry.snapshot();
  EXPECT_EQ(snapshot->find_by_tag("y").size(), 2u);
  EXPECT_TRUE(snapshot->find_by_tag("z").empty());
  const auto same = snapshot->find_by_label("same");
  ASSERT_EQ(same.size(), 4u);
  EXPECT_EQ(same[0]->fields().uuid + same[0]->fields().version, "a1.2.0");
  EXPECT_EQ(same[3]->fields().uuid + same[3]->fields().version, "c1.10.0");
  EXPECT_EQ(snapshot->list().size(), 6u);
}

}  // namespace
}  // namespace pawl
