#include "sync/database_files.h"

#include <filesystem>

#include "backends/fs_path.h"

namespace pawl {

namespace fs = std::filesystem;

std::string file_beside(const std::string& database, std::string_view suffix) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(fs_path(database), error);
  return (error ? database : path_text(real)) + std::string(suffix);
}

void drop_orphaned_log(const std::string& database) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(fs_path(database), error);
  // A database that holds nothing has no log, for pawl makes its tables before it switches that on,
  // and nothing that could be taken back from it.
  if (error ? error != std::errc::no_such_file_or_directory : size > 0) return;
  for (const std::string_view suffix : {"-wal", "-shm", "-journal"}) {
    fs::remove(fs_path(file_beside(database, suffix)), error);
  }
}

}  // namespace pawl
