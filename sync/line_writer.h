// Writes lines to a file descriptor without ever being held up by a slow reader: what does not go out
// at once is written from a thread of its own.
//
// What is written is on its way at once, line by line as the reader takes them; nothing waits for a
// buffer to fill. A producer that must stay bounded asks ready() first, and where that says no,
// keeps what it has in a form that does not grow (one entry per place) until it is told to go on.
//
// Threading: write, ready, backlog, closed and close from any one thread or several. The callbacks
// are called on the writer's thread, without a lock: let them only wake a loop. None is called
// after close returned.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "core/status.h"

namespace pawl {

class LineWriter {
 public:
  struct Options {
    std::size_t backlog_max = std::size_t{1} << 20;    // bytes; from here on ready() is false
    std::size_t backlog_low = std::size_t{256} << 10;  // bytes; down here it is true again
    // The backlog fell to backlog_low after ready() had been false: produce on.
    std::function<void()> on_ready;
    // Nobody reads any more, or writing failed: status() says which. Called once.
    std::function<void()> on_closed;
  };

  // `fd` stays the caller's, and open until close returned.
  LineWriter(int fd, Options options);
  // As close without time to wait.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // Queues `lines`: whole lines, each with its newline. Never blocks and never refuses, so that
  // what a producer had in hand is not lost; dropped only once closed.
  void write(std::string&& lines);

  // False while there is more to write than the reader takes.
  bool ready() const;

  // Bytes that were queued and have not been written.
  std::size_t backlog() const;

  // True once nobody reads any more or writing failed.
  bool closed() const;

  // kOk while all is well, and where the reader has gone away, which is no failure (`… | head`);
  // else why writing failed.
  Status status() const;

  // Writes what is queued, for at most `budget`, and stops the thread. True: all was written.
  // Harmless if called again.
  bool close(std::chrono::milliseconds budget);

 private:
  struct State;
  // Shared with the thread: one that hangs in a write is left behind with it.
  std::shared_ptr<State> state_;
};

}  // namespace pawl
