# cmake -DSOURCE=DIR [-DBUILD=DIR -DFOREIGN=platform;…] -P layering.cmake: refuses what a room may not
# know, files that belong to no target, and strangers at the top of the repository. Says all that it
# finds.
#
# To let a room see something more, add it to the room's table below, and say why.
cmake_minimum_required(VERSION 3.25)

set(problems "")

function(problem text)
  set(problems "${problems}\n  ${text}" PARENT_SCOPE)
endfunction()

# room(NAME FILES glob… PROJECT regex LIBRARIES regex BANNED regex…)
#   PROJECT    the project's headers that it may include
#   LIBRARIES  the headers of libraries that it may include
#   BANNED     standard headers and words that its code must not hold; comments may
macro(room name)
  cmake_parse_arguments(ROOM "" "PROJECT;LIBRARIES" "FILES;BANNED" ${ARGN})
  set(files "")
  if(ROOM_FILES)
    file(GLOB files RELATIVE ${SOURCE} ${ROOM_FILES})
  endif()
  foreach(file ${files})
    check_file(${name} ${file})
  endforeach()
endmacro()

# Headers of the operating system, not of C or C++.
set(system_header "^(sys/|linux/|net/|arpa/|mach/|CoreServices/|(unistd|fcntl|poll|pthread|signal|dirent|sched|spawn|pwd|grp|termios|dlfcn|mntent|fts|malloc|windows|winioctl|winternl|winsock2|shellapi|io)\\.h$)")
# Only these files may include them.
set(edge_file "(^|/|_)(posix|linux|bsd|macos|windows)(_[a-z_]+)?\\.(h|cc)$")
set(c_header "^(assert|ctype|errno|float|limits|locale|math|setjmp|stdarg|stddef|stdint|stdio|stdlib|string|time)\\.h$")

function(check_include room file include)
  if(include MATCHES "^\"(.*)\"$")
    if(NOT CMAKE_MATCH_1 MATCHES "${ROOM_PROJECT}")
      problem("${file}: the room '${room}' may not see ${include}")
    endif()
  else()
    string(REGEX REPLACE "^<(.*)>$" "\\1" header "${include}")
    if(header MATCHES "${system_header}")
      if(NOT file MATCHES "${edge_file}")
        problem("${file}: ${include} is for edge files alone (…_posix.cc, …_linux.cc)")
      endif()
    elseif(header MATCHES "[./]" AND NOT header MATCHES "${c_header}"
           AND NOT header MATCHES "${ROOM_LIBRARIES}")
      problem("${file}: the room '${room}' may not see ${include}")
    endif()
  endif()
  set(problems "${problems}" PARENT_SCOPE)
endfunction()

function(check_file room file)
  file(READ ${SOURCE}/${file} text)
  # A bracket or a semicolon would end an element of the lists below.
  string(REGEX REPLACE "[][;]" " " text "${text}")
  # Without comments and without what strings hold, but for the names of headers.
  string(REGEX REPLACE "//[^\n]*" "" text "${text}")
  string(REGEX MATCHALL "#[ \t]*include[ \t]*[<\"][^>\"\n]*[>\"]" includes "${text}")
  foreach(line ${includes})
    string(REGEX REPLACE "^#[ \t]*include[ \t]*" "" include "${line}")
    check_include(${room} ${file} "${include}")
  endforeach()
  string(REGEX REPLACE "\"[^\"\n]*\"" "\"\"" text "${text}")
  foreach(banned ${ROOM_BANNED})
    if("\n${text}" MATCHES "${banned}")
      string(STRIP "${CMAKE_MATCH_0}" found)
      problem("${file}: the room '${room}' may not use '${found}'")
    endif()
  endforeach()
  set(problems "${problems}" PARENT_SCOPE)
endfunction()

# --- The rooms ---------------------------------------------------------------------------------

set(no_threads "<thread>" "<condition_variable>" "<future>" "<semaphore>" "<stop_token>" "<barrier>"
  "<latch>")
set(no_locks "<mutex>" "<shared_mutex>")
set(no_clock "[^A-Za-z0-9_]now *[(]" "steady_clock" "system_clock" "clock_gettime" "gettimeofday"
  "sleep")
set(no_disk "<filesystem>" "<fstream>" "[^A-Za-z0-9_]fopen")
set(no_sql "sqlite3_" "SELECT " "INSERT INTO")

