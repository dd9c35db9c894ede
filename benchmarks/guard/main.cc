// pawl_guard PART SIZE: carries out one part of pawl's work on SIZE things, for valgrind to count
// its instructions: those of `measured` alone, without what prepares the work. See guard.sh.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "benchmarks/parts/inputs.h"
#include "benchmarks/parts/stepped_directory.h"
#include "core/task/checksum.h"
#include "core/task/debouncer.h"
#include "core/task/metadata.h"
#include "core/task/registry.h"
#include "sync/store.h"

// By this name valgrind knows where to begin and to end. Returns how much was done.
extern "C" __attribute__((noinline)) std::size_t pawl_guard_measured(
    const std::function<std::size_t()>& work) {
  const std::size_t done = work();
  asm volatile("" ::: "memory");  // it is a call of its own, and no jump
  return done;
}

namespace {

using Work = std::function<std::size_t()>;

Work rescan(std::size_t size) {
  auto directory = std::make_shared<parts::SteppedDirectory>(size);
  return [=] { return size - directory->rescan(); };
}

Work changes(std::size_t size) {
  auto directory = std::make_shared<parts::SteppedDirectory>(size);
  return [=] { return directory->change_and_hint(size); };
}

// A hundred changes, one after the other, in a directory of `size`.
Work change_in(std::size_t size) {
  auto directory = std::make_shared<parts::SteppedDirectory>(size);
  return [=] {
    std::size_t found = 0;
    for (int i = 0; i < 100; ++i) found += directory->change_one();
    return found == 100 ? size : 0;
  };
}

// Three notes of each key, at times and in an order of their own.
Work debounce(std::size_t size) {
  auto keys = std::make_shared<const std::vector<std::string>>(parts::paths(size));
  return [=] {
    pawl::Debouncer debouncer(pawl::milliseconds(500));
    pawl::Instant now = pawl::from_ns(1);
    for (std::size_t i = 0; i < 3 * size; ++i, now += pawl::Duration(1000))
      debouncer.note((*keys)[i * 7919 % size], now);
    return debouncer.take_settled(now + pawl::seconds(1)).size();
  };
}

Work ignore(std::size_t size) {
  auto rules =
      std::make_shared<const pawl::IgnoreRules>(parts::rules_of(parts::ordinary_patterns(200)));
  auto paths = std::make_shared<const std::vector<std::string>>(parts::paths(size));
  return [=] {
    std::size_t seen = 0;
    for (const std::string& path : *paths) seen += !rules->ignored(path, false);
    return seen;
  };
}

// One path of `size` bytes, on which a matcher that tracks back would not end.
Work ignore_pathological(std::size_t size) {
  auto rules =
      std::make_shared<const pawl::IgnoreRules>(parts::rules_of(parts::pathological_patterns(8)));
  auto path = std::make_shared<const std::string>(parts::almost_matching_path(size));
  return [=] { return rules->matches(*path, false) ? 0 : size; };
}

Work metadata(std::size_t size) {
  auto texts = std::make_shared<const std::vector<std::string>>(parts::metadata_texts(size));
  return [=] {
    pawl::MetadataReader reader;
    std::vector<pawl::Diagnostic> diagnostics;
    for (const std::string& text : *texts) reader.read(text, "metadata.json", diagnostics);
    return texts->size() - diagnostics.size();
  };
}

Work hash(std::size_t size) {
  auto bytes = std::make_shared<const std::string>(size, 'x');
  return [=] {
    pawl::Checksum checksum;
    checksum.add(*bytes);
    return checksum.hex().size() == 32 ? size : 0;
  };
}

Work registry(std::size_t size) {
  auto events = std::make_shared<const std::vector<pawl::TaskEvent>>(parts::added_tasks(size));
  return [=] {
    pawl::Registry registry;
    for (std::size_t i = 0; i < size; ++i) registry.apply(std::span(*events).subspan(i, 1));
    return registry.snapshot()->size();
  };
}

Work store(std::size_t size) {
  auto batch = std::make_shared<pawl::SyncBatch>();
  batch->events = parts::added_tasks(size);
  std::shared_ptr<pawl::Store> opened = std::move(*pawl::Store::open(":memory:", {}));
  return [=]() -> std::size_t {
    const auto committed = opened->commit(*batch, 1'700'000'000'000);
    return committed.ok() ? committed->size() : 0;
  };
}

const std::map<std::string, Work (*)(std::size_t)> kParts{
    {"rescan", rescan},     {"changes", changes}, {"change_in", change_in},
    {"debounce", debounce}, {"ignore", ignore},   {"ignore_pathological", ignore_pathological},
    {"metadata", metadata}, {"hash", hash},       {"registry", registry},
    {"store", store}};

}  // namespace

int main(int argc, char** argv) {
  const auto part = argc == 3 ? kParts.find(argv[1]) : kParts.end();
  if (part == kParts.end()) {
    std::fprintf(stderr, "usage: %s PART SIZE\n", argv[0]);
    return 2;
  }
  const std::size_t size = std::strtoull(argv[2], nullptr, 10);
  const Work work = part->second(size);
  const std::size_t done = pawl_guard_measured(work);
  if (done == size) return 0;
  std::fprintf(stderr, "%s: %zu of %zu was done\n", argv[1], done, size);
  return 1;
}
