#include <pawl/pawl_c.h>
#include <pawl/watcher.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <utility>

using pawl::Error;
using pawl::ErrorCode;
using pawl::Expected;
namespace watch = pawl::watch;

static_assert(PAWL_E_IO == static_cast<int>(ErrorCode::kIo));
static_assert(PAWL_E_USAGE == static_cast<int>(ErrorCode::kUsage));
static_assert(PAWL_E_FOREIGN == static_cast<int>(ErrorCode::kForeign));
static_assert(PAWL_REMOVED == static_cast<int>(watch::ChangeKind::kRemoved));
static_assert(PAWL_OTHER == static_cast<int>(watch::FileType::kOther));
static_assert(PAWL_VIA_SCAN == static_cast<int>(watch::Via::kScan));
static_assert(PAWL_MODE_UNREACHABLE == static_cast<int>(watch::Mode::kUnreachable));
static_assert(PAWL_BACKEND_POLL == static_cast<int>(watch::Backend::kPoll));

struct pawl_watcher {
  std::optional<watch::Queue> queue;
  std::optional<watch::Watcher> watcher;  // empty only while it is being made
};

namespace {

thread_local std::string last_error;

int fail(const Error& error) {
  last_error = error.message();
  return static_cast<int>(error.code());
}

// No exception leaves for a program that may know none.
template <class Body>
int guarded(const Body& body) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return fail(Error(ErrorCode::kNoMemory, "do that", {}, {}));
  } catch (const std::exception& error) {
    return fail(Error(ErrorCode::kIo, "do that", {}, error.what()));
  }
}

// A struct of 0 bytes was never filled, and what the program then wrote into it would go unseen.
template <class Options>
bool unfilled(const Options* given) {
  return given != nullptr && given->size < sizeof given->size;
}

Error wrong(const char* what) {
  return Error(ErrorCode::kUsage, "watch", {}, what);
}

// The part of a struct that the program, compiled against an older version perhaps, has.
// REQUIRES: it is not unfilled.
template <class Options>
Options taken(const Options* given, void (*fill)(Options*, std::size_t)) {
  Options options;
  fill(&options, sizeof options);
  if (given != nullptr) std::memcpy(&options, given, std::min(given->size, sizeof options));
  return options;
}

Expected<watch::Options> options_of(const pawl_options* given) {
  if (unfilled(given)) return wrong("pawl_options_init has not been called");
  const pawl_options from = taken(given, pawl_options_fill);
  watch::Options options;
  options.native_watches_percent = from.native_watches_percent;
  options.debounce = std::chrono::milliseconds(from.debounce_ms);
  options.debounce_max = std::chrono::milliseconds(from.debounce_max_ms);
  options.answer_timeout = std::chrono::milliseconds(from.answer_timeout_ms);
  options.background_pass_min = std::chrono::milliseconds(from.background_pass_min_ms);
  options.sweep_share = from.sweep_share;
  if (from.since != nullptr) options.since = from.since;
  return options;
}

// Calls back with what `batch` has, in the terms of C.
void call(const watch::Batch& batch, pawl_batch_callback callback, void* user) {
  std::vector<pawl_change> changes;
  changes.reserve(batch.changes.size());
  for (const watch::Change& c : batch.changes)
    changes.push_back({static_cast<int>(c.kind), static_cast<int>(c.type), static_cast<int>(c.via),
                       c.root, c.path.c_str(), c.from.empty() ? nullptr : c.from.c_str(), c.inode,
                       c.device, c.known_at.count()});
  std::vector<pawl_coverage_change> coverage;
  for (const watch::CoverageChange& c : batch.coverage)
    coverage.push_back({c.root, c.directory.c_str(), static_cast<int>(c.before),
                        static_cast<int>(c.now.mode), static_cast<int>(c.now.reason),
                        c.now.os_error});
  std::vector<pawl_rescan> rescans;
  for (const watch::Rescan& r : batch.rescans)
    rescans.push_back({static_cast<int>(r.reason), r.path.c_str(), r.directories});
  std::vector<std::string> reasons;
  for (const watch::RootState& r : batch.roots)
    reasons.push_back(r.available ? std::string() : r.why.message());
  std::vector<pawl_root_state> roots;
  for (std::size_t i = 0; i < batch.roots.size(); ++i)
    roots.push_back({batch.roots[i].root, batch.roots[i].path.c_str(), batch.roots[i].available,
                     reasons[i].c_str()});
  const pawl_batch told{changes.data(), changes.size(), coverage.data(), coverage.size(),
                        rescans.data(), rescans.size(), roots.data(),    roots.size(),
                        batch.ready.data(), batch.ready.size()};
  callback(&told, user);
}

