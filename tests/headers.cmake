# Every header compiles alone, but those of other systems. Not part of the ordinary build: the test builds it, or
# for Windows cmake/windows/test.sh.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
  ${PROJECT_SOURCE_DIR}/core/*.h ${PROJECT_SOURCE_DIR}/backends/*.h
  ${PROJECT_SOURCE_DIR}/fallback/*.h ${PROJECT_SOURCE_DIR}/sync/*.h)
if(NOT WIN32)  # whose tests are in part POSIX's own
  file(GLOB_RECURSE more CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/tests/*.h)
  list(APPEND headers ${more})
endif()
if(PAWL_BUILD_BENCHMARKS AND NOT WIN32)
  file(GLOB_RECURSE more CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/benchmarks/*.h)
  list(APPEND headers ${more})
endif()
foreach(platform ${PAWL_FOREIGN})
  list(FILTER headers EXCLUDE REGEX "[/_]${platform}(_[a-z_]+)?[.]h$")
endforeach()
set(header_sources "")
foreach(header ${headers})
  string(MAKE_C_IDENTIFIER ${header} name)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/headers/${name}.cc)
  # Written once, so that it is not compiled anew at every configure. Twice: a header that lacks
  # its #pragma once is found too.
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"@header@\"\n#include \"@header@\"\n" @ONLY)
  list(APPEND header_sources ${source})
endforeach()
add_library(pawl_header_check OBJECT EXCLUDE_FROM_ALL ${header_sources})
target_link_libraries(pawl_header_check PRIVATE pawl_sync pawl_tasks_api pawl_watch_api pawl_options pawl_deps::sqlite
  pawl_deps::yaml pawl_deps::cli11 pawl_deps::simdjson pawl_deps::valijson
  pawl_deps::xxhash GTest::gtest)
if(TARGET pawl_deps::javascript)
  target_link_libraries(pawl_header_check PRIVATE pawl_deps::javascript)
endif()
if(NOT WIN32)
  add_test(NAME headers_compile_alone
    COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target pawl_header_check)
  set_tests_properties(headers_compile_alone PROPERTIES TIMEOUT 1200)
endif()
