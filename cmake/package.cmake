# What is installed, and the packages that are made of it.
#
#   runtime      the shared libraries
#   development  headers, static libraries, CMake and pkg-config files
#   command      pawl itself
include(CMakePackageConfigHelpers)
set(pawl_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pawl)

install(DIRECTORY fallback/include/pawl sync/include/pawl ${PROJECT_BINARY_DIR}/include/pawl
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)

foreach(name watch pawl)
  foreach(kind ${PAWL_KINDS})
    install(TARGETS pawl_${name}_${kind} EXPORT pawl-${name}-${kind}
      RUNTIME COMPONENT runtime
      LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
      ARCHIVE COMPONENT development)
    install(EXPORT pawl-${name}-${kind} NAMESPACE pawl:: DESTINATION ${pawl_cmake_dir}
      COMPONENT development)
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
  cmake/pawl_dependency.cmake DESTINATION ${pawl_cmake_dir} COMPONENT development)

# --- pkg-config ----------------------------------------------------------------------------------

set(pawl_pc_uv libuv)
set(pawl_pc_fmt fmt)
set(pawl_pc_re2 re2)
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

# pawl_pc(NAME LIBRARY DESCRIPTION needs on)
function(pawl_pc PC_NAME PC_LIBRARY PC_DESCRIPTION needs on)
  set(modules "")
  foreach(need ${needs})
    list(APPEND modules ${pawl_pc_${need}})
  endforeach()
  set(PC_REQUIRES ${on} libuv)
  set(PC_LIBS_PRIVATE -lpthread)
  if(NOT MSVC)
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
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endfunction()
pawl_pc(pawl-watch pawl_watch "Watches directory trees, natively or by polling" "${PAWL_WATCH_NEEDS}" "")
pawl_pc(pawl pawl "${PROJECT_DESCRIPTION}" "${PAWL_PAWL_NEEDS}" pawl-watch)

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
set(CPACK_COMPONENTS_ALL runtime development command)
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
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libpawl${PAWL_SOVERSION})
set(CPACK_DEBIAN_RUNTIME_DESCRIPTION "Watching of directory trees, and a registry of tasks: the libraries")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libpawl-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "Watching of directory trees, and a registry of tasks: for programs")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libuv1-dev, libfmt-dev, libre2-dev, libsimdjson-dev, libsqlite3-dev, libyaml-cpp-dev, libxxhash-dev")
if(PAWL_HAVE_ZIP)
  string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS ", libzip-dev")
endif()
if(PAWL_JAVASCRIPT_MODULE)
  string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS ", lib${PAWL_JAVASCRIPT_MODULE}-dev")
endif()
if("shared" IN_LIST PAWL_KINDS)
  string(PREPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libpawl${PAWL_SOVERSION} (= ${PROJECT_VERSION}), ")
else()
  list(REMOVE_ITEM CPACK_COMPONENTS_ALL runtime)
endif()
set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME pawl)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_COMMAND_DESCRIPTION "${PROJECT_DESCRIPTION}")
include(CPack)
