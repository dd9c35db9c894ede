#include "sync/line_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

namespace pawl {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kDeadline(20);

// Something that another thread makes true.
class Signal {
 public:
  void set() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kDeadline, [&] { return count_ > 0; });
  }
  int count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

struct Pipe {
  Pipe() { EXPECT_EQ(::pipe(ends.data()), 0); }
  ~Pipe() {
    close_reader();
    ::close(ends[1]);
  }
  void close_reader() {
    if (ends[0] >= 0) ::close(ends[0]);
    ends[0] = -1;
  }
  // Reads until `size` bytes are there or the writers are gone.
  std::string read(std::size_t size) {
    std::string text;
    std::array<char, 65536> buffer{};
    while (text.size() < size) {
      const ssize_t got =
          ::read(ends[0], buffer.data(), std::min(buffer.size(), size - text.size()));
      if (got <= 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
  }
  int reader() const { return ends[0]; }
  int writer() const { return ends[1]; }

  std::array<int, 2> ends{-1, -1};
};

std::string numbered_lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "line " + std::to_string(i) + " of a burst\n";
  return text;
}

TEST(LineWriter, LineArrivesWithoutAnotherOne) {
  Pipe pipe;
  LineWriter writer(pipe.writer(), {});
  writer.write("first\n");
  EXPECT_EQ(pipe.read(6), "first\n");
  writer.write("second\n");
  EXPECT_EQ(pipe.read(7), "second\n");
  EXPECT_TRUE(writer.close(kDeadline));
  EXPECT_EQ(writer.backlog(), 0u);
}

TEST(LineWriter, EverythingArrivesInOrderThroughASlowReader) {
  Pipe pipe;
  LineWriter writer(pipe.writer(), {});
  const std::string all = numbered_lines(50'000);
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = all.find('\n', at) + 1;
    writer.write(all.substr(at, end - at));
    at = end;
  }
  EXPECT_EQ(pipe.read(all.size()), all);
  EXPECT_TRUE(writer.close(kDeadline));
}

TEST(LineWriter, ProducerIsToldWhenToHoldBackAndWhenToGoOn) {
  Pipe pipe;
  Signal go_on;
  LineWriter::Options options;
  options.backlog_max = 200'000;
  options.backlog_low = 50'000;
  options.on_ready = [&] { go_on.set(); };
  LineWriter writer(pipe.writer(), options);
  EXPECT_TRUE(writer.ready());
  const std::string line(999, 'x');
  std::size_t written = 0;
  while (writer.ready()) {
    writer.write(line + "\n");
    written += line.size() + 1;
    ASSERT_LT(written, 10'000'000u);
  }
  EXPECT_GE(writer.backlog(), 50'000u);
  EXPECT_EQ(go_on.count(), 0);
  // Not even what the pipe holds is needed for it, so the reader must take most of the backlog.
  EXPECT_EQ(pipe.read(written).size(), written);
  ASSERT_TRUE(go_on.wait());
  EXPECT_TRUE(writer.ready());
  EXPECT_TRUE(writer.close(kDeadline));
  EXPECT_EQ(go_on.count(), 1);
}

TEST(LineWriter, WriteNeverBlocksWhenNobodyReads) {
  Pipe pipe;
  LineWriter writer(pipe.writer(), {});
  const std::string line(1000, 'x');
  for (int i = 0; i < 5000; ++i) writer.write(line + "\n");
  EXPECT_FALSE(writer.ready());
  EXPECT_FALSE(writer.close(milliseconds(30)));  // would never return if it waited for the reader
  EXPECT_GT(writer.backlog(), 0u);
  EXPECT_FALSE(writer.closed());
}

TEST(LineWriter, ReaderThatGoesAwayIsNoticedWithoutAWrite) {
  Pipe pipe;
  Signal closed;
  LineWriter::Options options;
  options.on_closed = [&] { closed.set(); };
  LineWriter writer(pipe.writer(), options);
  writer.write("one\n");
  EXPECT_EQ(pipe.read(4), "one\n");
  pipe.close_reader();
  ASSERT_TRUE(closed.wait());
  EXPECT_TRUE(writer.closed());
  EXPECT_TRUE(writer.status().ok()) << writer.status().message();
  writer.write("two\n");
  EXPECT_EQ(writer.backlog(), 0u);
  EXPECT_FALSE(writer.close(kDeadline));
  EXPECT_EQ(closed.count(), 1);
}

// Whoever finds that out first, the thread or the producer, whose write raises no signal.
TEST(LineWriter, WriteToAReaderThatHasJustGoneAwayIsNoSignal) {
  for (int i = 0; i < 100; ++i) {
    Pipe pipe;
    Signal closed;
    LineWriter::Options options;
    options.on_closed = [&] { closed.set(); };
    LineWriter writer(pipe.writer(), options);
    writer.write("one\n");
    EXPECT_EQ(pipe.read(4), "one\n");
    pipe.close_reader();
    writer.write("two\n");
    ASSERT_TRUE(closed.wait());
    EXPECT_TRUE(writer.status().ok()) << writer.status().message();
  }
}

TEST(LineWriter, ReaderThatGoesAwayInABacklogIsNoticed) {
  Pipe pipe;
  Signal closed;
  LineWriter::Options options;
  options.on_closed = [&] { closed.set(); };
  LineWriter writer(pipe.writer(), options);
  writer.write(std::string(500'000, 'x') + "\n");
  pipe.read(1000);
  pipe.close_reader();
  ASSERT_TRUE(closed.wait());
  EXPECT_TRUE(writer.status().ok());
}

TEST(LineWriter, DescriptorThatIsNotOpenIsAFailure) {
  Signal closed;
  LineWriter::Options options;
  options.on_closed = [&] { closed.set(); };
  LineWriter writer(-1, options);
  writer.write("one\n");
  ASSERT_TRUE(closed.wait());
  EXPECT_EQ(writer.status().code(), Code::kIo) << writer.status().message();
}

TEST(LineWriter, FullDiskIsAFailureThatSaysSo) {
  const int full = ::open("/dev/full", O_WRONLY);
  if (full < 0) GTEST_SKIP() << "there is no /dev/full here";
  Signal closed;
  LineWriter::Options options;
  options.on_closed = [&] { closed.set(); };
  LineWriter writer(full, options);
  writer.write("one\n");
  ASSERT_TRUE(closed.wait());
  EXPECT_EQ(writer.status().code(), Code::kFull) << writer.status().message();
  writer.close(kDeadline);
  ::close(full);
}

TEST(LineWriter, CloseWritesWhatIsQueuedToAFile) {
  const std::string path = testing::TempDir() + "pawl_line_writer.txt";
  const std::string all = numbered_lines(100'000);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ASSERT_GE(file, 0);
  {
    LineWriter writer(file, {});
    writer.write(std::string(all));
    EXPECT_TRUE(writer.close(kDeadline));
    EXPECT_TRUE(writer.close(milliseconds(0)));  // again does no harm
  }
  ::close(file);
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), all);
  ::unlink(path.c_str());
}

TEST(LineWriter, LinesOfTwoWritersToOnePipeAreNotMixed) {
  Pipe pipe;
  LineWriter one(pipe.writer(), {});
  LineWriter two(pipe.writer(), {});
  std::string ones;
  std::string twos;
  for (int i = 0; i < 5000; ++i) {
    ones += std::string(70, '1') + "\n";
    twos += std::string(90, '2') + "\n";
  }
  const std::size_t size = ones.size() + twos.size();
  one.write(std::move(ones));
  two.write(std::move(twos));
  std::istringstream lines(pipe.read(size));
  for (std::string line; std::getline(lines, line);) {
    ASSERT_TRUE(line == std::string(70, '1') || line == std::string(90, '2')) << line;
  }
  EXPECT_TRUE(one.close(kDeadline));
  EXPECT_TRUE(two.close(kDeadline));
}

TEST(LineWriter, DescriptorStaysBlockingForThoseWhoShareIt) {
  Pipe pipe;
  const int before = ::fcntl(pipe.writer(), F_GETFL);
  LineWriter writer(pipe.writer(), {});
  writer.write("one\n");
  pipe.read(4);
  EXPECT_EQ(::fcntl(pipe.writer(), F_GETFL), before);
}

TEST(LineWriter, NoCallbackComesAfterClose) {
  for (int round = 0; round < 200; ++round) {
    Pipe pipe;
    auto alive = std::make_unique<std::atomic<bool>>(true);
    std::atomic<bool>* flag = alive.get();
    LineWriter::Options options;
    options.on_closed = [flag] { EXPECT_TRUE(flag->load()); };
    LineWriter writer(pipe.writer(), options);
    std::thread reader([&] { pipe.close_reader(); });
    writer.write("one\n");
    writer.close(milliseconds(0));
    flag->store(false);
    reader.join();
    alive.reset();  // a callback from here on is found by a sanitizer
  }
}

}  // namespace
}  // namespace pawl
