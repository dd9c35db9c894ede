#include "sync/json_lines.h"

#include <fmt/format.h>

#include <array>

#include "core/task/text.h"

namespace pawl {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

// True for the bytes that can't stand in a JSON string as they are.
constexpr std::array<bool, 256> needs_escape() {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = true;
  table['"'] = true;
  table['\\'] = true;
  return table;
}
constexpr std::array<bool, 256> kNeedsEscape = needs_escape();

void append_escape(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += kHex[c >> 4];
  out += kHex[c & 15];
}

// Appends `text`, which is UTF-8.
void append_text(std::string& out, std::string_view text) {
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!kNeedsEscape[c]) continue;
    out.append(text, start, i - start);
    append_escape(out, c);
    start = i + 1;
  }
  out.append(text, start, text.size() - start);
}

// fmt::format_to on a back_inserter costs more than the rest of a line.
void append_number(std::string& out, std::string_view key, std::int64_t value) {
  const fmt::format_int digits(value);
  out += key;
  out.append(digits.data(), digits.size());
}

void append_number(std::string& out, std::string_view key, std::uint64_t value) {
  const fmt::format_int digits(value);
  out += key;
  out.append(digits.data(), digits.size());
}

void append_field(std::string& out, std::string_view key, std::string_view value) {
  out += key;
  append_json_string(out, value);
}

void append_end(std::string& out, Instant known_at) {
  append_number(out, ",\"monotonic_ns\":", to_ns(known_at));
  out += "}\n";
}

void append_errors(std::string& out, const TaskEvent& event) {
  out += ",\"errors\":[";
  bool first = true;
  for (const Diagnostic& error : event.errors) {
    if (!first) out += ',';
    first = false;
    append_json_string(out, error.format());
  }
  out += ']';
}

}  // namespace

void append_json_string(std::string& out, std::string_view bytes) {
  out += '"';
  while (const auto bad = find_invalid_utf8(bytes)) {
    append_text(out, bytes.substr(0, *bad));
    const auto c = static_cast<unsigned char>(bytes[*bad]);
    out += "\\udc";
    out += kHex[c >> 4];
    out += kHex[c & 15];
    bytes.remove_prefix(*bad + 1);
  }
  append_text(out, bytes);
  out += '"';
}

void append_json_line(std::string& out, const ReadyEvent& event) {
  append_number(out, "{\"event\":\"ready\",\"directories\":", event.directories);
  append_number(out, ",\"files\":", event.files);
  append_number(out, ",\"native\":", event.native);
  append_number(out, ",\"polled\":", event.polled);
  append_end(out, event.known_at);
}

void append_json_line(std::string& out, const Change& change) {
  out += "{\"event\":\"change\",\"kind\":\"";
  out += kind_name(change.kind);
  append_field(out, "\",\"path\":", change.path);
  if (!change.from.empty()) append_field(out, ",\"from\":", change.from);
  out += ",\"type\":\"";
  out += type_name(change.type);
  out += "\",\"via\":\"";
  out += via_name(change.via);
  out += '"';
  append_end(out, change.known_at);
}

void append_json_line(std::string& out, const TaskEvent& event, std::uint64_t seq) {
  out += "{\"event\":\"task\",\"kind\":\"";
  out += task_event_name(event.kind);
  // A task that never was valid has none of these.
  append_field(out, "\",\"uuid\":", event.task ? event.task->uuid() : std::string_view());
  append_field(out, ",\"version\":", event.task ? event.task->version() : std::string_view());
  append_field(out, ",\"label\":", event.task ? event.task->label() : std::string_view());
  append_field(out, ",\"path\":", event.path);
  if (!event.other_path.empty()) append_field(out, ",\"serves\":", event.other_path);
  append_number(out, ",\"seq\":", seq);
  append_errors(out, event);
  append_end(out, event.known_at);
}

void append_json_line(std::string& out, const StoredConflict& conflict) {
  append_field(out, "{\"event\":\"conflict\",\"uuid\":", conflict.uuid);
  append_field(out, ",\"version\":", conflict.version);
  append_field(out, ",\"path\":", conflict.path);
  append_field(out, ",\"kept\":", conflict.kept);
  append_number(out, ",\"revision\":", conflict.revision);
  if (conflict.seq != 0) append_number(out, ",\"seq\":", conflict.seq);
  append_field(out, ",\"at\":", conflict.at);
  out += "}\n";
}

void append_json_line(std::string& out, const StoredChange& change) {
  append_number(out, "{\"event\":\"task\",\"seq\":", change.seq);
  append_field(out, ",\"at\":", change.at);
  append_field(out, ",\"kind\":", change.kind);
  append_field(out, ",\"uuid\":", change.uuid);
  append_field(out, ",\"version\":", change.version);
  append_field(out, ",\"path\":", change.path);
  append_field(out, ",\"checksum\":", change.checksum);
  out += "}\n";
}

void append_json_line(std::string& out, const CoverageNotice& notice) {
  append_field(out, "{\"event\":\"coverage\",\"directory\":", notice.directory);
  append_field(out, ",\"mode\":", mode_name(notice.coverage.mode));
  append_field(out, ",\"reason\":", reason_name(notice.coverage.reason));
  append_end(out, notice.at);
}

void append_json_line(std::string& out, const RescanNotice& notice) {
  append_field(out, "{\"event\":\"rescan\",\"reason\":", rescan_reason_name(notice.reason));
  if (!notice.path.empty()) append_field(out, ",\"path\":", notice.path);
  append_number(out, ",\"directories\":", notice.directories);
  append_end(out, notice.at);
}

void append_json_line(std::string& out, const RootNotice& notice) {
  append_field(out, "{\"event\":\"source\",\"path\":", notice.path);
  append_field(out, ",\"state\":", notice.available ? "available" : "unavailable");
  if (!notice.available) append_field(out, ",\"reason\":", notice.why.message());
  append_end(out, notice.at);
}

}  // namespace pawl
