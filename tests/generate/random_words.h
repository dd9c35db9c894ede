// Random numbers and words that are the same on every machine (the standard library's distributions
// are not).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pawl {

// SplitMix64: small, quick and good enough for text.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  // From 0 to `count` - 1. REQUIRES: count > 0.
  std::uint64_t below(std::uint64_t count) { return next() % count; }

  template <std::size_t N>
  std::string_view one_of(const std::array<std::string_view, N>& words) {
    return words[below(N)];
  }

 private:
  std::uint64_t state_;
};

inline constexpr std::array<std::string_view, 24> kVerbs{
    "send",  "check",  "convert", "merge", "split",  "collect", "render",  "archive",
    "count", "filter", "import",  "map",   "notify", "parse",   "publish", "queue",
    "rank",  "reduce", "resolve", "route", "sort",   "tag",     "update",  "watch"};

inline constexpr std::array<std::string_view, 32> kNouns{
    "invoice", "order",   "customer", "report",  "ticket", "session", "payment", "message",
    "record",  "account", "image",    "address", "basket", "booking", "catalog", "contract",
    "device",  "entry",   "feed",     "form",    "label",  "ledger",  "license", "member",
    "note",    "parcel",  "price",    "profile", "quote",  "receipt", "sample",  "voucher"};

inline constexpr std::array<std::string_view, 16> kFields{
    "id",     "name",  "total",  "status", "amount", "currency", "created", "owner",
    "weight", "state", "region", "source", "score",  "priority", "email",   "comment"};

inline constexpr std::array<std::string_view, 12> kPeople{
    "Amara Diallo", "Bo Lindqvist", "Chen Wei",    "Dana Levi",  "Emil Novak",  "Farah Aziz",
    "Gwen Price",   "Hana Sato",    "Ines Moreau", "Jonas Berg", "Kofi Mensah", "Lucía Ríos"};

}  // namespace pawl
