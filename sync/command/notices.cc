#include "sync/command/notices.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sync/human_lines.h"
#include "sync/json_lines.h"

namespace pawl::command {
namespace {

constexpr std::uint64_t kGatherMs = 500;

}  // namespace

NoticePrinter::NoticePrinter(uv_loop_t* loop) : timer_(this) {
  uv_timer_init(loop, timer_.get());
}

void NoticePrinter::add(std::string& lines, const Notice& notice, bool json, bool colours) {
  if (const auto* coverage = std::get_if<CoverageNotice>(&notice)) {
    if (json) return append_json_line(lines, *coverage);
    Count& count = counts_[{coverage->coverage.mode, coverage->coverage.reason}];
    if (count.directories++ == 0) count.first = coverage->directory;
    if (!looked_ || uv_is_active(reinterpret_cast<uv_handle_t*>(timer_.get()))) return;
    uv_timer_start(
        timer_.get(),
        [](uv_timer_t* timer) {
          if (NoticePrinter* self = Handle<uv_timer_t, NoticePrinter>::owner_of(timer))
            self->log_counts();
        },
        kGatherMs, 0);
  } else if (const auto* rescan = std::get_if<RescanNotice>(&notice)) {
    if (json) return append_json_line(lines, *rescan);
    append_human_line(lines, *rescan, colours);
  } else if (const auto* root = std::get_if<RootNotice>(&notice)) {
    if (json) append_json_line(lines, *root);
    if (root->available) {
      spdlog::info("{} is seen again", root->path);
    } else {
      spdlog::warn("{} is unavailable, and nothing of it is removed: {}", root->path,
                   root->why.message());
    }
  }
}

void NoticePrinter::finish() {
  looked_ = true;
  log_counts();
}

void NoticePrinter::log_counts() {
  for (const auto& [way, count] : counts_) {
    const auto& [mode, reason] = way;
    std::string line = count.directories == 1
                           ? fmt::format("{} is now {}", count.first, mode_name(mode))
                           : fmt::format("{} directories are now {} ({}, …)", count.directories,
                                         mode_name(mode), count.first);
    line += fmt::format(": {}", reason_name(reason));
    const std::string_view remedy = reason_remedy(reason);
    if (!remedy.empty()) line += fmt::format("; {}", remedy);
    if (mode == Mode::kNative) {
      spdlog::info("{}", line);
    } else {
      spdlog::warn("{}", line);
    }
  }
  counts_.clear();
}

std::string scanning_line(std::uint64_t directories, std::uint64_t files) {
  return fmt::format("scanning: {} directories, {} files", directories, files);
}

}  // namespace pawl::command
