# 32-bit x86. A 64-bit kernel runs its programs as they are.
set(architecture i386)
set(triplet i686-linux-gnu)
set(libraries i386-linux-gnu)
set(dynamic_linker ld-linux.so.2)
set(CMAKE_SYSTEM_PROCESSOR i686)
include(${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
