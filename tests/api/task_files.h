// Tasks on the disk, for tests.
#pragma once

#include <string>

#include "tests/command/scratch.h"

namespace pawl {

struct TaskFiles {
  std::string uuid = "7d3a1c52-4b0e-4c1f-9f43-0f6f3a1b2c01";
  std::string version = "1.0.0";
  std::string label = "Label";
  std::string tag = "tag";
  std::string script = "main();";
};

inline void write_task(const Scratch& scratch, const std::string& path, const TaskFiles& task) {
  scratch.write(path + "/main.js", task.script);
  scratch.write(path + "/input.schema.json", "{}");
  scratch.write(path + "/output.schema.json", "{}");
  scratch.replace(path + "/metadata.json", R"({"uuid":")" + task.uuid + R"(","version":")" + task.version +
                                             R"(","label":")" + task.label + R"(","tags":[")" + task.tag +
                                             R"("]})");
}

}  // namespace pawl
