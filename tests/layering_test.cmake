# cmake -DSOURCE=DIR -DSCRATCH=DIR -P layering_test.cmake: layering.cmake sees what it should. Builds
# a small tree with one mistake at a time and expects it to be named.
cmake_minimum_required(VERSION 3.25)

set(failures "")

# expect(FILE TEXT WANTED): with FILE holding TEXT, layering.cmake complains of WANTED; "" for
# no complaint.
function(expect file text wanted)
  file(REMOVE_RECURSE ${SCRATCH})
  file(MAKE_DIRECTORY ${SCRATCH})
  file(WRITE ${SCRATCH}/${file} "${text}\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -DSOURCE=${SCRATCH} -P ${SOURCE}/tests/layering.cmake
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(FIND "${output}" "${wanted}" found)
  if(wanted STREQUAL "" AND NOT result EQUAL 0)
    set(failures "${failures}\n${file} with '${text}': ${output}" PARENT_SCOPE)
  elseif(NOT wanted STREQUAL "" AND (result EQUAL 0 OR found EQUAL -1))
    set(failures "${failures}\n${file} with '${text}' is let through" PARENT_SCOPE)
  endif()
endfunction()

expect(core/a.cc "#include <uv.h>" "core/a.cc")
expect(core/a.cc "#include <sqlite3.h>" "core/a.cc")
expect(core/a.cc "#include <thread>" "<thread>")
expect(core/a.cc "#  include <filesystem>" "<filesystem>")
expect(core/a.cc "#include <mutex>" "<mutex>")
expect(core/a.cc "#include <unistd.h>" "edge files")
expect(core/a.cc "#include \"backends/loop.h\"" "backends/loop.h")
expect(core/a.cc "#include \"core/task/task.h\"" "core/task/task.h")
expect(core/a.cc "int x[2]; auto t = std::chrono::steady_clock::now();" "steady_clock")
expect(core/a.cc "auto t = Clock::now();" "now(")
expect(core/a.cc "sleep_for(x);" "sleep")
expect(core/task/a.cc "#include <yaml-cpp/yaml.h>" "yaml-cpp")
expect(core/task/a.cc "#include <jsc/jsc.h>" "jsc")
expect(core/task/debouncer.cc "#include <mutex>" "<mutex>")
expect(core/task/registry_x.cc "#include <thread>" "<thread>")
expect(backends/a.cc "#include \"fallback/x.h\"" "fallback/x.h")
expect(backends/a.cc "#include \"core/task/task.h\"" "core/task/task.h")
expect(backends/a.cc "#include <sys/inotify.h>" "edge files")
expect(fallback/a.h "#include \"sync/x.h\"" "sync/x.h")
expect(fallback/a.h "#include \"core/task/task.h\"" "core/task/task.h")
expect(fallback/a.h "#include <sqlite3.h>" "sqlite3.h")
expect(sync/a.cc "#include \"tests/x.h\"" "tests/x.h")
expect(sync/a.cc "#include <CLI/CLI.hpp>" "CLI")
expect(sync/command/a.cc "#include <sqlite3.h>" "sqlite3.h")
expect(notes.txt "" "notes.txt")

expect(core/a.cc "// never now() and no sleep, <thread> or sqlite3_open" "")
expect(core/a.cc "#include <vector>\n#include <re2/re2.h>\n#include \"core/time.h\"\nwall_now();" "")
expect(core/task/registry.cc "#include <mutex>" "")
expect(backends/files_posix.cc "#include <unistd.h>\n#include <uv.h>" "")
expect(backends/script/a.cc "#include \"core/task/task.h\"\n#include <jsc/jsc.h>" "")
expect(sync/command/a.cc "#include <CLI/CLI.hpp>\n#include \"sync/config.h\"" "")

# A file that no target builds.
file(REMOVE_RECURSE ${SCRATCH})
file(WRITE ${SCRATCH}/tests/forgotten.cc "")
file(WRITE ${SCRATCH}/build/compile_commands.json "[]")
execute_process(COMMAND ${CMAKE_COMMAND} -DSOURCE=${SCRATCH} -DBUILD=${SCRATCH}/build
  -P ${SOURCE}/tests/layering.cmake RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result EQUAL 0 OR NOT output MATCHES "tests/forgotten.cc")
  set(failures "${failures}\ntests/forgotten.cc is let through")
endif()

file(REMOVE_RECURSE ${SCRATCH})
if(failures)
  message(FATAL_ERROR "layering.cmake:${failures}")
endif()
