#include "sync/command/source_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "core/coverage.h"
#include "sync/human_lines.h"
#include "sync/json_lines.h"

namespace pawl::command {
namespace {

std::string field(std::string_view key, std::string_view value) {
  std::string text = fmt::format(",\"{}\":", key);
  append_json_string(text, value);
  return text;
}

std::string readable(std::string_view text) {
  std::string out;
  append_readable(out, text);
  return out;
}

std::string_view remedy_of(std::string_view reason) {
  for (int i = 0; i <= static_cast<int>(Reason::kIo); ++i)
    if (reason == reason_name(static_cast<Reason>(i))) return reason_remedy(static_cast<Reason>(i));
  return "";
}

bool same_way(const StoredCoverage& a, const StoredCoverage& b) {
  return a.mode == b.mode && a.reason == b.reason;
}

void append_way(std::string& out, const SourceState& source, const StoredCoverage& sum) {
  const auto example =
      std::find_if(source.coverage->begin(), source.coverage->end(),
                   [&](const auto& one) { return !one.directory.empty() && same_way(one, sum); });
  fmt::format_to(std::back_inserter(out), "  {}: {} ", sum.mode, sum.directories);
  out += sum.directories == 1 ? "directory" : "directories";
  if (example != source.coverage->end())
    out += " (" + readable(example->directory) + (sum.directories == 1 ? ")" : ", …)");
  out += fmt::format(" since {}: {}", iso_time(sum.since), sum.reason);
  const std::string_view remedy = remedy_of(sum.reason);
  if (!remedy.empty()) out += fmt::format("; {}", remedy);
  out += '\n';
}

}  // namespace

void append_source_json(std::string& out, const SourceState& source) {
  fmt::format_to(std::back_inserter(out),
                 "{{\"event\":\"source\"{}{}{}{},\"since\":\"{}\",\"directories\":{},\"files\":{},"
                 "\"native\":{},\"polled\":{},\"poll_interval_ms\":{},\"poll_wanted_ms\":{}}}\n",
                 field("name", source.name), field("path", source.root),
                 field("state", source_status_name(source.status)), field("reason", source.reason),
                 iso_time(source.since), source.directories, source.files, source.native,
                 source.polled, source.poll_interval_ms, source.poll_wanted_ms);
  if (!source.coverage) return;
  for (const StoredCoverage& one : *source.coverage) {
    out += "{\"event\":\"coverage\"" + field("source", source.name);
    if (!one.directory.empty()) out += field("directory", one.directory);
    out += field("mode", one.mode) + field("reason", one.reason);
    if (one.directory.empty()) {
      out += fmt::format(",\"directories\":{}", one.directories);
    } else {
      out += fmt::format(",\"os_error\":{}", one.os_error);
    }
    out += fmt::format(",\"since\":\"{}\"}}\n", iso_time(one.since));
  }
}

void append_source_text(std::string& out, const SourceState& source) {
  fmt::format_to(std::back_inserter(out),
                 "source {}: {}, {} directories ({} native, {} polled), {} files, {}{}{}\n",
                 readable(source.name), source_status_name(source.status), source.directories,
                 source.native, source.polled, source.files, readable(source.root),
                 source.reason.empty() ? "" : ": ", readable(source.reason));
  if (!source.coverage) return;
  for (const StoredCoverage& sum : *source.coverage)
    if (sum.directory.empty() && sum.mode != mode_name(Mode::kNative)) append_way(out, source, sum);
  if (source.polled > 0)
    fmt::format_to(
        std::back_inserter(out), "  each polled directory is looked at within {:.1f} s{}\n",
        static_cast<double>(source.poll_interval_ms) / 1e3,
        source.poll_interval_ms > source.poll_wanted_ms
            ? fmt::format(" (stretched from {:.1f} s, so that sweeps keep to their share)",
                          static_cast<double>(source.poll_wanted_ms) / 1e3)
            : std::string());
}

}  // namespace pawl::command
