# Builds for Windows x86-64 with mingw-w64, in the flavour whose standard library has threads:
#   cmake -DCMAKE_TOOLCHAIN_FILE=cmake/windows/mingw.cmake -DPAWL_WINDOWS_PREFIX=DIR …
# PAWL_WINDOWS_PREFIX is what dependencies.sh has filled. What is built runs under Wine as well.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_SYSTEM_VERSION 10.0)

set(triple x86_64-w64-mingw32)
set(CMAKE_C_COMPILER ${triple}-gcc-posix)
set(CMAKE_CXX_COMPILER ${triple}-g++-posix)
set(CMAKE_RC_COMPILER ${triple}-windres)

# Windows 10 1809, the oldest that still has file ids of 128 bits, long paths and POSIX renames.
add_compile_definitions(_WIN32_WINNT=0x0A00 WINVER=0x0A00 NTDDI_VERSION=0x0A000006)
# One file that runs where no compiler is installed.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-static")
# Some of the headers of templates make more sections than a plain COFF object may have.
set(CMAKE_CXX_FLAGS_INIT "-Wa,-mbig-obj")

set(PAWL_WINDOWS_PREFIX "" CACHE PATH "Where the libraries for Windows are installed")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PAWL_WINDOWS_PREFIX)
set(CMAKE_FIND_ROOT_PATH ${PAWL_WINDOWS_PREFIX} /usr/${triple})
set(CMAKE_PREFIX_PATH ${PAWL_WINDOWS_PREFIX})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# pkg-config must not find what is installed for the machine that builds; and what is linked
# statically needs what it stands on by itself.
set(ENV{PKG_CONFIG_LIBDIR} ${PAWL_WINDOWS_PREFIX}/lib/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "")
set(PKG_CONFIG_ARGN --static)

# Tests are run, and asked for their names, by Wine.
find_program(PAWL_WINE NAMES wine64 wine PATHS /usr/lib/wine NO_CMAKE_FIND_ROOT_PATH)
if(PAWL_WINE)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${PAWL_WINE})
endif()
