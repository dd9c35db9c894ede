// Each file in tests/task/mapping is a case: lines of commands, and after each, on lines that
// start with ">", exactly what the pipeline puts out. To add a case, add a file.
//
//   source NAME ROOT [flat] [quiet=MS] [concurrent=N] [retry=MS|never]
//   write PATH TEXT | touch PATH | remove PATH | move FROM TO     each noticed at once, unless
//   unseen COMMAND   it stands behind "unseen": then by the next
//   notice
//   ready SOURCE | unavailable SOURCE | restart | flush | wait MS
//   hold | release   loads come back only after release
//   fail N PATH | unsettled N PATH   so many loads of that task end like that
//   registry | idle  puts out what it holds; yes or no
//
// Put out are "load PATH", "restamp PATH", "look PATH", and one line for each batch of events:
// "KIND PATH UUID@VERSION | …". A task's metadata.json holds "UUID VERSION", and so does a .zip;
// a main.js that holds "bad" is an error.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/task/pipeline_world.h"

namespace pawl {
namespace {

class Script {
 public:
  // False: there is no such command.
  bool run(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    if (command == "unseen") {
      std::string rest;
      std::getline(words >> std::ws, rest);
      std::istringstream inner(rest);
      inner >> command;
      return edit(command, inner);
    }
    std::istringstream edit_words(line.substr(command.size()));
    if (edit(command, edit_words)) {
      world.notice();
      return true;
    }
    std::istringstream inject_words(line.substr(command.size()));
    return control(command, words) || inject(command, inject_words);
  }

  PipelineWorld world;
  std::vector<std::string> extra;  // put out by commands of the script itself

 private:
  bool edit(const std::string& command, std::istream& words) {
    std::string path, rest;
    words >> path;
    std::getline(words >> std::ws, rest);
    if (command == "write") {
      world.disk.write(path, rest);
    } else if (command == "touch") {
      world.disk.touch(path);
    } else if (command == "remove") {
      world.disk.remove(path);
    } else if (command == "move") {
      world.disk.move(path, rest);
    } else {
      return false;
    }
    return true;
  }

  bool control(const std::string& command, std::istream& words) {
    std::string word;
    words >> word;
    if (command == "source") {
      add_source(word, words);
    } else if (command == "notice") {
      world.notice();
    } else if (command == "ready") {
      world.ready(word);
    } else if (command == "unavailable") {
      world.unavailable(word);
    } else if (command == "restart") {
      world.restart();
    } else if (command == "flush") {
      world.flush();
    } else if (command == "wait") {
      world.wait(milliseconds(std::stoi(word)));
    } else if (command == "hold") {
      world.hold();
    } else if (command == "release") {
      world.release();
    } else if (command == "registry") {
      extra = world.registry_lines();
    } else if (command == "idle") {
      extra = {world.idle() ? "yes" : "no"};
    } else {
      return false;
    }
    return true;
  }

  bool inject(const std::string& command, std::istream& words) {
    std::string path;
    int times = 0;
    words >> times >> path;
    if (command == "fail") {
      world.disk.failing[path] = times;
    } else if (command == "unsettled") {
      world.disk.unsettled[path] = times;
    } else {
      return false;
    }
    return true;
  }

  void add_source(const std::string& name, std::istream& words) {
    SourceOptions options;
    options.name = name;
    words >> options.root;
    options.quiet = milliseconds(100);
    bool recursive = true;
    for (std::string word; words >> word;) {
      const std::string value = word.substr(word.find('=') + 1);
      if (word == "flat") recursive = false;
      if (word.starts_with("quiet=")) options.quiet = milliseconds(std::stoi(value));
      if (word.starts_with("concurrent=")) options.max_concurrent_reloads = std::stoul(value);
      if (word == "retry=never") {
        options.retry_on_error = false;
      } else if (word.starts_with("retry=")) {
        options.retry_delay = milliseconds(std::stoi(value));
      }
    }
    world.add_source(std::move(options), recursive);
  }
};

std::string strip(const std::string& line) {
  const auto start = line.find_first_not_of(" \t");
  if (start == std::string::npos || line[start] == '#') return {};
  return line.substr(start, line.find_last_not_of(" \t\r") - start + 1);
}

std::string join(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line + '\n';
  return all;
}

class PipelineMapping : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(PipelineMapping, TellsExactlyWhatTheCaseSays) {
  std::ifstream file(GetParam());
  Script script;
  std::vector<std::string> expected;
  std::string command;
  int number = 0, command_number = 0;
  const auto check = [&] {
    auto output = script.world.take_output();
    output.insert(output.end(), script.extra.begin(), script.extra.end());
    script.extra.clear();
    EXPECT_EQ(join(output), join(expected))
        << GetParam().string() << ':' << command_number << ": " << command;
    expected.clear();
  };
  for (std::string raw; std::getline(file, raw);) {
    ++number;
    const std::string line = strip(raw);
    if (line.empty()) continue;
    if (line.starts_with('>')) {
      expected.push_back(strip(line.substr(1)));
      continue;
    }
    check();
    command = line;
    command_number = number;
    ASSERT_TRUE(script.run(line)) << GetParam().string() << ':' << number << ": " << line;
  }
  check();
  ASSERT_GT(command_number, 0) << "an empty case";
  EXPECT_EQ(join(script.world.violations), "");
}

std::vector<std::filesystem::path> cases() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(PAWL_TEST_DATA) + "/task/mapping")) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

INSTANTIATE_TEST_SUITE_P(Cases, PipelineMapping, testing::ValuesIn(cases()),
                         [](const auto& param_info) {
                           std::string name = param_info.param.stem().string();
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return !std::isalnum(c); },
                               '_');
                           return name;
                         });

}  // namespace
}  // namespace pawl
