#include <windows.h>

#include <shellapi.h>
#include <uv.h>

#include <csignal>

#include "backends/wide_path.h"
#include "backends/windows_open.h"
#include "sync/command/process.h"

namespace pawl::command {

std::vector<std::string> start_process(int, char**) {
  // All that is written is UTF-8, and may hold colours.
  ::SetConsoleOutputCP(CP_UTF8);
  for (const DWORD which : {STD_OUTPUT_HANDLE, STD_ERROR_HANDLE}) {
    const HANDLE console = ::GetStdHandle(which);
    DWORD mode = 0;
    if (::GetConsoleMode(console, &mode))
      ::SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
  }
  // argv is in the system's old code page, where not every name has a form.
  int count = 0;
  wchar_t** words = ::CommandLineToArgvW(::GetCommandLineW(), &count);
  std::vector<std::string> arguments;
  for (int i = 0; i < count; ++i) arguments.push_back(from_wide(as_units(words[i])));
  ::LocalFree(words);
  return arguments;
}

int terminate_signal() { return SIGBREAK; }

}  // namespace pawl::command
