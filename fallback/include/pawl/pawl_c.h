/** @file
   pawl::watch for C, and for languages that call C: what changed in directory trees.

       static void told(const pawl_batch* batch, void* user) {
         for (size_t i = 0; i < batch->change_count; ++i) puts(batch->changes[i].path);
       }
       …
       pawl_watcher* watcher;
       if (pawl_watcher_open(NULL, told, NULL, &watcher) != PAWL_OK) return fail(pawl_error_message());
       pawl_watcher_add_root(watcher, "/etc", NULL, NULL);

   Functions that can fail return an int, PAWL_OK or a PAWL_E_… code, and pawl_error_message() says what
   was wrong. What they do is said at more length in <pawl/watcher.h>. Strings are bytes that end with a
   zero, and are the caller's only where that is said; what a function is given it has copied when it
   returns. A watcher is never NULL but where that is said.

   Threading is as there: with a thread of its own, the callback is called on that, and every function
   may be called on any thread, one at a time for one watcher, and beside pawl_watcher_take(); on a loop
   of the caller's, all is on the loop's thread. A callback may call any function, pawl_watcher_close() too. */
#ifndef PAWL_C_H
#define PAWL_C_H

/* NOLINTBEGIN(modernize-use-using,modernize-deprecated-headers): for C compilers */
#include <pawl/export.h>
#include <pawl/version.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uv_loop_s; /**< libuv's uv_loop_t */

/** Errors: the numbers of pawl::ErrorCode. */
enum {
  PAWL_OK = 0,
  PAWL_E_NOT_FOUND,
  PAWL_E_NOT_DIRECTORY,
  PAWL_E_PERMISSION,
  PAWL_E_WATCH_LIMIT,
  PAWL_E_INSTANCE_LIMIT,
  PAWL_E_NO_MEMORY,
  PAWL_E_UNSUPPORTED,
  PAWL_E_TOO_LARGE,
  PAWL_E_INVALID,
  PAWL_E_USAGE,
  PAWL_E_BUSY,
  PAWL_E_FULL,
  PAWL_E_CORRUPT,
  PAWL_E_FOREIGN,
  PAWL_E_ESCAPES,
  PAWL_E_IO
};

/** Of the last function that failed on this thread: one line. Valid until the next that fails. "" if
   none did. Any thread: each has its own. */
PAWL_EXPORT const char* pawl_error_message(void);

enum { PAWL_CREATED = 0, PAWL_MODIFIED, PAWL_ATTRIBUTES, PAWL_REMOVED };          /**< kind */
enum { PAWL_FILE = 0, PAWL_DIRECTORY, PAWL_SYMLINK, PAWL_OTHER };                 /**< type */
enum { PAWL_VIA_NATIVE = 0, PAWL_VIA_POLL, PAWL_VIA_SCAN };                       /**< via */
enum { PAWL_MODE_NONE = 0, PAWL_MODE_NATIVE, PAWL_MODE_POLLED, PAWL_MODE_UNREACHABLE }; /**< mode */
enum { PAWL_BACKEND_AUTO = 0, PAWL_BACKEND_NATIVE, PAWL_BACKEND_POLL };           /**< backend */

/** Names as in pawl's own output, "created", "watch-limit"; valid for ever. "" for no such number. Any
   thread. */
/**@{*/
PAWL_EXPORT const char* pawl_kind_name(int kind);
PAWL_EXPORT const char* pawl_mode_name(int mode);
PAWL_EXPORT const char* pawl_reason_name(int reason);
PAWL_EXPORT const char* pawl_rescan_reason_name(int reason);
/**@}*/

/** One path is other than it was known to be. */
typedef struct pawl_change {
  int kind;         /**< PAWL_CREATED, … */
  int type;         /**< PAWL_FILE, … */
  int via;          /**< PAWL_VIA_NATIVE, … */
  uint32_t root;    /**< as pawl_watcher_add_root gave it */
  const char* path; /**< absolute */
  const char* from; /**< of PAWL_CREATED: where it was before; else NULL */
  uint64_t inode;   /**< 0: not known */
  uint64_t device;  /**< 0: not known */
  int64_t known_at_ns; /**< on the clock of uv_hrtime */
} pawl_change;