template <class Open>
int open(const pawl_options* options, pawl_watcher** result, const Open& open_it) {
  return guarded([&] {
    if (result == nullptr) return fail(wrong("there is no place for the watcher"));
    *result = nullptr;
    Expected<watch::Options> wanted = options_of(options);
    if (!wanted) return fail(wanted.error());
    auto made = std::make_unique<pawl_watcher>();
    Expected<watch::Watcher> opened = open_it(*made, *std::move(wanted));
    if (!opened) return fail(opened.error());
    made->watcher = std::move(*opened);
    *result = made.release();
    return static_cast<int>(PAWL_OK);
  });
}

// The same for what has no error to give; there pawl_error_message() has it alone.
template <class Body>
void run(const Body& body) {
  (void)guarded([&] {
    body();
    return static_cast<int>(PAWL_OK);
  });
}

// Null if there is no memory.
template <class Format>
char* text_of(const pawl_watcher* watcher, const Format& format) {
  char* copy = nullptr;
  run([&] {
    const std::string text = format(watcher->watcher->metrics());
    copy = static_cast<char*>(std::malloc(text.size() + 1));
    if (copy != nullptr) std::memcpy(copy, text.c_str(), text.size() + 1);
  });
  return copy;
}

template <class Enum>
const char* name(int value, Enum last) {
  // The names are literals, so they end with a zero.
  return value < 0 || value > static_cast<int>(last) ? "" : name_of(static_cast<Enum>(value)).data();
}

}  // namespace

const char* pawl_error_message(void) { return last_error.c_str(); }

const char* pawl_kind_name(int kind) { return name(kind, watch::ChangeKind::kRemoved); }
const char* pawl_mode_name(int mode) { return name(mode, watch::Mode::kUnreachable); }
const char* pawl_reason_name(int reason) { return name(reason, watch::Reason::kIo); }
const char* pawl_rescan_reason_name(int reason) {
  return name(reason, watch::RescanReason::kMountBack);
}

void pawl_options_fill(pawl_options* options, std::size_t size) {
  const watch::Options defaults;
  pawl_options filled{};
  filled.size = size;
  filled.native_watches_percent = defaults.native_watches_percent;
  filled.debounce_ms = static_cast<std::uint32_t>(defaults.debounce.count());
  filled.debounce_max_ms = static_cast<std::uint32_t>(defaults.debounce_max.count());
  filled.answer_timeout_ms = static_cast<std::uint32_t>(defaults.answer_timeout.count());
  filled.background_pass_min_ms = static_cast<std::uint32_t>(defaults.background_pass_min.count());
  filled.sweep_share = defaults.sweep_share;
  std::memcpy(options, &filled, std::min(size, sizeof filled));
}

void pawl_root_options_fill(pawl_root_options* options, std::size_t size) {
  const watch::Root defaults;
  pawl_root_options filled{};
  filled.size = size;
  filled.recursive = defaults.recursive;
  filled.backend = PAWL_BACKEND_AUTO;
  filled.poll_interval_ms = static_cast<std::uint32_t>(defaults.poll_interval.count());
  std::memcpy(options, &filled, std::min(size, sizeof filled));
}

int pawl_watcher_open(const pawl_options* options, pawl_batch_callback callback, void* user,
                      pawl_watcher** watcher) {
  return pawl_watcher_open_on_loop(nullptr, options, callback, user, watcher);
}

int pawl_watcher_open_on_loop(uv_loop_s* loop, const pawl_options* options,
                              pawl_batch_callback callback, void* user, pawl_watcher** watcher) {
  return open(
      options, watcher, [&](pawl_watcher&, watch::Options wanted) -> Expected<watch::Watcher> {
        if (callback == nullptr) return wrong("there is no callback");
        auto told = [callback, user](const watch::Batch& batch) { call(batch, callback, user); };
        return loop == nullptr ? watch::Watcher::open(std::move(wanted), told)
                               : watch::Watcher::open(loop, std::move(wanted), told);
      });
}

int pawl_watcher_open_queue(const pawl_options* options, pawl_watcher** watcher) {
  return open(options, watcher,
              [&](pawl_watcher& made, watch::Options wanted) -> Expected<watch::Watcher> {
                Expected<watch::Queue> queue = watch::Queue::make();
                if (!queue) return queue.error();
                made.queue = std::move(*queue);
                return watch::Watcher::open(std::move(wanted), *made.queue);
              });
}

