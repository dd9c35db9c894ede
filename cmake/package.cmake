# What is installed, by component, and the packages that are made of it. What watches alone lies apart, for
# it needs little.
#
#   watch_runtime      the shared library of pawl::watch
#   watch_development  its headers and static library; CMake and pkg-config files
#   runtime            the shared library of pawl::pawl, on top of that
#   development        the rest that programs with a registry need
#   command            pawl itself
include(CMakePackageConfigHelpers)
set(pawl_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pawl)
set(pawl_component_watch watch_)
set(pawl_component_pawl "")

install(DIRECTORY fallback/include/pawl ${PROJECT_BINARY_DIR}/include/pawl
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT watch_development)
install(DIRECTORY sync/include/pawl DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)

foreach(name watch pawl)
  set(component ${pawl_component_${name}})
  foreach(kind ${PAWL_KINDS})
    install(TARGETS pawl_${name}_${kind} EXPORT pawl-${name}-${kind}
      RUNTIME COMPONENT ${component}runtime
      LIBRARY COMPONENT ${component}runtime NAMELINK_COMPONENT ${component}development
      ARCHIVE COMPONENT ${component}development)
    install(EXPORT pawl-${name}-${kind} NAMESPACE pawl:: DESTINATION ${pawl_cmake_dir}
      COMPONENT ${component}development)
  endforeach()
  list(GET PAWL_KINDS 0 kind)
  get_target_property(needs pawl_${name}_${kind} PAWL_NEEDS)
  string(TOUPPER ${name} upper)
  set(PAWL_${upper}_NEEDS uv ${needs})
endforeach()

configure_package_config_file(cmake/pawlConfig.cmake.in ${PROJECT_BINARY_DIR}/pawlConfig.cmake
  INSTALL_DESTINATION ${pawl_cmake_dir})
# Before 1.0 a new minor version may break programs.
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(pawl_compatibility SameMinorVersion)
else()
  set(pawl_compatibility SameMajorVersion)
endif()
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pawlConfigVersion.cmake
  COMPATIBILITY ${pawl_compatibility})
install(FILES ${PROJECT_BINARY_DIR}/pawlConfig.cmake ${PROJECT_BINARY_DIR}/pawlConfigVersion.cmake
  cmake/pawl_dependency.cmake DESTINATION ${pawl_cmake_dir} COMPONENT watch_development)

# --- pkg-config ----------------------------------------------------------------------------------

set(pawl_pc_uv libuv)
set(pawl_pc_fmt fmt)
set(pawl_pc_simdjson simdjson)
set(pawl_pc_sqlite sqlite3)
set(pawl_pc_yaml yaml-cpp)
set(pawl_pc_zip libzip)
set(pawl_pc_xxhash libxxhash)
set(pawl_pc_javascript ${PAWL_JAVASCRIPT_MODULE})

# The prefix as the place of the file has it, so that the whole may be moved.
file(RELATIVE_PATH PC_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(PREPEND PC_PREFIX "\${pcfiledir}/")
string(REGEX REPLACE "/$" "" PC_PREFIX "${PC_PREFIX}")
foreach(part LIBDIR INCLUDEDIR)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${part}}")
    set(PC_${part} ${CMAKE_INSTALL_${part}})
  else()
    set(PC_${part} "\${prefix}/${CMAKE_INSTALL_${part}}")
  endif()
endforeach()

# pawl_pc(NAME LIBRARY DESCRIPTION needs on component)
function(pawl_pc PC_NAME PC_LIBRARY PC_DESCRIPTION needs on component)
  set(modules "")
  foreach(need ${needs})
    list(APPEND modules ${pawl_pc_${need}})
  endforeach()
  set(PC_REQUIRES ${on} libuv)
  set(PC_LIBS_PRIVATE -lpthread)
  foreach(library ${CMAKE_DL_LIBS})  # a library of its own before glibc 2.34
    string(APPEND PC_LIBS_PRIVATE " -l${library}")
  endforeach()
  if(APPLE)
    string(APPEND PC_LIBS_PRIVATE " -lc++")
  elseif(NOT MSVC)
    string(APPEND PC_LIBS_PRIVATE " -lstdc++ -lm")
  endif()
  set(PC_LIBS "")
  set(PC_REQUIRES_PRIVATE ${modules})
  if(NOT "shared" IN_LIST PAWL_KINDS)
    # There is but the static library, so whoever links it needs all of this, asked for or not.
    list(APPEND PC_REQUIRES ${modules})
    set(PC_REQUIRES_PRIVATE "")
    set(PC_LIBS "${PC_LIBS_PRIVATE}")
    set(PC_LIBS_PRIVATE "")
  endif()
  list(REMOVE_DUPLICATES PC_REQUIRES)
  string(REPLACE ";" ", " PC_REQUIRES "${PC_REQUIRES}")
  string(REPLACE ";" ", " PC_REQUIRES_PRIVATE "${PC_REQUIRES_PRIVATE}")
  configure_file(cmake/pawl.pc.in ${PROJECT_BINARY_DIR}/${PC_NAME}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${PC_NAME}.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT ${component})
