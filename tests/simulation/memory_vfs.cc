#include "tests/simulation/memory_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <new>
#include <utility>
#include <vector>

#include "tests/simulation/random.h"

namespace pawl {
namespace {

constexpr std::int64_t kSector = 512;

struct Write {
  std::int64_t at = 0;
  std::string bytes;
  bool truncates = false;  // to `at`
};

struct Content {
  std::string bytes;
  std::string synced;
  bool named = false;           // that it is there has been synced
  std::vector<Write> unsynced;  // in order
};
using ContentPtr = std::shared_ptr<Content>;

void carry_out(std::string& bytes, const Write& write) {
  const auto at = static_cast<std::size_t>(write.at);
  if (write.truncates) {
    if (at < bytes.size()) bytes.resize(at);
    return;
  }
  if (bytes.size() < at + write.bytes.size()) bytes.resize(at + write.bytes.size());
  bytes.replace(at, write.bytes.size(), write.bytes);
}

}  // namespace

struct MemoryVfs::State {
  explicit State(std::uint64_t seed) : random(seed) {}

  int meet(Call call) {
    if (dead) return SQLITE_IOERR;
    const Fault what = fault ? fault(call) : Fault::kNone;
    switch (what) {
      case Fault::kNone:
        return SQLITE_OK;
      case Fault::kBusy:
        return call == Call::kLock ? SQLITE_BUSY : SQLITE_OK;
      case Fault::kFull:
        return call == Call::kWrite ? SQLITE_FULL : SQLITE_OK;
      case Fault::kIo:
        return call == Call::kLock ? SQLITE_OK : SQLITE_IOERR;
      case Fault::kDie:
        dead = true;
        return SQLITE_IOERR;
    }
    return SQLITE_OK;
  }

  void sync(Content& content) {
    content.synced = content.bytes;
    content.unsynced.clear();
    content.named = true;
    removed.clear();  // a file system's journal keeps the order of names
  }

  void cut(Content& content) {
    // Of what was not synced: nothing, all, or any of it.
    const std::uint64_t keep = random.below(3) * 50;
    std::string bytes = content.synced;
    for (const Write& write : content.unsynced) {
      if (write.truncates) {
        if (random.below(100) < keep) carry_out(bytes, write);
        continue;
      }
      const auto size = static_cast<std::int64_t>(write.bytes.size());
      for (std::int64_t from = 0; from < size;) {
        const std::int64_t to =
            std::min(size, ((write.at + from) / kSector + 1) * kSector - write.at);
        if (random.below(100) < keep)
          carry_out(bytes,
                    {write.at + from, write.bytes.substr(static_cast<std::size_t>(from),
                                                         static_cast<std::size_t>(to - from))});
        from = to;
      }
    }
    content.bytes = content.synced = std::move(bytes);
    content.unsynced.clear();
  }

  void cut_power() {
    for (auto& [name, content] : removed)
      if (!files.contains(name) && random.below(2) == 0) files.emplace(name, content);
    removed.clear();
    for (auto at = files.begin(); at != files.end();) {
      if (!at->second->named && random.below(2) == 0) {
        at = files.erase(at);
      } else {
        cut(*at->second);
        (at++)->second->named = true;
      }
    }
  }

