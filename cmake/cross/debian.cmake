# What the toolchains of this folder share: Debian's cross compiler, and a folder of libraries that sysroot.sh
# made. They set `architecture` (Debian's name), `triplet`, `libraries` (the folder's name in lib), `dynamic_linker`
# and CMAKE_SYSTEM_PROCESSOR.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${triplet}-gcc)
set(CMAKE_CXX_COMPILER ${triplet}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE ${libraries})

cmake_path(SET CMAKE_SYSROOT NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../../build/sysroot-${architecture})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${CMAKE_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR}
  ${CMAKE_SYSROOT}/usr/lib/${libraries}/pkgconfig:${CMAKE_SYSROOT}/usr/share/pkgconfig)

# Programs find their libraries by themselves, and those their own: that needs RPATH, of a library as of a program.
string(JOIN "," link_flags -Wl --disable-new-dtags
  -rpath ${CMAKE_SYSROOT}/usr/lib/${libraries}:${CMAKE_SYSROOT}/lib/${libraries})
set(CMAKE_SHARED_LINKER_FLAGS_INIT ${link_flags})
set(CMAKE_EXE_LINKER_FLAGS_INIT ${link_flags},--dynamic-linker=${CMAKE_SYSROOT}/lib/${dynamic_linker})
