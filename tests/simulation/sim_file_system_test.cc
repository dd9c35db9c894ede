// The file system in memory, held to the same contract as the real one.
#include "tests/simulation/sim_file_system.h"

#include <functional>

#include "tests/backends/file_system_contract.h"

namespace pawl {
namespace {

class SimWorld {
 public:
  SimWorld() : files_(disk_) {
    files_.privileged = true;
    disk_.make_directory("/etc");
    disk_.write("/etc/passwd", "secret");
    disk_.make_directory("/world");
  }

  FileSystem& files() { return files_; }
  std::string root() { return "/world"; }
  void make_directory(const std::string& path) { did(disk_.make_directory(path)); }
  void write(const std::string& path, const std::string& bytes) { did(disk_.write(path, bytes)); }
  void link(const std::string& target, const std::string& path) { did(disk_.link(target, path)); }
  void hard_link(const std::string& old, const std::string& path) {
    did(disk_.hard_link(old, path));
  }
  void rename(const std::string& from, const std::string& to) { did(disk_.rename(from, to)); }
  void remove(const std::string& path) { did(disk_.remove_tree(path)); }
  void set_mode(const std::string& path, unsigned mode) { did(disk_.set_mode(path, mode)); }
  bool make_fifo(const std::string& path) { return disk_.make_fifo(path); }
  bool unprivileged(const std::function<void()>& action) {
    files_.privileged = false;
    action();
    files_.privileged = true;
    return true;
  }

 private:
  void did(bool done) {
    ASSERT_TRUE(done);
    disk_.now += 1'000'000;
  }

  Disk disk_;
  SimFileSystem files_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Sim, FileSystemContract, SimWorld);

}  // namespace
}  // namespace pawl
