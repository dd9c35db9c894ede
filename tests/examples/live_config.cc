// A configuration that a program reloads while it runs.
//
//     live_config FILE
//
// FILE has lines "name = value". Whenever it changes, by whatever an editor or a deployment does to it,
// the program goes on with the new settings; a file that makes no sense is told, and the last good
// settings stay. Ends when it is told to by a line "stop = yes".
//
// The watcher has a thread of its own. The settings are an immutable value that whoever needs them
// holds on to for as long as one piece of work takes.
#include <pawl/watcher.h>

#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace {

using Settings = std::map<std::string, std::string>;

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  const std::size_t last = text.find_last_not_of(" \t\r");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

// Nothing, and why, if the file can't be read or makes no sense.
std::optional<Settings> read(const std::string& file, std::string& why) {
  std::ifstream in(file);
  if (!in) return why = "it can't be read", std::nullopt;
  Settings settings;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    line = trimmed(line);
    if (line.empty() || line[0] == '#') continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos)
      return why = "line " + std::to_string(number) + " has no '='", std::nullopt;
    settings[trimmed(line.substr(0, equals))] = trimmed(line.substr(equals + 1));
  }
  return settings;
}

// The settings in force. Threading: any thread.
class LiveSettings {
 public:
  explicit LiveSettings(std::string file) : file_(std::move(file)) {}

  std::shared_ptr<const Settings> get() const {
    const std::lock_guard lock(mutex_);
    return settings_;
  }

  void load() {
    std::string why;
    std::optional<Settings> fresh = read(file_, why);
    if (!fresh) {
      std::printf("kept: %s\n", why.c_str());
    } else {
      auto settings = std::make_shared<const Settings>(std::move(*fresh));
      std::printf("loaded: %zu settings\n", settings->size());
      const std::lock_guard lock(mutex_);
      settings_ = std::move(settings);
      came_.notify_all();
    }
    std::fflush(stdout);
  }

  // Until one of them is so.
  void wait_for(const std::string& name, const std::string& value) {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] {
      const auto at = settings_->find(name);
      return at != settings_->end() && at->second == value;
    });
  }

 private:
  const std::string file_;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::shared_ptr<const Settings> settings_ = std::make_shared<const Settings>();
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: live_config FILE\n"), 2;
  const std::filesystem::path file = std::filesystem::absolute(argv[1]).lexically_normal();
  LiveSettings settings(file.string());

  // The folder is watched and not the file: editors put another file in its place.
  auto watcher = pawl::watch::Watcher::open(
      {.debounce = std::chrono::milliseconds(50)}, [&](const pawl::watch::Batch& batch) {
        bool touched = !batch.ready.empty();  // what came before it was watched counts too
        for (const pawl::watch::Change& change : batch.changes)
          touched |= change.path == file.string() &&
                     change.kind != pawl::watch::ChangeKind::kAttributes;
        if (touched) settings.load();
      });
  if (!watcher) return std::fprintf(stderr, "%s\n", watcher.error().message().c_str()), 1;
  const auto root = watcher->add_root({.path = file.parent_path().string(), .recursive = false});
  if (!root) return std::fprintf(stderr, "%s\n", root.error().message().c_str()), 1;

  settings.wait_for("stop", "yes");
  const std::shared_ptr<const Settings> last = settings.get();
  std::printf("stopped with %zu settings\n", last->size());
  return 0;
}
