// The script checker of this build: JavaScriptCore where it was built with it and it is there, else one
// that says that scripts are unchecked.
#pragma once

#include <memory>

#include "core/task/script_checker.h"

namespace pawl {

// The engine starts at the first script that is checked, not before: that takes some 15 ms and
// 20 to 60 MB. Threading: any thread may make one; each serves one thread at a time, and any number
// of them work at once.
//
// On Linux JavaScriptCore takes SIGUSR1 for itself once it has started; the environment variable
// JSC_SIGNAL_FOR_GC names another.
std::unique_ptr<ScriptChecker> make_script_checker();

// For a program that only checks scripts and runs none, by pawl or by itself: leaves the engine's
// compilers out, so that it starts in 2 ms instead of 14 and takes 22 MB instead of 60, and has it
// use the process's own allocator (by the environment variable Malloc, unless that is set). To be
// called before there are other threads and before anything in the process uses the engine; without
// effect later.
void run_no_scripts();

}  // namespace pawl
