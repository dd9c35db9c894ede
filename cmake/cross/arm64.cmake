# 64-bit ARM; the programs run under qemu-user.
set(architecture arm64)
set(triplet aarch64-linux-gnu)
set(libraries aarch64-linux-gnu)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
include(${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L ${CMAKE_SYSROOT})
