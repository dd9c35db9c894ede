// One file descriptor to write to, from a thread that may have to give up.
//
// The edge to the operating system: descriptor_posix.cc holds it for POSIX.
#pragma once

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace pawl {

// Threading: wait, write and block_signals are one thread's; wake is any thread's, and so is
// write_at_once while that one writes nothing.
class OutputDescriptor {
 public:
  enum class Ready { kWritable, kWoken, kClosed, kTimeout };

  // Does not own `fd`, and does not make it non-blocking: others share its file description, a
  // terminal's with the shell.
  explicit OutputDescriptor(int fd);
  ~OutputDescriptor();
  OutputDescriptor(const OutputDescriptor&) = delete;
  OutputDescriptor& operator=(const OutputDescriptor&) = delete;

  // Waits until one can write (if `wants_write`), wake was called, or nobody is left to read.
  // No `timeout`: for ever.
  Ready wait(bool wants_write, std::optional<std::chrono::milliseconds> timeout);

  // Writes a part of `bytes` after wait said kWritable; how many. 0: nothing could be written now,
  // try again. Negative: -errno.
  // Blocks only if somebody else fills the same pipe or terminal at the same moment.
  long write(std::string_view bytes);

  // As much of `bytes` as can be written without waiting for anybody; how many. 0: nothing, or the system
  // can't promise it for such a descriptor, or something is wrong, which write will say.
  std::size_t write_at_once(std::string_view bytes);

  // Makes a wait that is under way, or else the next one, return kWoken. Never blocks.
  void wake();

  // Signals go to other threads, and a broken pipe is an error of write and no signal.
  static void block_signals();

 private:
  int fd_;
  long error_ = 0;  // why fd_ can't be used, as write returns it
  bool never_at_once_ = false;
  int wake_read_ = -1;
  int wake_write_ = -1;
  std::size_t write_max_;
};

// What write returns where nobody is left to read.
inline constexpr long kReaderGone = -EPIPE;

}  // namespace pawl
