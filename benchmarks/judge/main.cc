// bench_judge EXPECTED SILENCE_MS: which of the paths in the file EXPECTED (one a line) do the
// lines on standard input name? It knows nothing of who writes them, nor what of else they hold: in
// each line the first word that begins as all of the paths do is taken for a path. A word ends at a
// space, a comma, a tab, a quote or the end of the line.
//
// When all were named, or when nothing has come for SILENCE_MS, it prints one line:
//   {"expected":100,"told":99,"lines":240,"last_ns":4093649386036,"lost":"/t/x"}
// `last_ns`: CLOCK_MONOTONIC when the last of them was first named. `lost`: one that was not.
// Then it reads on until the end of its input, so that the writer can finish.
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

long long now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

class Judge {
 public:
  explicit Judge(const char* expected) {
    std::ifstream file(expected);
    for (std::string line; std::getline(file, line);) paths_.push_back(line);
    for (const std::string& path : paths_) told_.emplace(path, false);
    if (paths_.empty()) return;
    prefix_ = paths_.front();
    for (const std::string& path : paths_) {
      const auto [end, unused] =
          std::mismatch(prefix_.begin(), prefix_.end(), path.begin(), path.end());
      prefix_.erase(end, prefix_.end());
    }
    prefix_.erase(prefix_.rfind('/') + 1);
  }

  void read(std::string_view bytes) {
    rest_.append(bytes);
    std::size_t begin = 0;
    for (std::size_t end; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1)
      read_line(std::string_view(rest_).substr(begin, end - begin));
    rest_.erase(0, begin);
  }

  bool all() const { return count_ == told_.size(); }

  void print() const {
    const auto lost = std::find_if(paths_.begin(), paths_.end(),
                                   [&](const std::string& p) { return !told_.at(p); });
    std::printf("{\"expected\":%zu,\"told\":%zu,\"lines\":%llu,\"last_ns\":%lld,\"lost\":\"%s\"}\n",
                told_.size(), count_, lines_, last_ns_, lost == paths_.end() ? "" : lost->c_str());
    std::fflush(stdout);
  }

 private:
  void read_line(std::string_view line) {
    ++lines_;
    const std::size_t at = line.find(prefix_);
    if (at == std::string_view::npos) return;
    const std::string_view word = line.substr(at, line.find_first_of(" ,\t\"'\r", at) - at);
    const auto found = told_.find(std::string(word));
    if (found == told_.end() || found->second) return;
    found->second = true;
    ++count_;
    last_ns_ = now_ns();
  }

  std::vector<std::string> paths_;
  std::unordered_map<std::string, bool> told_;
  std::string prefix_;
  std::string rest_;
  std::size_t count_ = 0;
  unsigned long long lines_ = 0;
  long long last_ns_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s EXPECTED SILENCE_MS < LINES\n", argv[0]);
    return 2;
  }
  Judge judge(argv[1]);
  const int silence_ms = std::atoi(argv[2]);
  bool printed = false;
  std::vector<char> buffer(1 << 20);
  for (;;) {
    pollfd wanted{STDIN_FILENO, POLLIN, 0};
    const int ready = ::poll(&wanted, 1, printed ? -1 : silence_ms);
    const ssize_t size = ready == 1 ? ::read(STDIN_FILENO, buffer.data(), buffer.size()) : 0;
    if (size > 0) judge.read({buffer.data(), static_cast<std::size_t>(size)});
    if (!printed && (judge.all() || size <= 0)) {
      judge.print();
      printed = true;
    }
    if (ready == 1 && size <= 0) return 0;
  }
}