/** A directory is now noticed in another way. */
typedef struct pawl_coverage_change {
  uint32_t root;         /**< as pawl_watcher_add_root gave it */
  const char* directory; /**< absolute */
  int before;            /**< mode */
  int mode;              /**< now: PAWL_MODE_NATIVE, … */
  int reason;            /**< for pawl_reason_name */
  int os_error;          /**< errno, or 0 */
} pawl_coverage_change;

/** Hints may have been lost, so all of this is compared with the disk. */
typedef struct pawl_rescan {
  int reason;           /**< for pawl_rescan_reason_name */
  const char* path;     /**< "" where it is everything that is watched natively */
  uint64_t directories; /**< how many */
} pawl_rescan;

/** A root can or cannot be seen. */
typedef struct pawl_root_state {
  uint32_t root;    /**< as pawl_watcher_add_root gave it */
  const char* path; /**< absolute */
  int available;    /**< 0: nothing of it is told as removed */
  const char* why;  /**< where it is not; else "" */
} pawl_root_state;

/** All of it is valid until the callback returns. Later versions add members at the end. */
typedef struct pawl_batch {
  const pawl_change* changes;           /**< to be applied in their order */
  size_t change_count;                  /**< of `changes` */
  const pawl_coverage_change* coverage; /**< directories that are noticed in another way */
  size_t coverage_count;                /**< of `coverage` */
  const pawl_rescan* rescans;           /**< comparisons with the disk */
  size_t rescan_count;                  /**< of `rescans` */
  const pawl_root_state* roots;         /**< roots that came or went */
  size_t root_count;                    /**< of `roots` */
  const uint32_t* ready;                /**< roots of which everything has been looked at once */
  size_t ready_count;                   /**< of `ready` */
} pawl_batch;

/** Takes a batch. `user` is what the function was given with it. */
typedef void (*pawl_batch_callback)(const pawl_batch* batch, void* user);
/** `code` is PAWL_OK or what was wrong, which `message` says; valid until the callback returns. */
typedef void (*pawl_done_callback)(int code, const char* message, void* user);

/** To be filled by pawl_options_init, and then changed. What each means is said of pawl::watch::Options. */
typedef struct pawl_options {
  size_t size; /**< of this struct, as the program was compiled: pawl_options_init sets it */
  uint32_t native_watches_percent; /**< of the user's inotify watches: 75 */
  uint32_t debounce_ms;            /**< 0: changes are told at once */
  uint32_t debounce_max_ms;        /**< with that: 2000 */
  uint32_t answer_timeout_ms;      /**< of mounts: 10000 */
  uint32_t background_pass_min_ms; /**< 0: there is none; 60000 */
  double sweep_share;              /**< of a core, above 0 and at most 1: 0.05 */
  const char* since;               /**< a snapshot to start from, or NULL */
} pawl_options;

/** To be filled by pawl_root_options_init, and then changed. See pawl::watch::Root. */
typedef struct pawl_root_options {
  size_t size;               /**< as in pawl_options */
  int recursive;             /**< 1 */
  int follow_symlinks;       /**< 0; inside the root only */
  int allow_empty;           /**< 0; a root that comes back empty is empty */
  int backend;               /**< PAWL_BACKEND_AUTO, … */
  uint32_t poll_interval_ms; /**< of polled directories: 1000 */
  const char* const* ignore; /**< patterns as in a .gitignore file, or NULL */
  size_t ignore_count;       /**< of `ignore` */
} pawl_root_options;

/** Fills a struct of `size` bytes, as the program knows it, with the defaults. Any thread. */
/**@{*/
PAWL_EXPORT void pawl_options_fill(pawl_options* options, size_t size);
PAWL_EXPORT void pawl_root_options_fill(pawl_root_options* options, size_t size);
#define pawl_options_init(options) pawl_options_fill((options), sizeof(pawl_options))
#define pawl_root_options_init(options) pawl_root_options_fill((options), sizeof(pawl_root_options))
/**@}*/

/** A watcher: made by one of the three that follow, and the caller's until pawl_watcher_close. */
typedef struct pawl_watcher pawl_watcher;

/** With a thread of its own. `options`: NULL for the defaults. `*watcher`: the new one, or NULL.
   PAWL_E_USAGE: an option is out of range or the struct was never filled, or there is no callback;
   PAWL_E_INSTANCE_LIMIT, PAWL_E_NO_MEMORY: the thread or its loop could not be made; others:
   pawl_options.since can't be had. */
