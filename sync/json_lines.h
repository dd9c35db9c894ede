// What happens, as JSON: one object a line, for programs. The formats are a promise to whoever
// reads them; README.md lists them.
//
// Each function appends one line, with its newline, to `out`. Nothing is thrown but std::bad_alloc.
//
// Names are bytes and JSON is Unicode. A byte 0xNN that is no part of well-formed UTF-8 is carried
// as the lone surrogate escape \udcNN, as Python's surrogateescape does. Nothing else ever becomes
// such an escape, so the bytes come back: os.fsencode(json.loads(line)["path"]).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/change.h"
#include "core/notice.h"
#include "core/task/task.h"
#include "core/time.h"
#include "sync/stored.h"

namespace pawl {

// `events` and `watch` can miss nothing from here on.
struct ReadyEvent {
  std::uint64_t directories = 0;
  std::uint64_t files = 0;
  std::uint64_t native = 0;  // directories
  std::uint64_t polled = 0;
  Instant known_at{};
};

// A string with its quotes.
void append_json_string(std::string& out, std::string_view bytes);

void append_json_line(std::string& out, const ReadyEvent& event);
void append_json_line(std::string& out, const Change& change);
// `seq` is the event's number in the feed; 0 where there is no database.
void append_json_line(std::string& out, const TaskEvent& event, std::uint64_t seq);
void append_json_line(std::string& out, const StoredConflict& conflict);
// An entry of the feed: {"event":"task","seq":…}.
void append_json_line(std::string& out, const StoredChange& change);
void append_json_line(std::string& out, const CoverageNotice& notice);
void append_json_line(std::string& out, const RescanNotice& notice);
void append_json_line(std::string& out, const RootNotice& notice);

}  // namespace pawl