int pawl_watcher_take(pawl_watcher* watcher, std::uint32_t timeout_ms, pawl_batch_callback callback,
                      void* user) {
  if (!watcher->queue || callback == nullptr) return 0;
  bool took = false;
  run([&] {
    const std::optional<watch::Batch> batch =
        watcher->queue->wait(std::chrono::milliseconds(timeout_ms));
    took = batch.has_value();
    if (took) call(*batch, callback, user);
  });
  return took ? 1 : 0;
}

int pawl_watcher_descriptor(const pawl_watcher* watcher) {
  return watcher->queue ? watcher->queue->descriptor() : -1;
}

void pawl_watcher_close(pawl_watcher* watcher) { delete watcher; }

int pawl_watcher_add_root(pawl_watcher* watcher, const char* path, const pawl_root_options* options,
                          std::uint32_t* root) {
  return guarded([&] {
    if (unfilled(options)) return fail(wrong("pawl_root_options_init has not been called"));
    const pawl_root_options from = taken(options, pawl_root_options_fill);
    if (from.backend < PAWL_BACKEND_AUTO || from.backend > PAWL_BACKEND_POLL)
      return fail(wrong("there is no such backend"));
    watch::Root wanted{.path = path == nullptr ? "" : path,
                       .recursive = from.recursive != 0,
                       .follow_symlinks = from.follow_symlinks != 0,
                       .allow_empty = from.allow_empty != 0,
                       .backend = static_cast<watch::Backend>(from.backend),
                       .poll_interval = std::chrono::milliseconds(from.poll_interval_ms)};
    for (std::size_t i = 0; i < from.ignore_count; ++i) {
      if (from.ignore == nullptr || from.ignore[i] == nullptr)
        return fail(wrong("a pattern is NULL"));
      wanted.ignore.emplace_back(from.ignore[i]);
    }
    const Expected<watch::RootId> added = watcher->watcher->add_root(std::move(wanted));
    if (!added) return fail(added.error());
    if (root != nullptr) *root = *added;
    return static_cast<int>(PAWL_OK);
  });
}

void pawl_watcher_remove_root(pawl_watcher* watcher, std::uint32_t root) {
  run([&] { watcher->watcher->remove_root(root); });
}
void pawl_watcher_pause(pawl_watcher* watcher, std::uint32_t root) {
  run([&] { watcher->watcher->pause(root); });
}
void pawl_watcher_resume(pawl_watcher* watcher, std::uint32_t root) {
  run([&] { watcher->watcher->resume(root); });
}
void pawl_watcher_rescan(pawl_watcher* watcher, std::uint32_t root) {
  run([&] { watcher->watcher->rescan(root); });
}

void pawl_watcher_save_snapshot(pawl_watcher* watcher, const char* file, pawl_done_callback done,
                                void* user) {
  run([&] {
    // No name is that of no file, and so it is told.
    watcher->watcher->save_snapshot(file == nullptr ? "" : file, [done, user](const Error& error) {
      if (done == nullptr) return;
      const std::string message = error.ok() ? "" : error.message();
      done(static_cast<int>(error.code()), message.c_str(), user);
    });
  });
}

int pawl_watcher_coverage(const pawl_watcher* watcher, std::uint32_t root, const char* directory,
                          int* mode, int* reason, int* os_error) {
  return guarded([&] {
    if (directory == nullptr) return fail(wrong("there is no directory"));
    for (const watch::DirectoryCoverage& one : watcher->watcher->coverage(root)) {
      if (one.directory != directory) continue;
      if (mode != nullptr) *mode = static_cast<int>(one.coverage.mode);
      if (reason != nullptr) *reason = static_cast<int>(one.coverage.reason);
      if (os_error != nullptr) *os_error = one.coverage.os_error;
      return static_cast<int>(PAWL_OK);
    }
    return fail(Error(ErrorCode::kNotFound, "find", directory, "it is not watched"));
  });
}

char* pawl_watcher_metrics_json(const pawl_watcher* watcher) {
  return text_of(watcher, [](const watch::Metrics& metrics) { return to_json(metrics); });
}
char* pawl_watcher_metrics_prometheus(const pawl_watcher* watcher) {
  return text_of(watcher, [](const watch::Metrics& metrics) { return to_prometheus(metrics); });
}
void pawl_string_free(char* string) { std::free(string); }
