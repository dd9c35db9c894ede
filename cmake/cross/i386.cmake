# 32-bit x86. A 64-bit kernel runs its programs as they are; they only have to find their libraries.
set(architecture i386)
set(triplet i686-linux-gnu)
set(libraries i386-linux-gnu)
set(CMAKE_SYSTEM_PROCESSOR i686)
include(${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
# The libraries' own libraries too: what only RPATH is asked for, by a library as by a program.
string(JOIN "," link_flags -Wl --disable-new-dtags
  -rpath ${CMAKE_SYSROOT}/usr/lib/${libraries}:${CMAKE_SYSROOT}/lib/${libraries})
set(CMAKE_SHARED_LINKER_FLAGS_INIT ${link_flags})
set(CMAKE_EXE_LINKER_FLAGS_INIT
  ${link_flags},--dynamic-linker=${CMAKE_SYSROOT}/lib/ld-linux.so.2)
