# Which tests a build for Windows has. What follows is left out, and cmake/windows/test.sh prints it; the
# suites by tests/CMakeLists.txt, the files by the list below. cmake/windows/README.md tells of them, and of
# what Wine can't do.
#
# not on Windows: command, examples: start processes and end them by signals; watch_sample.sh runs pawl.exe
# not on Windows: api: waits for its descriptor with poll(2), and sets up files with calls of POSIX
# not on Windows: simulation, fuzz, generate: nothing in them is the system's, so they would prove the same
# not on Windows: layering, documentation, manifests: read the source, which is the same
# not on Windows: consumers, packages: what is installed on Windows has not been tried
# not on Windows: files named _posix or _linux, and those that PAWL_NOT_ON_WINDOWS names with their reasons
set(PAWL_NOT_ON_WINDOWS
  backends/mount_table_test.cc           # /proc/self/mountinfo
  backends/mount_test.cc                 # statfs
  fallback/forecast_test.cc              # inotify's limits, mounts
  fallback/tree_walk_test.cc             # mounts
  fallback/watch_bindfs_test.cc          # a FUSE file system that hangs
  fallback/watch_differential_test.cc    # compares with what processes see that are stopped by signals
  fallback/watch_limits_test.cc          # inotify's limits
  fallback/watch_mounts_test.cc          # mounts
  fallback/watch_names_test.cc           # names that are any bytes; permissions
  fallback/watch_overflow_test.cc        # inotify's queue
  sync/change_follower_test.cc           # a file goes while it is open
  sync/line_writer_test.cc               # descriptors that tell when a pipe takes more
  sync/store_crash_test.cc               # fork, kill
  sync/store_readers_test.cc             # fork
  sync/sync_service_files_test.cc)       # fork, POSIX locks

# pawl_test_sources(VARIABLE glob…): pawl_sources, less those.
function(pawl_test_sources variable)
  pawl_sources(files ${ARGN})
  if(WIN32)
    foreach(file ${PAWL_NOT_ON_WINDOWS})
      list(REMOVE_ITEM files ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    endforeach()
  endif()
  set(${variable} ${files} PARENT_SCOPE)
endfunction()
