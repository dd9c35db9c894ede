# cmake -D… -P headers.cmake: each public header compiles alone, with the warnings that strict programs
# turn on, as C++20 and as C++23, and those for C as C99 and as C11.
#
#   SOURCE, BUILD  pawl's own folder and that of the build
#   CXX, CC        compilers; others that are here are asked too
cmake_minimum_required(VERSION 3.25)
set(warnings -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror -fsyntax-only
  -I${SOURCE}/fallback/include -I${SOURCE}/sync/include -I${BUILD}/include)
file(GLOB headers ${SOURCE}/fallback/include/pawl/*.h ${SOURCE}/sync/include/pawl/*.h
  ${BUILD}/include/pawl/*.h)
set(compilers ${CXX})
set(c_compilers ${CC})
foreach(other clang g)
  find_program(${other}_CXX NAMES ${other}++)
  if(${other}_CXX)
    list(APPEND compilers ${${other}_CXX})
  endif()
endforeach()
foreach(other clang gcc)
  find_program(${other}_C NAMES ${other})
  if(${other}_C)
    list(APPEND c_compilers ${${other}_C})
  endif()
endforeach()
list(REMOVE_DUPLICATES compilers)
list(REMOVE_DUPLICATES c_compilers)

set(empty ${BUILD}/empty_program)
file(WRITE ${empty} "int main(void) { return 0; }\n")

function(compile header)
  # From another file, for a #pragma once in the main one is warned of.
  execute_process(COMMAND ${ARGN} ${warnings} -include ${header} ${empty}
    RESULT_VARIABLE result ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " how)
    message(FATAL_ERROR "${header} with ${how}:\n${output}")
  endif()
endfunction()

foreach(header ${headers})
  foreach(compiler ${compilers})
    foreach(standard c++20 c++2b)
      compile(${header} ${compiler} -std=${standard} -x c++)
    endforeach()
  endforeach()
  if(header MATCHES "(pawl_c|export|version)\\.h$")
    foreach(compiler ${c_compilers})
      foreach(standard c99 c11)
        compile(${header} ${compiler} -std=${standard} -x c)
      endforeach()
    endforeach()
  endif()
endforeach()