set(core_banned ${no_threads} ${no_clock} ${no_disk} ${no_sql} "[^A-Za-z0-9_]uv_" "<random>")
room(core FILES ${SOURCE}/core/*.h ${SOURCE}/core/*.cc
  PROJECT "^core/[^/]+$"
  LIBRARIES "^(fmt/|xxhash\\.h$)"
  BANNED ${core_banned} ${no_locks})

# Readers on any thread look at the registry, and at the content that it holds: those may lock.
file(GLOB task_files ${SOURCE}/core/task/*.h ${SOURCE}/core/task/*.cc)
set(locking_files ${task_files})
list(FILTER locking_files INCLUDE REGEX "/(registry[^/]*|[^/]*content[^/]*)$")
list(FILTER task_files EXCLUDE REGEX "/(registry[^/]*|[^/]*content[^/]*)$")
set(task_libraries "^(fmt/|simdjson\\.h$|valijson/|rapidjson/|zip\\.h$|xxhash\\.h$|zlib\\.h$)")
room(core/task FILES ${task_files}
  PROJECT "^core/" LIBRARIES "${task_libraries}" BANNED ${core_banned} ${no_locks})
room(core/task FILES ${locking_files}
  PROJECT "^core/" LIBRARIES "${task_libraries}" BANNED ${core_banned})

room(backends FILES ${SOURCE}/backends/*.h ${SOURCE}/backends/*.cc
  PROJECT "^(core/[^/]+|backends/[^/]+)$"
  LIBRARIES "^(fmt/|uv\\.h$)"
  BANNED ${no_sql})
room(backends/script FILES ${SOURCE}/backends/script/*.h ${SOURCE}/backends/script/*.cc
  PROJECT "^(core/|backends/script/)"
  LIBRARIES "^(fmt/|jsc/|glib\\.h$)"
  BANNED ${no_sql} "[^A-Za-z0-9_]uv_")

room(fallback FILES ${SOURCE}/fallback/*.h ${SOURCE}/fallback/*.cc
  PROJECT "^(core/[^/]+|backends/[^/]+|fallback/[^/]+)$"
  LIBRARIES "^(fmt/|uv\\.h$)"
  BANNED ${no_sql})

# What programs see: their headers know each other alone.
room(include FILES ${SOURCE}/fallback/include/pawl/*.h ${SOURCE}/sync/include/pawl/*.h
  PROJECT "^$" LIBRARIES "^pawl/" BANNED ${no_sql} "fmt::")
room(fallback/bridge FILES ${SOURCE}/fallback/bridge/*.h ${SOURCE}/fallback/bridge/*.cc
  PROJECT "^(core/[^/]+|backends/[^/]+|fallback/[^/]+|fallback/bridge/[^/]+)$"
  LIBRARIES "^(pawl/(error|watcher|version|export)\\.h$|fmt/|uv\\.h$)"
  BANNED ${no_sql})
room(fallback/api FILES ${SOURCE}/fallback/api/*.h ${SOURCE}/fallback/api/*.cc
  PROJECT "^(core/[^/]+|backends/[^/]+|fallback/[^/]+|fallback/(bridge|api)/[^/]+)$"
  LIBRARIES "^(pawl/(error|watcher|version|export|pawl_c)\\.h$|fmt/|uv\\.h$)"
  BANNED ${no_sql})
room(sync/api FILES ${SOURCE}/sync/api/*.h ${SOURCE}/sync/api/*.cc
  PROJECT "^((core|backends|sync)/[^/]+(/[^/]+)?|fallback/[^/]+|fallback/bridge/[^/]+)$"
  LIBRARIES "^(pawl/|fmt/|uv\\.h$)"
  BANNED ${no_sql} "CLI::")

room(sync FILES ${SOURCE}/sync/*.h ${SOURCE}/sync/*.cc
  PROJECT "^(core|backends|fallback|sync)/[^/]+(/[^/]+)?$"
  LIBRARIES "^(fmt/|uv\\.h$|sqlite3\\.h$|yaml-cpp/|simdjson\\.h$|xxhash\\.h$)"
  BANNED "CLI::")
room(sync/command FILES ${SOURCE}/sync/command/*.h ${SOURCE}/sync/command/*.cc
  PROJECT "^(core|backends|fallback|sync)/"
  LIBRARIES "^(fmt/|spdlog/|uv\\.h$|CLI/)"
  BANNED "sqlite3_" "YAML::")

# --- Every file belongs to a target ------------------------------------------------------------

# What no build compiles: programs of other projects, that tests build by themselves.
set(built_elsewhere "^tests/consumers/")
if(BUILD AND EXISTS ${BUILD}/compile_commands.json)
  file(READ ${BUILD}/compile_commands.json commands)
  file(GLOB_RECURSE sources RELATIVE ${SOURCE} ${SOURCE}/core/*.cc ${SOURCE}/backends/*.cc
    ${SOURCE}/fallback/*.cc ${SOURCE}/sync/*.cc ${SOURCE}/tests/*.cc ${SOURCE}/benchmarks/*.cc)
  # Edge files of other platforms than the one that this build is for.
  string(REPLACE ";" "|" foreign "${FOREIGN}")
  if(foreign)
    list(FILTER sources EXCLUDE REGEX "[/_](${foreign})(_[a-z_]+)?[.]cc$")
  endif()
  foreach(file ${sources})
    if(file MATCHES "${built_elsewhere}" OR (file MATCHES "^benchmarks/" AND NOT BENCHMARKS))
      continue()
    endif()
    string(FIND "${commands}" "\"file\": \"${SOURCE}/${file}\"" found)
    if(found EQUAL -1)
      problem("${file}: belongs to no target, so it is never built")
    endif()
  endforeach()
endif()

# --- The top of the repository -----------------------------------------------------------------

set(top CMakeLists.txt CMakePresets.json LICENSE README.md vcpkg.json
  backends benchmarks cmake core fallback sync tests
  build compile_commands.json)  # these two are never committed
file(GLOB entries RELATIVE ${SOURCE} ${SOURCE}/*)
foreach(entry ${entries})
  if(NOT entry IN_LIST top AND NOT entry MATCHES "^\\.")
    problem("${entry}: does not belong at the top of the repository")
  endif()
endforeach()

if(problems)
  message(FATAL_ERROR "the layers are broken:${problems}")
endif()
message(STATUS "the layers hold")
