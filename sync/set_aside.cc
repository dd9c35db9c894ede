#include "sync/set_aside.h"

#include <chrono>
#include <filesystem>
#include <thread>

#include "sync/iso_time.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kWait{100};

// Opening it reads little of it, so all of it is looked at.
Status examine(const std::string& path) {
  Result<std::unique_ptr<Store>> store = Store::open(path, OpenOptions{.create = false});
  if (!store.ok()) return store.status();
  return (*store)->check();
}

// "20260102-030405"
std::string stamp_of(WallMs now) {
  std::string digits;
  for (const char c : iso_time(now).substr(0, 19)) {
    if (c >= '0' && c <= '9') digits += c;
    if (c == 'T') digits += '-';
  }
  return digits;
}

}  // namespace

Result<std::unique_ptr<Store>> open_when_free(const std::string& path, const OpenOptions& options) {
  for (;;) {
    Result<std::unique_ptr<Store>> store = Store::open(path, options);
    if (store.ok() || store.status().code() != Code::kBusy) return store;
    std::this_thread::sleep_for(kWait);
  }
}

Result<std::string> set_aside(const std::string& path) {
  const Status state = examine(path);
  if (state.ok() || state.code() == Code::kNotFound) return std::string();
  if (state.code() != Code::kCorrupt) return state;
  Result<WriterLock> lock = WriterLock::acquire(path);
  if (!lock.ok()) return lock.status();
  const std::string aside = path + "-corrupt-" + stamp_of(system_wall_now());
  for (const char* suffix : {"-wal", "-shm", "-journal", ""}) {
    std::error_code error;
    if (!fs::exists(path + suffix, error)) continue;
    fs::rename(path + suffix, aside + suffix, error);
    if (error) return Status::from_errno(error.value(), "rename", path + suffix);
  }
  return aside;
}

}  // namespace pawl
