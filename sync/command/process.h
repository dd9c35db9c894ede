// What a process is on this system: its arguments, its signals, its terminal. The edge to the operating
// system: process_posix.cc and process_windows.cc.
#pragma once

#include <string>
#include <vector>

namespace pawl::command {

// To be called first. The arguments, the program's own name among them, as pawl has text: UTF-8, or
// whatever bytes the system hands over. A reader who goes away becomes an error of the write.
std::vector<std::string> start_process(int argc, char** argv);

// The signal that, beside SIGINT, asks the process to end: SIGTERM, or where none can be sent, what
// Ctrl-Break raises.
int terminate_signal();

}  // namespace pawl::command
