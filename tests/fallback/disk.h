// Doing things to the disk, and to processes, that tests of the watching need.
#pragma once

#include <functional>
#include <string>

namespace pawl {

// True if the command was successful. Its output is thrown away.
bool shell(const std::string& command);
bool has_program(const std::string& name);

void write_file(const std::string& path, const std::string& text);
// Writes over what is there: the file stays the same, and no truncation is seen.
void overwrite_file(const std::string& path, const std::string& text);
void append_file(const std::string& path, const std::string& text);
// Where another program has something open Windows may refuse these for the while: who writes for it tries
// again, and so do they.
void rename_path(const std::string& from, const std::string& to);
void remove_path(const std::string& path);  // with all that is below it
// False: what is there has no mode that could be seen to change. On Windows a file becomes read-only.
bool set_mode(const std::string& path, unsigned mode);

// `depth` directories named `name` in each other below `path`, however long the path becomes, and
// a file "end" in the innermost. False: the file system won't.
bool make_deep(const std::string& path, const std::string& name, int depth);
// Writes to that file once more.
bool touch_deep(const std::string& path, const std::string& name, int depth);

bool is_root_user();
// Every folder on the way to `path` may be passed through by any user.
bool others_may_reach(std::string path);

// A process of this program's own that runs `body`; it is killed at the end if it still runs.
class Child {
 public:
  // Success is `body` leaving no failed expectation. As `uid`, if that is not 0.
  explicit Child(const std::function<void()>& body, unsigned uid = 0);
  ~Child();
  Child(const Child&) = delete;

  // True if `body` was successful.
  bool wait();
  void stop();   // SIGSTOP, and waits until it stands still
  void go_on();  // SIGCONT

 private:
  int pid_ = -1;
};

// A FUSE file system in a process of its own that shows `below` at `at`, and that can be stopped.
// However the test ends, it is unmounted and its process is gone.
class BindFs {
 public:
  BindFs(std::string below, std::string at);
  ~BindFs();
  BindFs(const BindFs&) = delete;

  static bool possible();
  bool mounted() const { return mounted_; }
  void stop();
  void go_on();
  void unmount();
  // The same, and a stopped one stays so.
  void detach();

 private:
  std::string at_;
  int pid_ = -1;
  bool mounted_ = false;
};

// Moves this process, which has one thread, to a user namespace of its own. False: it may not.
bool enter_user_namespace();
// Sets /proc/sys/user/`name` of that namespace.
bool set_user_limit(const std::string& name, unsigned value);

}  // namespace pawl
