// A pipeline on a fake disk, with a registry and a database that follow what it tells. Every
// event is checked against what those may rely on.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/task/pipeline.h"
#include "core/task/registry.h"
#include "tests/task/pipeline_fakes.h"

namespace pawl {

class PipelineWorld {
 public:
  FakeDisk disk;

  void add_source(SourceOptions options, bool recursive = true);
  void ready(const std::string& source);
  void unavailable(const std::string& source);
  void notice();

  // A new pipeline and registry, from what the database holds.
  void restart();
  void flush();
  void wait(Duration duration);

  void hold() { held_ = true; }
  void release();
  // Delivers the held loads one at a time, the `pick`-th of those there are.
  bool deliver_one(std::size_t pick);

  // Everything that was put out, one line for a load, a batch of events, …; and forgets it.
  std::vector<std::string> take_output();
  std::vector<std::string> registry_lines() const;
  bool idle() const { return pipeline_->idle(); }
  std::size_t loading_max_seen() const { return loading_max_seen_; }
  Instant now() const { return now_; }

  // What broke the contract of the events; empty if nothing did.
  std::vector<std::string> violations;

 private:
  struct Row {
    TaskPtr task;
    std::string content_checksum;
    bool valid = true;
    std::vector<Diagnostic> errors;
    std::uint64_t stamp_digest = 0;
  };

  void advance();
  void carry_out(Effects effects);
  void deliver(const LoadRequest& request);
  void store(const TaskEvent& event);
  void check_registry();
  SourceIndex index_of(const std::string& source) const;

  Instant now_{seconds(1000)};
  std::vector<SourceOptions> sources_;
  std::unique_ptr<TaskPipeline> pipeline_ = std::make_unique<TaskPipeline>(disk);
  std::unique_ptr<Registry> registry_ = std::make_unique<Registry>();
  std::map<std::pair<std::string, std::string>, Row> rows_;          // by uuid and version
  std::map<std::pair<std::string, std::string>, RestoredTask> bad_;  // never good, by source, path
  std::vector<LoadRequest> loads_;
  bool held_ = false;
  std::size_t loading_max_seen_ = 0;
  std::vector<std::string> output_;
};

std::string describe(const TaskEvent& event);

}  // namespace pawl
