// Someone else may edit the rows of pawl's database. Where the row of a task and its files on the
// disk no longer say the same, a rule decides which of the two the row has from then on; the other
// one is kept as a revision, so neither is lost.
#pragma once

#include <cstdint>
#include <string_view>

namespace pawl {

enum class ConflictRule : std::uint8_t {
  kRegistry,  // the disk wins
  kDatabase,  // the row stays as it is, and is marked
  // The later one wins. The disk's time is that of the newest of the task's files. The row's is its
  // updated_at, or when it was last synced if that is later, since the edit came after it.
  kNewer,
};

std::string_view conflict_rule_name(ConflictRule rule);

}  // namespace pawl
