# cmake -D… -P packages.cmake: the packages that cpack makes hold what they should, name what they need,
# and work where they are unpacked.
#
#   BUILD  the build      SCRATCH  to work in      VERSION  of pawl      SOVERSION  of its libraries
#   SOURCE, CXX, CC, GENERATOR  as in run.cmake
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

# Sets `needs` and `files` of a package, and unpacks it.
macro(take package)
  file(GLOB file ${SCRATCH}/made/${package}_${VERSION}_*.deb)
  run(dpkg-deb --field ${file} Depends)
  set(needs "${output}")
  run(dpkg-deb --contents ${file})
  set(files "${output}")
  run(dpkg-deb --extract ${file} ${SCRATCH}/root)
endmacro()

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
  # Watching alone, without anything that only the registry needs.
  set(exactly "\\(= ${VERSION}\\)")
  foreach(package "libpawl-watch${SOVERSION}" libpawl-watch-dev)
    take(${package})
    if(needs MATCHES "sqlite|yaml|javascriptcore|glib|simdjson|zip|xxhash|spdlog" OR files MATCHES "libpawl\\.|pawl/pawl\\.h")
      message(FATAL_ERROR "${package} has or needs too much:\n${needs}${files}")
    endif()
    expect("${needs}" "libuv1" "libfmt")
    expect("${files}" "/share/doc/${package}/copyright")
  endforeach()
  expect("${needs}" "libpawl-watch${SOVERSION} ${exactly}")
  foreach(kind shared static)
    run(${CMAKE_COMMAND} -DPROGRAM=watch -DHOW=package -DKIND=${kind} -DPREFIX=${SCRATCH}/root/usr
      -DSCRATCH=${SCRATCH}/program -DSOURCE=${SOURCE} -DCXX=${CXX} -DCC=${CC} -DGENERATOR=${GENERATOR} -DBUILD_TYPE=Release
      -P ${SOURCE}/tests/consumers/run.cmake)
  endforeach()

  take("libpawl${SOVERSION}")
  expect("${needs}" "libpawl-watch${SOVERSION} ${exactly}" "libuv1 " "libfmt[0-9]+ " "libsqlite3-0 " "libc6 " "libyaml-cpp")
  take(libpawl-dev)
  expect("${needs}" "libpawl${SOVERSION} ${exactly}" "libpawl-watch-dev ${exactly}" "libuv1-dev" "libsqlite3-dev")
  take(pawl)
  expect("${needs}" "libsqlite3-0 " "libuv1 ")
  run(${SCRATCH}/root/usr/bin/pawl --version)
  expect("${output}" "^pawl ${VERSION}\n$")
  # The libraries of one find those of the other beside them.
  file(GLOB library ${SCRATCH}/root/usr/lib*/libpawl.so.${VERSION} ${SCRATCH}/root/usr/lib/*/libpawl.so.${VERSION})
  run(ldd ${library})
  expect("${output}" "libpawl_watch.so.${SOVERSION} => ${SCRATCH}/root")
endif()
file(REMOVE_RECURSE ${SCRATCH})
