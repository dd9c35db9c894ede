// G. Task changes through Store::commit, beside a bare loop that inserts the same rows in
// transactions of the same size, with the same tables and settings.
#include "sync/store.h"

#include "benchmarks/bare/insert.h"
#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/parts/empty_database.h"
#include "tests/generate/task_generator.h"

namespace {

pawl::TaskEvent event_of(const pawl::GeneratedTask& generated, std::size_t i) {
  pawl::TaskFields task;
  task.uuid = generated.uuid;
  task.version = generated.version;
  task.label = "Task " + std::to_string(i);
  task.description = std::string(80, 'd');
  task.source = "tasks";
  task.path = "/srv/tasks/" + generated.folder;
  task.checksum = std::string(32, "0123456789abcdef"[i % 16]);
  auto content = std::make_shared<pawl::TaskContent>();
  content->metadata = generated.files[0].bytes;
  content->script = generated.files[1].bytes;
  content->input_schema = generated.files[2].bytes;
  content->output_schema = generated.files[3].bytes;
  pawl::TaskEvent event;
  event.source = task.source;
  event.path = task.path;
  event.task = pawl::make_task(task);
  event.content = std::move(content);
  event.stamp_digest = (i + 1) * 0x9e3779b97f4a7c15u;
  return event;
}

bare::Row row_of(const pawl::TaskEvent& event) {
  const pawl::TaskFields task = event.task->fields();
  const pawl::TaskContent& content = *event.content;
  return {task.uuid,
          task.version,
          task.label,
          task.description,
          "[]",
          task.source,
          task.path,
          task.checksum,
          content.metadata,
          content.input_schema,
          content.output_schema,
          content.script,
          static_cast<std::int64_t>(event.stamp_digest)};
}

void commit_all(const std::string& path, const std::vector<pawl::SyncBatch>& batches) {
  pawl::Result<std::unique_ptr<pawl::Store>> store = pawl::Store::open(path, {});
  if (!store.ok()) bare::fail(store.status().message());
  for (const pawl::SyncBatch& batch : batches)
    if (const auto done = (*store)->commit(batch, 1'700'000'000'000); !done.ok())
      bare::fail(done.status().message());
}

void commit(bare::Report& report, const bare::Options& options,
            const std::vector<pawl::TaskEvent>& events, const std::vector<bare::Row>& rows,
            std::size_t size) {
  std::vector<pawl::SyncBatch> batches;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i % size == 0) batches.emplace_back();
    batches.back().events.push_back(events[i]);
  }
  const std::string name = "transactions of " + std::to_string(size);
  for (int run = 0; run < options.runs; ++run) {
    const std::string suffix = std::to_string(size) + "-" + std::to_string(run) + ".db";
    const std::string own = options.scratch + "/own-" + suffix;
    const std::string plain = options.scratch + "/bare-" + suffix;
    for (const std::string& path : {own, plain}) bare::empty_database(path);
    const bare::Cost pawl = bare::in_child([&] { commit_all(own, batches); });
    const bare::Cost bare = bare::in_child([&] { bare::insert_rows(plain, rows, size); });
    report.add("rate by CPU, pawl / bare, " + name, bare.cpu_ms / pawl.cpu_ms);
    report.add("rate by wall time, pawl / bare, " + name, bare.wall_ms / pawl.wall_ms);
    report.add("pawl, CPU us a row, " + name,
               pawl.cpu_ms * 1e3 / static_cast<double>(events.size()));
  }
  report.target("rate by CPU, pawl / bare, " + name, -0.7);
  report.target("rate by wall time, pawl / bare, " + name, -0.7);
  report.grows("pawl, CPU us a row, " + name, 0);
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_of(argc, argv, 100'000);
  std::vector<pawl::TaskEvent> events;
  std::vector<bare::Row> rows;
  for (std::size_t i = 0; i < options.size; ++i) {
    events.push_back(event_of(pawl::generate_task(1, i), i));
    rows.push_back(row_of(events.back()));
  }
  {
    bare::Report report("Store::commit", options.size);
    commit(report, options, events, rows, 100);
    commit(report, options, events, rows, 10);
  }
  bare::remove_scratch(options);
}
