// What happens, for a person: one readable line per event. No promise to programs; those read JSON.
//
// Each function appends one line, with its newline, to `out`. A name can't break a line or reach
// the terminal: control characters and bytes that are not UTF-8 are shown as \n, \t, \xNN.
#pragma once

#include <string>
#include <string_view>

#include "sync/json_lines.h"

namespace pawl {

// `path` as it may be shown.
void append_readable(std::string& out, std::string_view path);

void append_human_line(std::string& out, const ReadyEvent& event, bool colours);
void append_human_line(std::string& out, const Change& change, bool colours);
// One line, and below it one for each error.
void append_human_line(std::string& out, const TaskEvent& event, bool colours);
void append_human_line(std::string& out, const StoredConflict& conflict, bool colours);
void append_human_line(std::string& out, const StoredChange& change, bool colours);
void append_human_line(std::string& out, const RescanNotice& notice, bool colours);

}  // namespace pawl
