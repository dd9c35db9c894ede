#include "benchmarks/parts/stepped_directory.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace parts {
namespace {

constexpr const char* kRoot = "/root";

pawl::ReconcilerOptions options() {
  pawl::ReconcilerOptions options;
  options.background_pass_min = pawl::Duration::zero();
  return options;
}

}  // namespace

SteppedDirectory::SteppedDirectory(std::size_t files) {
  self_ = {.inode = 1, .device = 1, .mode = 0755, .type = pawl::FileType::kDirectory};
  for (std::size_t i = 0; i < files; ++i)
    entries_.push_back(
        {fmt::format("document-{:07}.txt", i),
         {.inode = i + 2, .device = 1, .size = 5, .mode = 0644, .type = pawl::FileType::kFile}});
  pawl::Coverer& coverer = *this;
  reconciler_ = std::make_unique<pawl::Reconciler>(coverer, options());
  pawl::RootOptions root;
  root.path = kRoot;
  const std::uint32_t index = reconciler_->add_root(std::move(root), now_);
  run();
  if (!reconciler_->ready(index) || reconciler_->metrics().files != files) std::abort();
  root_ = reconciler_->root_directory(index)->id;
}
SteppedDirectory::~SteppedDirectory() = default;

// Steps and performs the looks until nothing is left to do.
std::size_t SteppedDirectory::run() {
  std::size_t changes = 0;
  for (bool more = true; more;) {
    pawl::WatchEffects effects;
    reconciler_->step(now_, effects);
    changes += effects.changes.size();
    more = effects.more || !effects.looks.empty();
    for (pawl::LookRequest& look : effects.looks)
      reconciler_->answered(pawl::perform(*this, std::move(look), room_));
  }
  return changes;
}

// Long ago by the time that it is looked at, so that no stamp is unsettled.
void SteppedDirectory::touch(std::size_t i) {
  entries_[i].stamp.mtime_ns = wall_;
  entries_[i].stamp.ctime_ns = wall_;
}

std::size_t SteppedDirectory::rescan() {
  reconciler_->rescan(0);
  return run();
}

std::size_t SteppedDirectory::change_one() {
  const std::size_t i = next_++ % entries_.size();
  touch(i);
  wall_ += 1'000'000'000;
  reconciler_->hint(root_, entries_[i].name, pawl::HintKind::kTouched, pawl::Via::kNative);
  return run();
}

std::size_t SteppedDirectory::change_and_hint(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    touch(i);
    reconciler_->hint(root_, entries_[i].name, pawl::HintKind::kTouched, pawl::Via::kNative);
  }
  wall_ += 1'000'000'000;
  return run();
}

pawl::Status SteppedDirectory::look(const std::string&, std::span<const std::string_view> names,
                                    pawl::Stamp& self, std::vector<pawl::Looked>& looked) {
  self = self_;
  looked.clear();
  for (const std::string_view name : names) {
    // "document-0000042.txt" is number 42.
    const std::size_t i = std::strtoull(std::string(name.substr(9)).c_str(), nullptr, 10);
    looked.push_back({i < entries_.size() ? entries_[i].stamp : pawl::Stamp{},
                      i < entries_.size() ? 0 : ENOENT});
  }
  return {};
}

pawl::Status SteppedDirectory::list(const std::string&, std::span<const std::string_view>,
                                    pawl::Stamp& self, std::vector<pawl::DirectoryEntry>& entries) {
  self = self_;
  entries = entries_;
  return {};
}

pawl::Result<pawl::Stamp> SteppedDirectory::stat(const std::string&) {
  return self_;
}
pawl::Result<pawl::Stamp> SteppedDirectory::follow(const std::string&, const std::string&) {
  return self_;
}
pawl::Result<pawl::FileContent> SteppedDirectory::read(const std::string&, const std::string&,
                                                       const pawl::ReadOptions&) {
  return pawl::FileContent{};
}
pawl::Result<pawl::Mount> SteppedDirectory::mount(const std::string&) {
  return pawl::Mount{"memory", true, false, pawl::Duration(1)};
}
pawl::Result<pawl::Coverage> SteppedDirectory::cover(pawl::DirectoryId, const std::string&,
                                                     const pawl::Mount&, pawl::BackendChoice,
                                                     pawl::Instant) {
  return pawl::Coverage{pawl::Mode::kNative, pawl::Reason::kPreferred, 0};
}

}  // namespace parts
