#include <algorithm>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "backends/script/script_checker.h"
#include "sync/command/common.h"
#include "sync/command/process.h"

int main(int argc, char** argv) {
  // Before any thread: scripts are parsed here and never run, which makes the engine cheap.
  pawl::run_no_scripts();
  std::vector<std::string> arguments = pawl::command::start_process(argc, argv);
  CLI::App app("pawl keeps a registry of tasks and its SQLite database true to the disk.", "pawl");
  app.set_version_flag("--version", "pawl " PAWL_VERSION);
  app.require_subcommand(1);
  // "/tasks" and "//server/share" are paths everywhere, on Windows too.
  app.allow_windows_style_options(false);
  app.footer(
      "Exit codes: 0 done; 1 failed; 2 wrong usage or configuration; 3 a task is invalid;\n4 the feed does not go back so far.\n"
      "`pawl COMMAND --help` tells more of each.");
  int exit_code = 0;
  pawl::command::add_watch(app, exit_code);
  pawl::command::add_sync(app, exit_code);
  pawl::command::add_check(app, exit_code);
  pawl::command::add_events(app, exit_code);
  pawl::command::add_status(app, exit_code);
  pawl::command::add_changes(app, exit_code);
  pawl::command::add_history(app, exit_code);
  pawl::command::add_doctor(app, exit_code);
  try {
    // From the last to the first, and without the program's name.
    if (!arguments.empty()) arguments.erase(arguments.begin());
    std::reverse(arguments.begin(), arguments.end());
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : pawl::command::kExitUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "pawl: {}\n", error.what());
    return pawl::command::kExitFailure;
  }
  return exit_code;
}
