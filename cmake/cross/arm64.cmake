# 64-bit ARM; the programs run under qemu-user.
set(architecture arm64)
set(triplet aarch64-linux-gnu)
set(libraries aarch64-linux-gnu)
set(dynamic_linker ld-linux-aarch64.so.1)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
include(${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
# Not with -L: then "/" would be the sysroot's to a program that opens it.
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)
