#include "core/task/task.h"

#include <gtest/gtest.h>

namespace pawl {
namespace {

TEST(Task, GivesBackWhatItWasMadeOf) {
  TaskFields fields{.uuid = "0190a8c0-0000-7000-8000-000000000001",
                    .version = "1.2.3",
                    .label = std::string("with \0 and ü", 13),
                    .description = std::string(20'000, 'd'),
                    .tags = {"", "two", std::string(300, 't')},
                    .source = "",
                    .path = "/srv/tasks/" + std::string(117, 'p'),
                    .checksum = std::string(32, 'c')};
  const Task task(fields);
  EXPECT_EQ(task.uuid(), fields.uuid);
  EXPECT_EQ(task.version(), fields.version);
  EXPECT_EQ(task.label(), fields.label);
  EXPECT_EQ(task.description(), fields.description);
  EXPECT_EQ(task.tags(), fields.tags);
  EXPECT_EQ(task.source(), fields.source);
  EXPECT_EQ(task.path(), fields.path);
  EXPECT_EQ(task.checksum(), fields.checksum);
  EXPECT_TRUE(task.has_tag("two"));
  EXPECT_TRUE(task.has_tag(""));
  EXPECT_FALSE(task.has_tag("tw"));
  EXPECT_TRUE(task.same_identity(*make_task(task.fields())));
}

// Lengths from one byte to the next.
TEST(Task, KeepsTextsOfAnyLength) {
  for (const std::size_t size : {0u, 1u, 127u, 128u, 129u, 16'383u, 16'384u, 3'000'000u}) {
    TaskFields fields{.uuid = "u", .description = std::string(size, 'x'), .checksum = "c"};
    for (const std::size_t tags : {0u, 1u, 200u}) {
      fields.tags.assign(tags, std::string(size % 1000, 't'));
      const Task task(fields);
      EXPECT_EQ(task.description(), fields.description);
      EXPECT_EQ(task.tags(), fields.tags);
      EXPECT_EQ(task.checksum(), "c");
    }
  }
}

TEST(Task, OfNothingIsEmpty) {
  const Task task;
  EXPECT_EQ(task.uuid(), "");
  EXPECT_TRUE(task.tags().empty());
  EXPECT_FALSE(task.has_tag(""));
}

}  // namespace
}  // namespace pawl
