# pawl_room(NAME SOURCES ... LINKS ... PRIVATE_LINKS ...): a static library that is one room, or one
# part of a room. What it may link is what it may include; tests/layering checks the includes.
find_program(PAWL_CCACHE ccache)
if(PAWL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${PAWL_CCACHE})
endif()

add_library(pawl_options INTERFACE)
target_include_directories(pawl_options INTERFACE ${PROJECT_SOURCE_DIR})
# Asserts are for our own mistakes, and stay on in release.
target_compile_options(pawl_options INTERFACE $<IF:$<CXX_COMPILER_ID:MSVC>,/UNDEBUG,-UNDEBUG>)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND CMAKE_SIZEOF_VOID_P EQUAL 4)
  # Sizes and inode numbers need 64 bits there too: without this stat fails on what does not fit, and libuv,
  # which is built so, has other structures. Not so _TIME_BITS: a time_t is in the structures of libzip, which
  # may be built without; so a file whose time lies after January 2038 can't be looked at there.
  target_compile_definitions(pawl_options INTERFACE _FILE_OFFSET_BITS=64)
endif()
if(NOT MSVC)
  # Left out of a designated initializer means: as declared. And GCC 12, optimising, takes a variant's
  # unused alternatives for uninitialised values (PR 80635) and "x" + string for an overlap (105651).
  target_compile_options(pawl_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow
    -Wno-missing-field-initializers
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-restrict;-Wno-stringop-overflow>
    $<$<BOOL:${PAWL_WARNINGS_AS_ERRORS}>:-Werror>)
else()
  # /bigobj: some of the headers of templates make more sections than a plain object may have.
  target_compile_options(pawl_options INTERFACE /W4 /utf-8 /bigobj /Zc:__cplusplus
    $<$<BOOL:${PAWL_WARNINGS_AS_ERRORS}>:/WX>)
  # getenv, fopen and what else is standard is not to be replaced by calls that no other system has.
  target_compile_definitions(pawl_options INTERFACE _CRT_SECURE_NO_WARNINGS _CRT_NONSTDC_NO_WARNINGS)
endif()
if(WIN32)
  # What its headers would define otherwise breaks std::min, and much else.
  target_compile_definitions(pawl_options INTERFACE NOMINMAX WIN32_LEAN_AND_MEAN)
endif()
if(PAWL_SANITIZE)
  target_compile_options(pawl_options INTERFACE -fsanitize=${PAWL_SANITIZE}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(PAWL_SANITIZE MATCHES "undefined")
    # JavaScriptCore is built without RTTI, and exports instances of std templates that are then
    # taken for objects of another type.
    target_compile_options(pawl_options INTERFACE -fno-sanitize=vptr
      # RapidJSON's stack adds to a null pointer while it is empty, and does not use the sum.
      $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=pointer-overflow>)
  endif()
  target_link_options(pawl_options INTERFACE -fsanitize=${PAWL_SANITIZE})
endif()

function(pawl_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(${name} STATIC ${ROOM_SOURCES})
  # What the shared libraries show says PAWL_EXPORT.
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${name} PUBLIC ${ROOM_LINKS}
    PRIVATE $<BUILD_INTERFACE:pawl_options> ${ROOM_PRIVATE_LINKS})
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
endfunction()

# pawl_sources(VARIABLE glob…): the files that this platform builds. A word in the name says which do:
# posix, linux, bsd (macOS too), windows; other: where there is no file for the platform itself, which
# for all that pawl has is every system but Linux. Files without such a word are for all.
set(PAWL_FOREIGN windows)
if(WIN32)
  set(PAWL_FOREIGN posix linux bsd)
elseif(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  list(APPEND PAWL_FOREIGN bsd other)
else()
  list(APPEND PAWL_FOREIGN linux)
endif()
function(pawl_sources variable)
  file(GLOB files CONFIGURE_DEPENDS ${ARGN})
  foreach(platform ${PAWL_FOREIGN})
    list(FILTER files EXCLUDE REGEX "[/_]${platform}(_[a-z_]+)?[.](cc|h)$")
  endforeach()
  set(${variable} ${files} PARENT_SCOPE)
endfunction()
