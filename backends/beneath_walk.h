// A path below a root, walked name by name: no open ever follows a link, so none can lead astray. Links are
// read and their targets walked from where they stand. What may be reached is decided here; how a name
// is opened is each system's own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pawl {

class BeneathWalk {
 public:
  // `root_path`, absolute, is borrowed: an absolute link may lead below it.
  BeneathWalk(std::string_view root_path, std::string_view relative, bool follow_symlinks, int links_max)
      : root_path_(root_path), follow_symlinks_(follow_symlinks), links_left_(links_max) {
    queue(relative);
  }
  virtual ~BeneathWalk() = default;

  // Opens what the path leads to. 0, or errno:
  // EXDEV: it leads outside the root. ELOOP: a link, and none is followed; or links without end.
  int walk();

 protected:
  enum class Met { kDirectory, kLink, kWanted };

  // `name` in the directory that has been reached. A link is none but met; else it is what is wanted, if it
  // is the `last`, and opened, or a directory, and has then been reached.
  virtual int step(const std::string& name, bool last, Met& met) = 0;
  // Where the link `name` leads that step() has just met. `relative`: from the directory that it is in.
  virtual int read_link(const std::string& name, std::string& target, bool& relative) = 0;
  // The directory that has been reached is what is wanted.
  virtual int open_here() = 0;
  // What has been reached is the root, as at the beginning.
  virtual void restart() = 0;

 private:
  void queue(std::string_view path);
  int step_up();
  int follow(const std::string& link);

  const std::string_view root_path_;
  const bool follow_symlinks_;
  int links_left_;
  std::vector<std::string> walked_;  // names from the root to here, no link among them
  std::vector<std::string> ahead_;   // names to go, the next one last
};

}  // namespace pawl
