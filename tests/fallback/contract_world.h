// A disk, a program that watches a directory of it, and a consumer that believes nothing but the
// changes that it is told: the real one and the simulated one, for the contract of backends.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "core/change.h"
#include "core/coverage.h"
#include "core/time.h"

namespace pawl {

// One way of watching.
struct Way {
  const char* name;
  BackendChoice backend;
  std::uint64_t watches;  // at most so many native ones
};

inline void PrintTo(const Way& way, std::ostream* out) {
  *out << way.name;
}

// Hybrid: a few directories natively, the others polled, whatever the tree is.
inline constexpr Way kWays[] = {{"Native", BackendChoice::kNative, 1'000'000},
                                {"Polled", BackendChoice::kPoll, 0},
                                {"Hybrid", BackendChoice::kAuto, 3}};

class ContractWorld {
 public:
  virtual ~ContractWorld() = default;

  // The watched directory, empty at first, and one beside it that nobody watches.
  virtual std::string root() const = 0;
  virtual std::string outside() const = 0;

  // What programs do to the disk, by absolute paths.
  virtual void make_directories(const std::string& path) = 0;
  virtual void write(const std::string& path, const std::string& text) = 0;
  // Over what is there, in one write: no truncation is seen.
  virtual void overwrite(const std::string& path, const std::string& text) = 0;
  virtual void append(const std::string& path, const std::string& text) = 0;
  virtual void hard_link(const std::string& old, const std::string& path) = 0;
  virtual void rename(const std::string& from, const std::string& to) = 0;
  virtual void remove_all(const std::string& path) = 0;
  virtual void copy_all(const std::string& from, const std::string& to) = 0;
  // False: what is there has no mode that could be seen to change.
  virtual bool set_mode(const std::string& path, unsigned mode) = 0;

  // The first look at the root begins.
  virtual void begin() = 0;
  virtual bool ready() const = 0;
  virtual std::size_t directories() const = 0;  // that are known
  virtual std::uint64_t lost_hints() const = 0;

  // Lets the program run until the condition holds. False: it did not, for so long.
  virtual bool run_until(const std::function<bool()>& condition, Duration limit = seconds(20)) = 0;
  // Until what was told equals the disk, and so does the tree.
  virtual bool settles() = 0;
  // How often that was told.
  virtual std::uint64_t count(ChangeKind kind, const std::string& path) const = 0;
  virtual std::uint64_t count(ChangeKind kind) const = 0;
  virtual bool knows(const std::string& path) const = 0;
  virtual bool knows_nothing() const = 0;
};

// Made by the simulated world and by the real one.
using MakeContractWorld = std::unique_ptr<ContractWorld> (*)(const Way&);

}  // namespace pawl
