# pawl_library(NAME OUTPUT file ROOMS … INCLUDES dir… API_OF …): the library that programs link as
# pawl::NAME, made of the objects of the rooms. Each kind in PAWL_KINDS is built; they share the objects.
#
#   ROOMS   rooms that lie in the library itself
#   ON      another pawl library that it stands on. The static kind leaves to that what lies in it; the
#           shared kind can't, for rooms are not visible from outside, and has copies: SHARED_ROOMS
#   PUBLIC  dependencies whose headers the public headers may be used with
#   NEEDS   the other dependencies, by their names in pawl_deps::
if(PROJECT_IS_TOP_LEVEL AND NOT WIN32)  # where both would be called pawl.lib: one to link, one to import
  set(pawl_kinds_default static shared)
elseif(BUILD_SHARED_LIBS)
  set(pawl_kinds_default shared)
else()
  set(pawl_kinds_default static)
endif()
set(PAWL_KINDS "${pawl_kinds_default}" CACHE STRING "Kinds of library to build: static, shared or both")
# Which kind pawl::watch and pawl::pawl are, to those who add this folder to their build, and to those
# who do not say which kind they want.
if(BUILD_SHARED_LIBS AND "shared" IN_LIST PAWL_KINDS OR NOT "static" IN_LIST PAWL_KINDS)
  set(PAWL_KIND shared)
else()
  set(PAWL_KIND static)
endif()

# Before 1.0 each minor version is an ABI of its own.
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(PAWL_SOVERSION 0.${PROJECT_VERSION_MINOR})
else()
  set(PAWL_SOVERSION ${PROJECT_VERSION_MAJOR})
endif()
set(PAWL_SYMBOL_VERSION PAWL_${PAWL_SOVERSION})

configure_file(${CMAKE_CURRENT_LIST_DIR}/version.h.in ${PROJECT_BINARY_DIR}/include/pawl/version.h @ONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/exports.map ${PROJECT_BINARY_DIR}/exports.map @ONLY)

include(CheckLinkerFlag)
check_linker_flag(CXX -Wl,--version-script=${PROJECT_BINARY_DIR}/exports.map PAWL_LINKER_HAS_VERSIONS)

function(pawl_library name)
  cmake_parse_arguments(LIB "" "OUTPUT;ON" "ROOMS;SHARED_ROOMS;INCLUDES;PUBLIC;NEEDS" ${ARGN})
  foreach(kind ${PAWL_KINDS})
    set(target pawl_${name}_${kind})
    set(rooms ${LIB_ROOMS})
    if(kind STREQUAL "shared")
      list(APPEND rooms ${LIB_SHARED_ROOMS})
      add_library(${target} SHARED)
      target_compile_definitions(${target} INTERFACE PAWL_SHARED_LIBRARY)
      set(scope PRIVATE)
    else()
      add_library(${target} STATIC)
      set(scope PUBLIC)
    endif()
    foreach(room ${rooms})
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:${room}>)
    endforeach()
    set_target_properties(${target} PROPERTIES
      OUTPUT_NAME ${LIB_OUTPUT} EXPORT_NAME ${name} VERSION ${PROJECT_VERSION}
      SOVERSION ${PAWL_SOVERSION} LINKER_LANGUAGE CXX
      PAWL_NEEDS "${LIB_NEEDS}")
    foreach(directory ${LIB_INCLUDES})
      target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${directory}>)
    endforeach()
    target_include_directories(${target} PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_compile_features(${target} INTERFACE cxx_std_20)
    # A program that uses an installed pawl finds the dependencies anew, as pawl_needs::…: they may be
    # found in another way there than here.
    foreach(need ${LIB_PUBLIC})
      target_link_libraries(${target} PUBLIC $<BUILD_INTERFACE:pawl_deps::${need}>
        $<INSTALL_INTERFACE:pawl_needs::${need}>)
    endforeach()
    foreach(need ${LIB_NEEDS})
      if(kind STREQUAL "shared")
        target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:pawl_deps::${need}>)
      else()
        target_link_libraries(${target} PUBLIC $<BUILD_INTERFACE:$<LINK_ONLY:pawl_deps::${need}>>
          $<INSTALL_INTERFACE:$<LINK_ONLY:pawl_needs::${need}>>)
      endif()
    endforeach()
    target_link_libraries(${target} ${scope} Threads::Threads)
    if(WIN32)
      target_link_libraries(${target} ${scope} ntdll)
    endif()
    if(LIB_ON)
      target_link_libraries(${target} PUBLIC pawl_${LIB_ON}_${kind})
    endif()
    if(kind STREQUAL "shared")
      target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:pawl_options>)
      # One library of pawl finds the other beside it.
      if(UNIX AND NOT APPLE)
        set_target_properties(${target} PROPERTIES INSTALL_RPATH "\$ORIGIN")
      elseif(APPLE)
        set_target_properties(${target} PROPERTIES INSTALL_RPATH "@loader_path")
      endif()
      if(PAWL_LINKER_HAS_VERSIONS)
        target_link_options(${target} PRIVATE LINKER:--version-script=${PROJECT_BINARY_DIR}/exports.map)
        set_target_properties(${target} PROPERTIES LINK_DEPENDS ${PROJECT_BINARY_DIR}/exports.map)
      endif()
    endif()
  endforeach()
  add_library(pawl::${name} ALIAS pawl_${name}_${PAWL_KIND})
endfunction()
