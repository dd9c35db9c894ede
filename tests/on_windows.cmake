# Which tests a build for Windows has. Files that belong to another platform by their name are left out
# there anyway; these, and the folders that follow, need what Windows does not have, or prove nothing
# about it. cmake/windows/README.md tells of them, and of what Wine can't do.
set(PAWL_NOT_ON_WINDOWS
  backends/limits_test.cc                # inotify's limits
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
