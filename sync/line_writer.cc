#include "sync/line_writer.h"

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "sync/descriptor.h"

namespace pawl {

struct LineWriter::State {
  State(int fd, Options given) : options(std::move(given)), descriptor(fd) {}

  void run();
  // Takes what is queued, if all that was taken before is written. False: there is nothing.
  bool refill();
  bool write_some();
  void note_written(std::size_t size);
  void note_failure(long error);
  void call(const std::function<void()>& callback);

  const Options options;
  OutputDescriptor descriptor;
  // The thread's own: what it took from `queued`, and how much of that is written.
  std::string current;
  std::size_t current_at = 0;

  mutable std::mutex mutex;
  std::condition_variable changed;  // with `done` or `calling`
  std::string queued;
  std::size_t backlog = 0;
  bool waits_for_low = false;
  bool idle = false;       // in a wait that a new line must end
  bool stopping = false;   // end once all is written
  bool abandoned = false;  // end now
  bool is_closed = false;
  bool done = false;
  bool calling = false;
  Status failure;
  std::thread::id thread_id;
};

bool LineWriter::State::refill() {
  if (current_at < current.size()) return true;
  current.clear();
  current_at = 0;
  // A burst's buffer is not kept for ever.
  constexpr std::size_t kKeep = std::size_t{256} << 10;
  if (current.capacity() > kKeep) current.shrink_to_fit();
  const std::lock_guard lock(mutex);
  std::swap(current, queued);
  idle = current.empty();
  return !idle;
}

void LineWriter::State::call(const std::function<void()>& callback) {
  if (!callback) return;
  {
    const std::lock_guard lock(mutex);
    if (abandoned) return;
    calling = true;
  }
  callback();
  const std::lock_guard lock(mutex);
  calling = false;
  changed.notify_all();
}

void LineWriter::State::note_written(std::size_t size) {
  current_at += size;
  bool low = false;
  {
    const std::lock_guard lock(mutex);
    backlog -= size;
    low = waits_for_low && backlog <= options.backlog_low;
    if (low) waits_for_low = false;
  }
  if (low) call(options.on_ready);
}

void LineWriter::State::note_failure(long error) {
  {
    const std::lock_guard lock(mutex);
    is_closed = true;
    if (error != kReaderGone && error != -ECONNRESET) {
      failure = Status::from_errno(static_cast<int>(-error), "write", "output");
    }
    queued.clear();
    backlog = 0;
  }
  call(options.on_closed);
}

// False: the reader is gone or writing failed.
bool LineWriter::State::write_some() {
  const long written = descriptor.write(std::string_view(current).substr(current_at));
  if (written < 0) {
    note_failure(written);
    return false;
  }
  note_written(static_cast<std::size_t>(written));
  return true;
}

void LineWriter::State::run() {
  OutputDescriptor::block_signals();
  while (true) {
    const bool has_lines = refill();
    {
      const std::lock_guard lock(mutex);
      if (abandoned || (stopping && !has_lines)) break;
    }
    const OutputDescriptor::Ready ready = descriptor.wait(has_lines, std::nullopt);
    if (ready == OutputDescriptor::Ready::kClosed) {
      note_failure(kReaderGone);
      break;
    }
    if (ready == OutputDescriptor::Ready::kWritable && has_lines && !write_some()) break;
  }
  const std::lock_guard lock(mutex);
  done = true;
  changed.notify_all();
}

LineWriter::LineWriter(int fd, Options options)
    : state_(std::make_shared<State>(fd, std::move(options))) {
  try {
    std::thread thread([state = state_] { state->run(); });
    const std::lock_guard lock(state_->mutex);
    state_->thread_id = thread.get_id();
    thread.detach();
  } catch (const std::system_error& error) {
    state_->failure = Status::from_errno(error.code().value(), "start a thread to write", "output");
    state_->is_closed = true;
    state_->done = true;
  }
}

LineWriter::~LineWriter() {
  close(std::chrono::milliseconds(0));
}

void LineWriter::write(std::string&& lines) {
  if (lines.empty()) return;
  bool wake = false;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->is_closed || state_->stopping) return;
    // The thread has nothing to write: what the reader takes now needs no change of thread.
    if (state_->idle) lines.erase(0, state_->descriptor.write_at_once(lines));
    if (lines.empty()) return;
    state_->backlog += lines.size();
    if (state_->queued.empty()) {
      state_->queued = std::move(lines);
    } else {
      state_->queued += lines;
    }
    if (state_->backlog >= state_->options.backlog_max) state_->waits_for_low = true;
    wake = std::exchange(state_->idle, false);
  }
  if (wake) state_->descriptor.wake();
}

bool LineWriter::ready() const {
  const std::lock_guard lock(state_->mutex);
  return !state_->waits_for_low;
}

std::size_t LineWriter::backlog() const {
  const std::lock_guard lock(state_->mutex);
  return state_->backlog;
}

bool LineWriter::closed() const {
  const std::lock_guard lock(state_->mutex);
  return state_->is_closed;
}

Status LineWriter::status() const {
  const std::lock_guard lock(state_->mutex);
  return state_->failure;
}

bool LineWriter::close(std::chrono::milliseconds budget) {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.stopping = true;
  state.descriptor.wake();
  state.changed.wait_for(lock, budget, [&] { return state.done; });
  state.abandoned = true;
  state.descriptor.wake();
  // One that only waits ends at once, and then surely never touches a descriptor that was reused.
  // One that hangs in a write does nothing more once that returns.
  constexpr std::chrono::milliseconds kGrace(20);
  if (std::this_thread::get_id() != state.thread_id) {
    state.changed.wait_for(lock, kGrace, [&] { return state.done; });
  }
  // A callback that is running may use what the caller destroys next. One that closes waits for
  // nothing: it is the callback.
  if (std::this_thread::get_id() != state.thread_id) {
    state.changed.wait(lock, [&] { return !state.calling; });
  }
  return state.backlog == 0 && !state.is_closed;
}

}  // namespace pawl
