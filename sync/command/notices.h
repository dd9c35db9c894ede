// Notices of the watching, as lines: complete in JSON, summed up for a person.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "core/notice.h"

namespace pawl::command {

// Threading: the loop thread.
class NoticePrinter {
 public:
  // In JSON appends the notice's line to `lines`. For a person, coverage is counted until finish()
  // and other notices are logged.
  void add(std::string& lines, const Notice& notice, bool json, bool colours);
  // The end of a batch: logs one line for all directories that went the same way for one reason.
  void finish(bool json);

 private:
  struct Count {
    std::size_t directories = 0;
    std::string first;
  };
  std::map<std::pair<Mode, Reason>, Count> counts_;
};

// "scanning: 12000 directories, 60000 files"
std::string scanning_line(std::uint64_t directories, std::uint64_t files);

}  // namespace pawl::command
