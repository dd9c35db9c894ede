#include <csignal>

#include "sync/command/process.h"

namespace pawl::command {

std::vector<std::string> start_process(int argc, char** argv) {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  return {argv, argv + argc};
}

int terminate_signal() { return SIGTERM; }

}  // namespace pawl::command
