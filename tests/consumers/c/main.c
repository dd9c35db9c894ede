/* The whole of <pawl/pawl_c.h> from a program in C: each step says what went wrong with it. */
#include <pawl/pawl_c.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK(condition)                                                                \
  do {                                                                                  \
    if (!(condition)) {                                                                 \
      printf("line %d: %s does not hold (%s)\n", __LINE__, #condition, pawl_error_message()); \
      exit(1);                                                                          \
    }                                                                                   \
  } while (0)

typedef struct seen {
  int ready;
  int created;
  int unavailable;
  char path[4096];
} seen;

static void told(const pawl_batch* batch, void* user) {
  seen* s = user;
  s->ready += (int)batch->ready_count;
  for (size_t i = 0; i < batch->change_count; ++i) {
    if (batch->changes[i].kind != PAWL_CREATED) continue;
    ++s->created;
    snprintf(s->path, sizeof s->path, "%s", batch->changes[i].path);
  }
  for (size_t i = 0; i < batch->root_count; ++i)
    if (!batch->roots[i].available && batch->roots[i].why[0] != '\0') ++s->unavailable;
}

static void write_file(const char* path) {
  FILE* file = fopen(path, "w");
  CHECK(file != NULL);
  fputs("text", file);
  fclose(file);
}

/* Takes what comes until `*wanted` is not 0, for 30 s at most. */
static void take_until(pawl_watcher* watcher, const int* wanted, seen* s) {
  for (int i = 0; i < 300 && *wanted == 0; ++i) {
    struct pollfd waits = {pawl_watcher_descriptor(watcher), POLLIN, 0};
    poll(&waits, 1, 100);
    while (pawl_watcher_take(watcher, 0, told, s)) {
    }
  }
  CHECK(*wanted != 0);
}

typedef struct saved {
  volatile int done;
  volatile int code;
} saved;

static void on_saved(int code, const char* message, void* user) {
  saved* s = user;
  (void)message;
  s->code = code;
  s->done = 1;
}

static void closes_itself(const pawl_batch* batch, void* user) {
  pawl_watcher** self = user;
  (void)batch;
  pawl_watcher_close(*self);
  *self = NULL;
}

int main(int argc, char** argv) {
  (void)argc;
  char folder[4096];
  char path[5000];
  char snapshot[5000];
  snprintf(folder, sizeof folder, "%s.watched-XXXXXX", argv[0]);
  CHECK(mkdtemp(folder) != NULL);
  CHECK(realpath(folder, path) != NULL);
  snprintf(folder, sizeof folder, "%.4000s", path);
  snprintf(snapshot, sizeof snapshot, "%s.snapshot", folder);

  pawl_options options;
  pawl_options_init(&options);
  options.native_watches_percent = 101;
  pawl_watcher* watcher = NULL;
  CHECK(pawl_watcher_open_queue(&options, &watcher) == PAWL_E_USAGE);
  CHECK(watcher == NULL && strstr(pawl_error_message(), "percent") != NULL);
  CHECK(pawl_watcher_open(NULL, NULL, NULL, &watcher) == PAWL_E_USAGE);

  CHECK(pawl_watcher_open_queue(NULL, &watcher) == PAWL_OK);
  pawl_root_options root_options;
  pawl_root_options_init(&root_options);
  const char* ignore[] = {"*.tmp"};
  root_options.ignore = ignore;
  root_options.ignore_count = 1;
  uint32_t root = 99;
  CHECK(pawl_watcher_add_root(watcher, "", NULL, NULL) == PAWL_E_USAGE);
  CHECK(pawl_watcher_add_root(watcher, folder, &root_options, &root) == PAWL_OK);
  seen s = {0};
  take_until(watcher, &s.ready, &s);
  snprintf(path, sizeof path, "%s/a.tmp", folder);
  write_file(path);
  snprintf(path, sizeof path, "%s/made", folder);
  write_file(path);
  take_until(watcher, &s.created, &s);
  CHECK(strcmp(s.path, path) == 0 && s.created == 1);

  int mode = -1;
  int reason = -1;
  CHECK(pawl_watcher_coverage(watcher, root, folder, &mode, &reason, NULL) == PAWL_OK);
  CHECK(mode == PAWL_MODE_NATIVE || mode == PAWL_MODE_POLLED);
  CHECK(pawl_reason_name(reason)[0] != '\0' && strcmp(pawl_kind_name(PAWL_CREATED), "created") == 0);
  CHECK(pawl_mode_name(77)[0] == '\0');
  CHECK(pawl_watcher_coverage(watcher, root, "/none", NULL, NULL, NULL) == PAWL_E_NOT_FOUND);
  char* metrics = pawl_watcher_metrics_json(watcher);
  CHECK(metrics != NULL && strstr(metrics, "\"changes\":") != NULL);
  pawl_string_free(metrics);
  metrics = pawl_watcher_metrics_prometheus(watcher);
  CHECK(metrics != NULL && strstr(metrics, "\npawl_changes_total ") != NULL);
  pawl_string_free(metrics);

  saved save = {0, -1};
  pawl_watcher_save_snapshot(watcher, snapshot, on_saved, &save);
  for (int i = 0; i < 300 && !save.done; ++i) poll(NULL, 0, 100);
  CHECK(save.done && save.code == PAWL_OK);
  pawl_watcher_pause(watcher, root);
  pawl_watcher_resume(watcher, root);
  pawl_watcher_rescan(watcher, root);
  pawl_watcher_remove_root(watcher, root);
  snprintf(path, sizeof path, "%s/none", folder);
  CHECK(pawl_watcher_add_root(watcher, path, NULL, NULL) == PAWL_OK);
  take_until(watcher, &s.unavailable, &s);
  pawl_watcher_close(watcher);
  pawl_watcher_close(NULL);

  /* What happened while nobody watched. */
  snprintf(path, sizeof path, "%s/between", folder);
  write_file(path);
  pawl_options_init(&options);
  options.since = snapshot;
  CHECK(pawl_watcher_open_queue(&options, &watcher) == PAWL_OK);
  CHECK(pawl_watcher_add_root(watcher, folder, &root_options, &root) == PAWL_OK);
  memset(&s, 0, sizeof s);
  take_until(watcher, &s.ready, &s);
  CHECK(s.created == 1 && strcmp(s.path, path) == 0);
  pawl_watcher_close(watcher);

  /* A callback on the watcher's own thread that closes it. */
  static pawl_watcher* own;
  CHECK(pawl_watcher_open(NULL, closes_itself, &own, &own) == PAWL_OK);
  CHECK(pawl_watcher_add_root(own, folder, NULL, NULL) == PAWL_OK);
  for (int i = 0; i < 300 && *(pawl_watcher* volatile*)&own != NULL; ++i) poll(NULL, 0, 100);
  CHECK(own == NULL);

  printf("pawl %s: made %s\n", pawl_version(), folder);
  return 0;
}