endfunction()
pawl_pc(pawl-watch pawl_watch "Watches directory trees, natively or by polling" "${PAWL_WATCH_NEEDS}" ""
  watch_development)
pawl_pc(pawl pawl "${PROJECT_DESCRIPTION}" "${PAWL_PAWL_NEEDS}" pawl-watch development)

# --- Packages --------------------------------------------------------------------------------------

set(CPACK_PACKAGE_NAME pawl)
set(CPACK_PACKAGE_VENDOR "The pawl authors")
set(CPACK_PACKAGE_CONTACT "The pawl authors <pawl@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
if(NOT CPACK_GENERATOR)
  set(CPACK_GENERATOR TGZ)
  find_program(PAWL_DPKG_DEB dpkg-deb)
  if(PAWL_DPKG_DEB)
    list(APPEND CPACK_GENERATOR DEB)
  endif()
endif()
set(CPACK_COMPONENTS_ALL watch_runtime watch_development runtime development command)
# One archive with everything; one .deb for each component.
set(CPACK_ARCHIVE_COMPONENT_INSTALL OFF)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Where one package's library is found that another needs.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/fallback ${PROJECT_BINARY_DIR}/sync)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY "=")

set(pawl_deb_uv libuv1-dev)
set(pawl_deb_fmt libfmt-dev)
set(pawl_deb_simdjson libsimdjson-dev)
set(pawl_deb_sqlite libsqlite3-dev)
set(pawl_deb_yaml libyaml-cpp-dev)
set(pawl_deb_zip libzip-dev)
set(pawl_deb_xxhash libxxhash-dev)
set(pawl_deb_javascript lib${PAWL_JAVASCRIPT_MODULE}-dev)
set(pawl_exactly "(= ${PROJECT_VERSION})")

# pawl_deb(COMPONENT PACKAGE SECTION DESCRIPTION depends…): how a component's .deb is called, and what it
# needs beside the libraries that are found in its files.
macro(pawl_deb component package section description)
  string(TOUPPER ${component} upper)
  string(REPLACE ";" ", " depends "${ARGN}")
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  set(CPACK_DEBIAN_${upper}_DESCRIPTION ${description})
  set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS ${depends})
  install(FILES LICENSE RENAME copyright DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${package}
    COMPONENT ${component})
endmacro()

set(pawl_deb_loaded "")
if(PAWL_JAVASCRIPT_LIBRARY)
  # Loaded by its name, so that nothing in the files tells of it.
  set(pawl_deb_loaded lib${PAWL_JAVASCRIPT_MODULE}-${PAWL_JAVASCRIPT_SOVERSION})
endif()

foreach(name watch pawl)
  string(TOUPPER ${name} upper)
  set(pawl_dev_${name} "")
  if("shared" IN_LIST PAWL_KINDS)
    string(REGEX REPLACE "-pawl$" "" package libpawl-${name})
    list(APPEND pawl_dev_${name} "${package}${PAWL_SOVERSION} ${pawl_exactly}")
  endif()
  foreach(need ${PAWL_${upper}_NEEDS})
    list(APPEND pawl_dev_${name} ${pawl_deb_${need}})
  endforeach()
endforeach()
if("shared" IN_LIST PAWL_KINDS)
  pawl_deb(watch_runtime libpawl-watch${PAWL_SOVERSION} libs "Watching of directory trees: the library")
  pawl_deb(runtime libpawl${PAWL_SOVERSION} libs "A registry of tasks: the library"
    "libpawl-watch${PAWL_SOVERSION} ${pawl_exactly}" ${pawl_deb_loaded})
else()
  list(REMOVE_ITEM CPACK_COMPONENTS_ALL watch_runtime runtime)
endif()
pawl_deb(watch_development libpawl-watch-dev libdevel "Watching of directory trees: for programs"
  ${pawl_dev_watch})
pawl_deb(development libpawl-dev libdevel "A registry of tasks: for programs"
  ${pawl_dev_pawl} "libpawl-watch-dev ${pawl_exactly}" ${pawl_deb_loaded})
pawl_deb(command pawl utils "${PROJECT_DESCRIPTION}" ${pawl_deb_loaded})
include(CPack)
