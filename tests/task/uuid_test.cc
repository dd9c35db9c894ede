#include "core/task/uuid.h"

#include <gtest/gtest.h>

namespace pawl {
namespace {

TEST(Uuid, IsNormalizedToLowerCase) {
  EXPECT_EQ(normalize_uuid("F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"),
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  EXPECT_EQ(normalize_uuid("00000000-0000-0000-0000-000000000000"),
            "00000000-0000-0000-0000-000000000000");
}

TEST(Uuid, HasOneTextualForm) {
  for (const char* text :
       {"", "f81d4fae", "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf67", "f81d4fae7dec11d0a76500a0c91e6bf6",
        "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bg6", "f81d4fae-7dec-11d0-a7650-0a0c91e6bf6",
        " 81d4fae-7dec-11d0-a765-00a0c91e6bf6"}) {
    EXPECT_FALSE(normalize_uuid(text)) << text;
  }
}

// These are in databases: if this fails, every task without a UUID becomes another task.
TEST(Uuid, DerivedIsTheSameForEver) {
  EXPECT_EQ(derive_uuid("local-tasks", "mail/send"), "dbbe533d-faca-88fd-8fab-0e6fdc9b411f");
  EXPECT_EQ(derive_uuid("", ""), "99467ab2-c1a1-87f6-bfdf-f71b8a21c2ec");
}

TEST(Uuid, DerivedIsAUuidOfVersion8) {
  for (const char* path : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    const std::string uuid = derive_uuid("source", path);
    EXPECT_EQ(normalize_uuid(uuid), uuid);
    EXPECT_EQ(uuid[14], '8');
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos) << uuid;
  }
}

TEST(Uuid, DerivedTellsSourceFromPath) {
  EXPECT_NE(derive_uuid("a", "bc"), derive_uuid("ab", "c"));
  EXPECT_NE(derive_uuid("a", ""), derive_uuid("", "a"));
}

}  // namespace
}  // namespace pawl
