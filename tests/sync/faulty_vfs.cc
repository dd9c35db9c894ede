#include "tests/sync/faulty_vfs.h"

#include <sqlite3.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace pawl::testing {
namespace {

struct State {
  Fault fault = Fault::kNone;
  std::uint64_t at = 0;
  std::uint64_t count = 0;
  std::uint64_t operations = 0;
  bool happened = false;

  // SQLITE_OK: go ahead.
  int next(int error) {
    ++operations;
    if (fault == Fault::kNone || operations < at) return SQLITE_OK;
    if (fault != Fault::kCrash && operations >= at + count) return SQLITE_OK;
    happened = true;
    return fault == Fault::kFull ? SQLITE_FULL : error;
  }
};
State state;

sqlite3_vfs* real = nullptr;
sqlite3_vfs faulty;

// SQLite's file, and behind it in the same memory the real one.
struct File {
  sqlite3_file base;
};
sqlite3_file* inner(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}

int close(sqlite3_file* file) {
  return inner(file)->pMethods->xClose(inner(file));
}
int read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  return inner(file)->pMethods->xRead(inner(file), to, size, at);
}
int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  if (const int rc = state.next(SQLITE_IOERR_WRITE); rc != SQLITE_OK) return rc;
  return inner(file)->pMethods->xWrite(inner(file), from, size, at);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const int rc = state.next(SQLITE_IOERR_TRUNCATE); rc != SQLITE_OK) return rc;
  return inner(file)->pMethods->xTruncate(inner(file), size);
}
int sync(sqlite3_file* file, int flags) {
  if (const int rc = state.next(SQLITE_IOERR_FSYNC); rc != SQLITE_OK) {
    return rc == SQLITE_FULL ? SQLITE_IOERR_FSYNC : rc;
  }
  return inner(file)->pMethods->xSync(inner(file), flags);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return inner(file)->pMethods->xFileSize(inner(file), size);
}
int lock(sqlite3_file* file, int how) {
  return inner(file)->pMethods->xLock(inner(file), how);
}
int unlock(sqlite3_file* file, int how) {
  return inner(file)->pMethods->xUnlock(inner(file), how);
}
int check_lock(sqlite3_file* file, int* held) {
  return inner(file)->pMethods->xCheckReservedLock(inner(file), held);
}
int control(sqlite3_file* file, int what, void* argument) {
  return inner(file)->pMethods->xFileControl(inner(file), what, argument);
}
int sector_size(sqlite3_file* file) {
  return inner(file)->pMethods->xSectorSize(inner(file));
}
int traits(sqlite3_file* file) {
  return inner(file)->pMethods->xDeviceCharacteristics(inner(file));
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** to) {
  return inner(file)->pMethods->xShmMap(inner(file), page, size, extend, to);
}
int shm_lock(sqlite3_file* file, int from, int count, int flags) {
  return inner(file)->pMethods->xShmLock(inner(file), from, count, flags);
}
void shm_barrier(sqlite3_file* file) {
  inner(file)->pMethods->xShmBarrier(inner(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
  return inner(file)->pMethods->xShmUnmap(inner(file), remove);
}

// Version 2: without memory-mapped reads, which would go past it.
const sqlite3_io_methods methods = {2,           close,       read,    write,   truncate,
                                    sync,        file_size,   lock,    unlock,  check_lock,
                                    control,     sector_size, traits,  shm_map, shm_lock,
                                    shm_barrier, shm_unmap,   nullptr, nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  const int rc = real->xOpen(real, name, inner(file), flags, out_flags);
  if (rc == SQLITE_OK) file->pMethods = &methods;
  return rc;
}
int remove(sqlite3_vfs*, const char* name, int sync_folder) {
  if (const int rc = state.next(SQLITE_IOERR_DELETE); rc != SQLITE_OK) return SQLITE_IOERR_DELETE;
  return real->xDelete(real, name, sync_folder);
}

}  // namespace

FaultyVfs::FaultyVfs() {
  real = sqlite3_vfs_find(nullptr);
  faulty = *real;
  faulty.pNext = nullptr;
  faulty.zName = "faulty";
  faulty.szOsFile = static_cast<int>(sizeof(File)) + real->szOsFile;
  faulty.xOpen = open;
  faulty.xDelete = remove;
  state = State();
  if (sqlite3_vfs_register(&faulty, /*makeDflt=*/1) != SQLITE_OK) std::abort();
}

FaultyVfs::~FaultyVfs() {
  sqlite3_vfs_unregister(&faulty);
  sqlite3_vfs_register(real, /*makeDflt=*/1);
}

void FaultyVfs::arm(Fault fault, std::uint64_t at, std::uint64_t count) {
  state = State{fault, at, count, 0, false};
}
std::uint64_t FaultyVfs::operations() const {
  return state.operations;
}
bool FaultyVfs::happened() const {
  return state.happened;
}

}  // namespace pawl::testing
