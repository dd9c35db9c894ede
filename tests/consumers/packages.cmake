# cmake -D… -P packages.cmake: the packages that cpack makes hold what they should, name what they need,
# and work where they are unpacked.
#
#   BUILD  the build      SCRATCH  to work in      VERSION  of pawl      SOVERSION  of its libraries
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE errors
    WORKING_DIRECTORY ${BUILD})
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}:\n${output}${errors}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect text)
  foreach(wanted ${ARGN})
    if(NOT text MATCHES "${wanted}")
      message(FATAL_ERROR "no ${wanted} in:\n${text}")
    endif()
  endforeach()
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
run(${CMAKE_CPACK_COMMAND} -B ${SCRATCH}/made)

file(GLOB archive ${SCRATCH}/made/pawl-${VERSION}-*.tar.gz)
run(${CMAKE_COMMAND} -E make_directory ${SCRATCH}/archive)
run(${CMAKE_COMMAND} -E chdir ${SCRATCH}/archive ${CMAKE_COMMAND} -E tar xzf ${archive})
file(GLOB unpacked ${SCRATCH}/archive/*)
file(GLOB_RECURSE files RELATIVE ${unpacked} ${unpacked}/*)
expect("${files}" "bin/pawl" "include/pawl/watcher.h" "include/pawl/pawl_c.h" "lib[^;]*/libpawl.a"
  "lib[^;]*/libpawl_watch.so.${VERSION}" "cmake/pawl/pawlConfig.cmake" "pkgconfig/pawl.pc")
run(${unpacked}/bin/pawl --version)
expect("${output}" "^pawl ${VERSION}\n$")

file(GLOB packages ${SCRATCH}/made/*.deb)
if(packages)
  foreach(package "libpawl${SOVERSION}" libpawl-dev pawl)
    file(GLOB file ${SCRATCH}/made/${package}_${VERSION}_*.deb)
    run(dpkg-deb --field ${file} Depends)
    string(MAKE_C_IDENTIFIER ${package} name)
    set(needs_${name} "${output}")
    run(dpkg-deb --extract ${file} ${SCRATCH}/root)
  endforeach()
  string(MAKE_C_IDENTIFIER "libpawl${SOVERSION}" runtime)
  expect("${needs_${runtime}}" "libuv1 " "libfmt[0-9]+ " "libsqlite3-0 " "libc6 " "libyaml-cpp")
  expect("${needs_libpawl_dev}" "libpawl${SOVERSION} \\(= ${VERSION}\\)" "libuv1-dev" "libsqlite3-dev")
  expect("${needs_pawl}" "libsqlite3-0 " "libuv1 ")
  run(${SCRATCH}/root/usr/bin/pawl --version)
  expect("${output}" "^pawl ${VERSION}\n$")
endif()
file(REMOVE_RECURSE ${SCRATCH})