PAWL_EXPORT int pawl_watcher_open(const pawl_options* options, pawl_batch_callback callback,
                                  void* user, pawl_watcher** watcher);
/** On the caller's libuv loop, and its thread. The loop outlives the watcher and runs on until
   uv_loop_close can succeed. Errors as above. */
PAWL_EXPORT int pawl_watcher_open_on_loop(struct uv_loop_s* loop, const pawl_options* options,
                                          pawl_batch_callback callback, void* user,
                                          pawl_watcher** watcher);
/** With a thread of its own, and batches that wait to be taken. Errors as above. */
PAWL_EXPORT int pawl_watcher_open_queue(const pawl_options* options, pawl_watcher** watcher);

/** Of pawl_watcher_open_queue: waits for at most `timeout_ms` (0: not at all) and calls `callback`, on
   this thread, with what there is. Returns 1 if it was called, else 0. Any thread, and beside any other
   function but pawl_watcher_close. */
PAWL_EXPORT int pawl_watcher_take(pawl_watcher* watcher, uint32_t timeout_ms,
                                  pawl_batch_callback callback, void* user);
/** Readable, for poll(2), while something waits. The watcher's own: not to be read from or closed. -1 if
   it has no queue, or the platform no such thing. */
PAWL_EXPORT int pawl_watcher_descriptor(const pawl_watcher* watcher);

/** Stops and frees it; NULL is harmless. No callback follows, and one that runs on another thread has
   returned. Takes no more than 250 ms.
   REQUIRES: no other function of it is being called on another thread, save in that callback. */
PAWL_EXPORT void pawl_watcher_close(pawl_watcher* watcher);

/** Starts watching `path`. `options` may be NULL for the defaults, `root` if nobody wants to know.
   PAWL_E_USAGE: the path is NULL or empty, or an option is wrong. A path that is not there is no error:
   it is told as unavailable. */
PAWL_EXPORT int pawl_watcher_add_root(pawl_watcher* watcher, const char* path,
                                      const pawl_root_options* options, uint32_t* root);
/** Forgets a root: nothing is told of it from now on, save what waits already. Unknown: nothing. */
PAWL_EXPORT void pawl_watcher_remove_root(pawl_watcher* watcher, uint32_t root);
/** Gives up its watches until it is resumed. Unknown: nothing. */
PAWL_EXPORT void pawl_watcher_pause(pawl_watcher* watcher, uint32_t root);
/** Watches it again, and tells what changed meanwhile. Unknown: nothing. */
PAWL_EXPORT void pawl_watcher_resume(pawl_watcher* watcher, uint32_t root);
/** Compares everything below the root with the disk. Unknown: nothing. */
PAWL_EXPORT void pawl_watcher_rescan(pawl_watcher* watcher, uint32_t root);

/** Has what is known of all roots written to `file`, for pawl_options.since. `done` is called once, where
   and as the watcher's callback is (with a queue: on the watcher's thread), unless the watcher is closed
   before; it may be NULL. PAWL_E_BUSY, told to it: a root is not ready yet; others: by the system. */
PAWL_EXPORT void pawl_watcher_save_snapshot(pawl_watcher* watcher, const char* file,
                                            pawl_done_callback done, void* user);

/** How `directory` is watched: `*mode`, `*reason` and `*os_error`, each of which may be NULL.
   PAWL_E_NOT_FOUND: it is not among the directories of `root`; PAWL_E_USAGE: it is NULL. Takes time for
   each of these. */
PAWL_EXPORT int pawl_watcher_coverage(const pawl_watcher* watcher, uint32_t root,
                                      const char* directory, int* mode, int* reason, int* os_error);

/** As pawl::watch::to_json and to_prometheus. The caller's, for pawl_string_free. NULL: no memory. */
/**@{*/
PAWL_EXPORT char* pawl_watcher_metrics_json(const pawl_watcher* watcher);
PAWL_EXPORT char* pawl_watcher_metrics_prometheus(const pawl_watcher* watcher);
/**@}*/
/** NULL is harmless. Any thread. */
PAWL_EXPORT void pawl_string_free(char* string);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(modernize-use-using,modernize-deprecated-headers) */
#endif
