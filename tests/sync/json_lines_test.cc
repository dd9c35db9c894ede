#include "sync/json_lines.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sync/human_lines.h"

namespace pawl {
namespace {

template <class... Values>
std::string json(const Values&... values) {
  std::string out;
  append_json_line(out, values...);
  return out;
}

template <class Value>
std::string human(const Value& value, bool colours = false) {
  std::string out;
  append_human_line(out, value, colours);
  return out;
}

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

Change change() {
  Change change;
  change.kind = ChangeKind::kCreated;
  change.type = FileType::kFile;
  change.via = Via::kNative;
  change.path = "/srv/a.txt";
  change.known_at = from_ns(1234567890123);
  return change;
}

TaskEvent task_event() {
  TaskEvent event;
  event.kind = TaskEventKind::kUpdated;
  TaskFields task;
  task.uuid = "0190a8c0-0000-7000-8000-000000000001";
  task.version = "1.2.3";
  task.label = "Say \"hi\"";
  event.task = make_task(task);
  event.path = "/srv/tasks/hi";
  event.known_at = from_ns(7);
  return event;
}

TEST(JsonLines, ReadyHasExactlyTheseFields) {
  EXPECT_EQ(json(ReadyEvent{3, 10, 2, 1, from_ns(5)}),
            "{\"event\":\"ready\",\"directories\":3,\"files\":10,\"native\":2,\"polled\":1,"
            "\"monotonic_ns\":5}\n");
}

TEST(JsonLines, ChangeHasExactlyTheseFields) {
  EXPECT_EQ(json(change()),
            "{\"event\":\"change\",\"kind\":\"created\",\"path\":\"/srv/a.txt\",\"type\":\"file\","
            "\"via\":\"native\",\"monotonic_ns\":1234567890123}\n");
}

TEST(JsonLines, RenamedChangeSaysWhereItCameFrom) {
  Change renamed = change();
  renamed.from = "/srv/b.txt";
  renamed.type = FileType::kDirectory;
  renamed.via = Via::kPoll;
  EXPECT_EQ(json(renamed),
            "{\"event\":\"change\",\"kind\":\"created\",\"path\":\"/srv/a.txt\",\"from\":"
            "\"/srv/b.txt\",\"type\":\"directory\",\"via\":\"poll\",\"monotonic_ns\":"
            "1234567890123}\n");
}

TEST(JsonLines, TaskHasExactlyTheseFields) {
  EXPECT_EQ(json(task_event(), 42),
            "{\"event\":\"task\",\"kind\":\"updated\",\"uuid\":\"0190a8c0-0000-7000-8000-"
            "000000000001\",\"version\":\"1.2.3\",\"label\":\"Say \\\"hi\\\"\",\"path\":"
            "\"/srv/tasks/hi\",\"seq\":42,\"errors\":[],\"monotonic_ns\":7}\n");
}

TEST(JsonLines, TaskThatNeverWasValidHasItsErrorsAndNoIdentity) {
  TaskEvent event = task_event();
  event.kind = TaskEventKind::kInvalid;
  event.task.reset();
  event.errors = {{"/srv/tasks/hi/main.js", 3, 7, "unexpected end"}, {"/srv/x", 0, 0, "missing"}};
  EXPECT_EQ(json(event, 0),
            "{\"event\":\"task\",\"kind\":\"invalid\",\"uuid\":\"\",\"version\":\"\",\"label\":"
            "\"\",\"path\":\"/srv/tasks/hi\",\"seq\":0,\"errors\":[\"/srv/tasks/hi/main.js:3:7: "
            "error: unexpected end\",\"/srv/x: error: missing\"],\"monotonic_ns\":7}\n");
}

TEST(JsonLines, DuplicateNamesThePathThatServes) {
  TaskEvent event = task_event();
  event.kind = TaskEventKind::kDuplicate;
  event.other_path = "/srv/tasks/first";
  EXPECT_NE(json(event, 1).find("\"serves\":\"/srv/tasks/first\""), std::string::npos);
}

TEST(JsonLines, CoverageAndRescanHaveTheseFields) {
  const CoverageNotice polled{
      0, "/mnt/x", Mode::kNative, {Mode::kPolled, Reason::kWatchLimit, 28}, from_ns(1)};
  EXPECT_EQ(json(polled),
            "{\"event\":\"coverage\",\"directory\":\"/mnt/x\",\"mode\":\"polled\","
            "\"reason\":\"watch-limit\",\"monotonic_ns\":1}\n");
  EXPECT_EQ(
      json(RescanNotice{RescanReason::kOverflow, "", 9, from_ns(2)}),
      "{\"event\":\"rescan\",\"reason\":\"overflow\",\"directories\":9,\"monotonic_ns\":2}\n");
  EXPECT_EQ(json(RescanNotice{RescanReason::kRootBack, "/srv", 9, from_ns(2)}),
            "{\"event\":\"rescan\",\"reason\":\"root-back\",\"path\":\"/srv\",\"directories\":9,"
            "\"monotonic_ns\":2}\n");
}

TEST(JsonLines, SourceSaysWhetherItCanBeSeen) {
  RootNotice notice;
  notice.path = "/srv";
  notice.at = from_ns(3);
  notice.why = Status(Code::kNotFound, "open", "/srv");
  EXPECT_EQ(json(notice),
            "{\"event\":\"source\",\"path\":\"/srv\",\"state\":\"unavailable\",\"reason\":"
            "\"cannot open /srv\",\"monotonic_ns\":3}\n");
  notice.available = true;
  EXPECT_EQ(
      json(notice),
      "{\"event\":\"source\",\"path\":\"/srv\",\"state\":\"available\",\"monotonic_ns\":3}\n");
}

TEST(JsonString, EscapesWhatJsonMust) {
  EXPECT_EQ(json_text("a\"b\\c\n\r\t\b\f\x01\x1f/\x7f"),
            "\"a\\\"b\\\\c\\n\\r\\t\\b\\f\\u0001\\u001f/\x7f\"");
  EXPECT_EQ(json_text(std::string_view("\0", 1)), "\"\\u0000\"");
  EXPECT_EQ(json_text(""), "\"\"");
}

TEST(JsonString, CarriesUnicodeAsItIs) {
  EXPECT_EQ(json_text("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\xBE"),
            "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\xBE\"");
}

TEST(JsonString, CarriesBytesThatAreNotUtf8AsLoneSurrogates) {
  EXPECT_EQ(json_text("a\xff"
                      "b"),
            "\"a\\udcffb\"");
  EXPECT_EQ(json_text("\xC3"), "\"\\udcc3\"");                        // cut short
  EXPECT_EQ(json_text("\xC0\xAF"), "\"\\udcc0\\udcaf\"");             // overlong
  EXPECT_EQ(json_text("\xED\xA0\x80"), "\"\\udced\\udca0\\udc80\"");  // a surrogate
  EXPECT_EQ(json_text("\xF5\x80\x80\x80"), "\"\\udcf5\\udc80\\udc80\\udc80\"");
}

// Every pair of bytes, and some longer strings, through a real parser and back.
TEST(JsonString, GivesEveryBytesBackToPython) {
  if (std::system("python3 -c '' 2>/dev/null") != 0) GTEST_SKIP() << "python3 is not installed";
  const std::string folder = testing::TempDir();
  std::ofstream lines(folder + "pawl_lines.json", std::ios::binary);
  std::ofstream bytes(folder + "pawl_lines.hex", std::ios::binary);
  const auto add = [&](const std::string& text) {
    lines << json_text(text) << "\n";
    for (const char c : text) {
      char digits[3];
      std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
      bytes << digits;
    }
    bytes << "\n";
  };
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      add({static_cast<char>(first), static_cast<char>(second)});
    }
  }
  for (const char* text : {"\xF0\x9F\x90", "\xF0\x9F\x90\xBE\xFF\xC3\xA9",
                           "\xED\xA0\xBD\xED\xB2\xA9", "\xE2\x82\xAC\xE2\x82"}) {
    add(text);
  }
  lines.close();
  bytes.close();
  std::ofstream(folder + "pawl_lines.py") << R"(import json, sys
with open(sys.argv[1], encoding="utf-8", newline="\n") as lines, open(sys.argv[2]) as expected:
    for line, hex in zip(lines, expected, strict=True):
        got = json.loads(line).encode("utf-8", "surrogateescape").hex()
        assert got == hex.strip(), (line, got, hex)
)";
  const std::string command = "python3 " + folder + "pawl_lines.py " + folder + "pawl_lines.json " +
                              folder + "pawl_lines.hex";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST(HumanLines, ReadAsSentences) {
  EXPECT_EQ(human(ReadyEvent{3, 10, 2, 1, {}}),
            "ready      3 directories (2 native, 1 polled), 10 files\n");
  EXPECT_EQ(human(change()), "created    /srv/a.txt\n");
  Change renamed = change();
  renamed.type = FileType::kDirectory;
  renamed.from = "/srv/b";
  renamed.via = Via::kPoll;
  EXPECT_EQ(human(renamed), "created    /srv/a.txt/  (was /srv/b)  (poll)\n");
  TaskEvent event = task_event();
  event.errors = {{"/srv/tasks/hi/main.js", 3, 7, "unexpected end"}};
  EXPECT_EQ(human(event),
            "updated    Say \"hi\" 1.2.3  /srv/tasks/hi\n"
            "  /srv/tasks/hi/main.js:3:7: error: unexpected end\n");
  EXPECT_EQ(human(RescanNotice{RescanReason::kOverflow, {}, 9, {}}),
            "rescan     9 directories looked at again (overflow)\n");
}

TEST(HumanLines, NamesReachNeitherTheTerminalNorTheNextLine) {
  Change strange = change();
  strange.path = "/a\n\x1b[2J\t\xff\xC2\x9B\xC3\xA9";
  EXPECT_EQ(human(strange), "created    /a\\n\\x1b[2J\\t\\xff\\xc2\\x9b\xC3\xA9\n");
}

TEST(HumanLines, AreColouredOnlyWhenAsked) {
  EXPECT_EQ(human(change()).find('\x1b'), std::string::npos);
  EXPECT_EQ(human(change(), true), "\x1b[32mcreated\x1b[0m    /srv/a.txt\n");
}

}  // namespace
}  // namespace pawl
