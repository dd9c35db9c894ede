// Notices of the watching, as lines: complete in JSON, summed up for a person.
#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "backends/handle.h"
#include "core/notice.h"

namespace pawl::command {

// Threading: the loop thread.
class NoticePrinter {
 public:
  // `loop` outlives this.
  explicit NoticePrinter(uv_loop_t* loop);

  // In JSON appends the notice's line to `lines`. For a person, other notices than those of coverage
  // are logged at once. Those are counted: until finish(), for the first look at a large tree takes
  // long, and from then on for half a second.
  void add(std::string& lines, const Notice& notice, bool json, bool colours);
  // The first look is done, or it ends: logs one line for all directories that went the same way for
  // one reason.
  void finish();

 private:
  void log_counts();

  struct Count {
    std::size_t directories = 0;
    std::string first;
  };
  std::map<std::pair<Mode, Reason>, Count> counts_;
  Handle<uv_timer_t, NoticePrinter> timer_;
  bool looked_ = false;
};

// "scanning: 12000 directories, 60000 files"
std::string scanning_line(std::uint64_t directories, std::uint64_t files);

}  // namespace pawl::command
