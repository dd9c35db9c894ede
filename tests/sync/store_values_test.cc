// Times, lists of strings and delays: the values that the store writes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "sync/backoff.h"
#include "sync/iso_time.h"
#include "sync/json_strings.h"
#include "sync/sqlite.h"
#include "sync/stored_rows.h"

namespace pawl {
namespace {

TEST(IsoTime, IsUtcWithMilliseconds) {
  EXPECT_EQ(iso_time(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(iso_time(1'767'323'045'678), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(iso_time(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(iso_time(951'782'400'000), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(iso_time(INT64_MAX), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(iso_time(INT64_MIN), "0000-01-01T00:00:00.000Z");
}

TEST(IsoTime, IsReadBack) {
  for (const WallMs at : {WallMs{0}, WallMs{-1}, WallMs{1'767'323'045'678}, WallMs{1}}) {
    EXPECT_EQ(parse_iso_time(iso_time(at)), at);
  }
}

TEST(IsoTime, OfAnotherFormIsNone) {
  for (const char* text :
       {"", "2026-01-02T03:04:05Z", "2026-01-02 03:04:05.678Z", "2026-02-30T03:04:05.678Z",
        "2026-13-02T03:04:05.678Z", "2026-01-02T24:04:05.678Z", "2026-01-02T03:04:05.678+"}) {
    EXPECT_EQ(parse_iso_time(text), std::nullopt) << text;
  }
}

TEST(JsonStrings, CarryAnyBytes) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  const std::vector<std::string> strings = {
      "",         "a\"b\\c\n",        "日本 \U0001f40e", "\xed\xa0\x80",
      "\xc0\xaf", "\xf5\x80\x80\x80", "\xe6\x97",        all};
  EXPECT_EQ(parse_json_strings(json_strings(strings)), strings);
  EXPECT_EQ(parse_json_strings(json_strings({})), std::vector<std::string>{});
}

TEST(JsonStrings, WriteBytesThatAreNotUtf8AsLoneSurrogates) {
  EXPECT_EQ(json_strings(std::vector<std::string>{"caf\xe9"}), R"(["caf\udce9"])");
}

TEST(JsonStrings, ReadWhatOthersWrite) {
  EXPECT_EQ(parse_json_strings(" [ \"a\\u00e9\\ud83d\\udc0e\\/\" , \"b\" ] "),
            (std::vector<std::string>{"aé🐎/", "b"}));
  for (const char* text : {"", "[", "[\"a\"", "[1]", "[\"a\",]", "[\"a\"] x", "[\"\\x\"]",
                           "[\"\\ud83d\"]", "[\"\\u12\"]", "{}", "[\"a"}) {
    EXPECT_EQ(parse_json_strings(text), std::nullopt) << text;
  }
}

TEST(StoredErrors, ReadBackAsTheyWere) {
  const std::vector<Diagnostic> errors = {{"/a/main.js", 3, 7, "x: error: y"},
                                          {"/a/main.js", 3, 0, "t"},
                                          {"/a", 0, 0, "t"},
                                          {"/a:5x", 0, 0, "t"}};
  EXPECT_EQ(parse_errors_text(errors_text(errors), "/a"), errors);
}

TEST(StoredErrors, ThatSomeoneSpoiltAreOneError) {
  const std::vector<Diagnostic> spoilt = parse_errors_text("not json", "/a");
  EXPECT_EQ(spoilt, (std::vector<Diagnostic>{{"/a", 0, 0, "not json"}}));
  EXPECT_EQ(parse_errors_text(R"(["free text"])", "/a"),
            (std::vector<Diagnostic>{{"/a", 0, 0, "free text"}}));
}

TEST(Backoff, DoublesUpToItsCapAndNeverWaitsLessThanHalf) {
  Backoff backoff(milliseconds(1000), milliseconds(60'000), 1);
  std::int64_t full = 1000;
  for (int i = 0; i < 100; ++i) {
    const std::int64_t delay = backoff.next().count();
    EXPECT_LE(delay, full);
    EXPECT_GE(delay, full / 2);
    full = std::min<std::int64_t>(full * 2, 60'000);
  }
  EXPECT_EQ(backoff.attempt(), 100u);
  backoff.reset();
  EXPECT_LE(backoff.next().count(), 1000);
}

TEST(Backoff, DiffersBySeedAndRepeatsByIt) {
  const auto delays = [](std::uint64_t seed) {
    Backoff backoff(milliseconds(1000), milliseconds(60'000), seed);
    std::vector<std::int64_t> all;
    for (int i = 0; i < 8; ++i) all.push_back(backoff.next().count());
    return all;
  };
  EXPECT_EQ(delays(7), delays(7));
  EXPECT_NE(delays(7), delays(8));
}

// SQLite's codes, as numbers: they are part of its file-format-like stability promise.
TEST(SqliteStatus, SaysWhatCanBeDoneAboutIt) {
  struct Case {
    int code;
    int os_error;
    Code expected;
    bool transient;
  };
  for (const Case& c :
       {Case{5, 0, Code::kBusy, true}, Case{5 | 1 << 8, 0, Code::kBusy, true},
        Case{6, 0, Code::kBusy, true}, Case{13, 0, Code::kFull, true},
        Case{8, 0, Code::kPermission, true}, Case{10, 0, Code::kIo, true},
        Case{10 | 4 << 8, ENOSPC, Code::kFull, true}, Case{14, ENOENT, Code::kNotFound, true},
        Case{14, EACCES, Code::kPermission, true}, Case{7, 0, Code::kNoMemory, true},
        Case{11, 0, Code::kCorrupt, false}, Case{26, 0, Code::kForeign, false},
        Case{19, 0, Code::kInvalid, false}, Case{18, 0, Code::kTooLarge, false},
        Case{1, 0, Code::kInvalid, false}}) {
    const Status status = sqlite_status(c.code, "why", c.os_error, "write to", "/r.db");
    EXPECT_EQ(status.code(), c.expected) << c.code;
    EXPECT_EQ(is_transient(status), c.transient) << c.code;
    EXPECT_TRUE(status.message().starts_with("cannot write to /r.db: why")) << status.message();
  }
}

}  // namespace
}  // namespace pawl