  std::map<std::string, ContentPtr> files;
  std::map<std::string, ContentPtr> removed;  // of which the removal has not been synced
  Random random;
  std::function<Fault(Call)> fault;
  bool dead = false;
};

namespace {

using Call = MemoryVfs::Call;

MemoryVfs::State* state = nullptr;
sqlite3_vfs* real = nullptr;
sqlite3_vfs memory;

// SQLite gives the memory for it.
struct File {
  sqlite3_file base;
  ContentPtr* content;
  std::vector<std::unique_ptr<char[]>>* index;  // of the log
  bool keeps_log;
};
File& self(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}

int close(sqlite3_file* file) {
  delete self(file).content;
  delete self(file).index;
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  if (const int rc = state->meet(Call::kRead); rc != SQLITE_OK) return SQLITE_IOERR_READ;
  const std::string& bytes = (*self(file).content)->bytes;
  const auto have = std::clamp<std::int64_t>(static_cast<std::int64_t>(bytes.size()) - at, 0, size);
  if (have > 0) std::memcpy(to, bytes.data() + at, static_cast<std::size_t>(have));
  if (have == size) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + have, 0, static_cast<std::size_t>(size - have));
  return SQLITE_IOERR_SHORT_READ;
}

void change(sqlite3_file* file, Write write) {
  Content& content = **self(file).content;
  carry_out(content.bytes, write);
  content.unsynced.push_back(std::move(write));
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  if (const int rc = state->meet(Call::kWrite); rc != SQLITE_OK)
    return rc == SQLITE_FULL ? rc : SQLITE_IOERR_WRITE;
  change(file, {at, std::string(static_cast<const char*>(from), static_cast<std::size_t>(size))});
  return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (state->meet(Call::kTruncate) != SQLITE_OK) return SQLITE_IOERR_TRUNCATE;
  change(file, {size, {}, true});
  return SQLITE_OK;
}

int sync(sqlite3_file* file, int) {
  if (state->meet(Call::kSync) != SQLITE_OK) return SQLITE_IOERR_FSYNC;
  state->sync(**self(file).content);
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>((*self(file).content)->bytes.size());
  return SQLITE_OK;
}

int lock(sqlite3_file*, int) {
  return state->meet(Call::kLock);
}
int unlock(sqlite3_file*, int) {
  return SQLITE_OK;
}
int check_lock(sqlite3_file*, int* held) {
  *held = 0;
  return SQLITE_OK;
}

int control(sqlite3_file* file, int what, void* argument) {
  if (what != SQLITE_FCNTL_PERSIST_WAL) return SQLITE_NOTFOUND;
  int& on = *static_cast<int*>(argument);
  if (on >= 0) self(file).keeps_log = on != 0;
  on = self(file).keeps_log ? 1 : 0;
  return SQLITE_OK;
}

int sector_size(sqlite3_file*) {
  return 4096;
}
// A write changes no byte beside its own, as on every disk that unix-excl and its like assume.
int traits(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** to) {
  auto& index = *self(file).index;
  const auto at = static_cast<std::size_t>(page);
  *to = nullptr;
  if (index.size() <= at) {
    if (extend == 0) return SQLITE_OK;
    while (index.size() <= at)
      index.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  }
  *to = index[at].get();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file*, int, int, int flags) {
  constexpr int kTakesAlone = SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE;
  return (flags & kTakesAlone) == kTakesAlone ? state->meet(Call::kLock) : SQLITE_OK;
}
void shm_barrier(sqlite3_file*) {}
int shm_unmap(sqlite3_file* file, int) {
  self(file).index->clear();
  return SQLITE_OK;
}

const sqlite3_io_methods methods = {2,           close,       read,    write,   truncate,
                                    sync,        file_size,   lock,    unlock,  check_lock,
                                    control,     sector_size, traits,  shm_map, shm_lock,
                                    shm_barrier, shm_unmap,   nullptr, nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  if (state->dead) return SQLITE_CANTOPEN;
  ContentPtr content;
  if (name == nullptr) {  // a temporary one
    content = std::make_shared<Content>();
  } else {
    ContentPtr& kept = state->files[name];
    if (!kept && (flags & SQLITE_OPEN_CREATE) == 0) {
      state->files.erase(name);
      return SQLITE_CANTOPEN;
    }
    if (!kept) kept = std::make_shared<Content>();
    content = kept;
  }
  File& made = *new (file) File{};
  made.content = new ContentPtr(std::move(content));
  made.index = new std::vector<std::unique_ptr<char[]>>();
  made.base.pMethods = &methods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int unlink(sqlite3_vfs*, const char* name, int synced) {
  if (state->meet(Call::kRemove) != SQLITE_OK) return SQLITE_IOERR_DELETE;
  const auto found = state->files.find(name);
  if (found == state->files.end()) return SQLITE_IOERR_DELETE_NOENT;
  if (synced == 0 && found->second->named) state->removed[name] = found->second;
  state->files.erase(found);
  return SQLITE_OK;
}

int access(sqlite3_vfs*, const char* name, int, int* there) {
  *there = state->files.contains(name) ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* to) {
  sqlite3_snprintf(size, to, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* to) {
  for (int i = 0; i < size; ++i) to[i] = static_cast<char>(state->random.next());
  return size;
}

int last_error(sqlite3_vfs*, int, char*) {
  return EIO;
}
// Nobody is there whose end could be waited for.
int sleep(sqlite3_vfs*, int microseconds) {
  return microseconds;
}
int current_time(sqlite3_vfs*, sqlite3_int64* to) {
  *to = 212'000'000'000'000;
  return SQLITE_OK;
}

constexpr const char* kParts[] = {"", "-wal", "-journal"};

}  // namespace

MemoryVfs::MemoryVfs(std::uint64_t seed) : state_(std::make_unique<State>(seed)) {
  state = state_.get();
  real = sqlite3_vfs_find(nullptr);
  memory = *real;
  memory.iVersion = 2;
  memory.pNext = nullptr;
  memory.zName = "memory";
  memory.szOsFile = static_cast<int>(sizeof(File));
  memory.xOpen = open;
  memory.xDelete = unlink;
  memory.xAccess = access;
  memory.xFullPathname = full_path;
  memory.xRandomness = randomness;
  memory.xSleep = sleep;
  memory.xGetLastError = last_error;
  memory.xCurrentTimeInt64 = current_time;
  if (sqlite3_vfs_register(&memory, /*makeDflt=*/1) != SQLITE_OK) std::abort();
  sqlite3_randomness(0, nullptr);  // begins anew, from this one
}

MemoryVfs::~MemoryVfs() {
  sqlite3_vfs_unregister(&memory);
  sqlite3_vfs_register(real, /*makeDflt=*/1);
  state = nullptr;
}

void MemoryVfs::set_fault(std::function<Fault(Call)> fault) {
  state_->fault = std::move(fault);
}
void MemoryVfs::die() {
  state_->dead = true;
}
bool MemoryVfs::dead() const {
  return state_->dead;
}

void MemoryVfs::revive(bool power_cut) {
  state_->dead = false;
  if (power_cut) state_->cut_power();
}

bool MemoryVfs::all_synced() const {
  return std::all_of(state_->files.begin(), state_->files.end(), [](const auto& file) {
    return file.second->named && file.second->unsynced.empty();
  });
}

void MemoryVfs::copy(const std::string& from, const std::string& to) {
  remove(to);
  for (const char* part : kParts) {
    const auto found = state_->files.find(from + part);
    if (found == state_->files.end()) continue;
    auto content = std::make_shared<Content>();
    content->bytes = content->synced = found->second->bytes;
    content->named = true;
    state_->files[to + part] = std::move(content);
  }
}

void MemoryVfs::remove(const std::string& database) {
  for (const char* part : kParts) state_->files.erase(database + part);
}

}  // namespace pawl
