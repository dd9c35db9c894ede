#include "sync/human_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/task/text.h"

namespace pawl {
namespace {

constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kPlain = "\x1b[0m";

// The word that begins a line, in its column and colour.
void append_word(std::string& out, std::string_view word, std::string_view colour, bool colours) {
  constexpr std::size_t kColumn = 11;  // one more than "attributes"
  if (colours) out += colour;
  out += word;
  if (colours) out += kPlain;
  out.append(kColumn - std::min(word.size(), kColumn - 1), ' ');
}

std::string_view colour_of(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kCreated:
      return kGreen;
    case ChangeKind::kModified:
      return kYellow;
    case ChangeKind::kAttributes:
      return kDim;
    case ChangeKind::kRemoved:
      return kRed;
  }
  return kPlain;
}

std::string_view colour_of(TaskEventKind kind) {
  switch (kind) {
    case TaskEventKind::kAdded:
    case TaskEventKind::kRecovered:
      return kGreen;
    case TaskEventKind::kUpdated:
      return kYellow;
    case TaskEventKind::kRemoved:
    case TaskEventKind::kInvalid:
    case TaskEventKind::kDuplicate:
      return kRed;
  }
  return kPlain;
}

void append_control(std::string& out, unsigned char c) {
  if (c == '\n') {
    out += "\\n";
  } else if (c == '\t') {
    out += "\\t";
  } else {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", c);
  }
}

// `text` is UTF-8. U+0080 to U+009F are controls too: some terminals obey them.
void append_printable(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    if (c < 0x20 || c == 0x7F) {
      append_control(out, c);
    } else if (c == 0xC2 && next < 0xA0) {
      append_control(out, c);
      append_control(out, next);
      ++i;
    } else {
      out += text[i];
    }
  }
}

}  // namespace

void append_readable(std::string& out, std::string_view path) {
  while (const auto bad = find_invalid_utf8(path)) {
    append_printable(out, path.substr(0, *bad));
    append_control(out, static_cast<unsigned char>(path[*bad]));
    path.remove_prefix(*bad + 1);
  }
  append_printable(out, path);
}

void append_human_line(std::string& out, const ReadyEvent& event, bool colours) {
  append_word(out, "ready", kGreen, colours);
  fmt::format_to(std::back_inserter(out), "{} directories ({} native, {} polled), {} files\n",
                 event.directories, event.native, event.polled, event.files);
}

void append_human_line(std::string& out, const Change& change, bool colours) {
  append_word(out, kind_name(change.kind), colour_of(change.kind), colours);
  append_readable(out, change.path);
  if (change.type == FileType::kDirectory) out += '/';
  if (!change.from.empty()) {
    out += "  (was ";
    append_readable(out, change.from);
    out += ')';
  }
  if (change.via != Via::kNative)
    fmt::format_to(std::back_inserter(out), "  ({})", via_name(change.via));
  out += '\n';
}

void append_human_line(std::string& out, const TaskEvent& event, bool colours) {
  append_word(out, task_event_name(event.kind), colour_of(event.kind), colours);
  if (event.task) {
    append_readable(out, event.task->label().empty() ? event.task->uuid() : event.task->label());
    out += ' ';
    append_readable(out, event.task->version());
    out += "  ";
  }
  append_readable(out, event.path);
  if (!event.other_path.empty()) {
    out += "  (served by ";
    append_readable(out, event.other_path);
    out += ')';
  }
  out += '\n';
  for (const Diagnostic& error : event.errors) {
    out += "  ";
    append_readable(out, error.format());
    out += '\n';
  }
}

void append_human_line(std::string& out, const StoredConflict& conflict, bool colours) {
  append_word(out, "conflict", kYellow, colours);
  append_readable(out, conflict.uuid + ' ' + conflict.version + "  " + conflict.path);
  const bool disk = conflict.kept == "registry";
  fmt::format_to(std::back_inserter(out), "  (the {} won; what the {} had is revision #{})\n",
                 disk ? "disk" : "database", disk ? "database" : "disk", conflict.revision);
}

void append_human_line(std::string& out, const StoredChange& change, bool colours) {
  fmt::format_to(std::back_inserter(out), "{}  {}  ", change.seq, change.at);
  append_word(out, change.kind, kGreen, colours);
  if (!change.uuid.empty()) append_readable(out, change.uuid + ' ' + change.version + "  ");
  append_readable(out, change.path);
  out += '\n';
}

void append_human_line(std::string& out, const RescanNotice& notice, bool colours) {
  append_word(out, "rescan", kYellow, colours);
  fmt::format_to(std::back_inserter(out), "{} directories looked at again ({})\n",
                 notice.directories, rescan_reason_name(notice.reason));
}

}  // namespace pawl
