#include "core/task/archive.h"

#include <gtest/gtest.h>
#ifdef PAWL_HAVE_ZIP
#include <zip.h>
#endif

#include <string>
#include <vector>

#include "tests/task/zip_writer.h"

namespace pawl {
namespace {

class Archive : public testing::Test {
 protected:
  void SetUp() override {
    if (!reads_archives()) GTEST_SKIP() << "this build has no ZIP library, so no archive is read";
  }
};

const std::string kPath = "/tasks/a.zip";

ArchiveContents read(const std::vector<ZipEntry>& entries, const TaskLimits& limits = {}) {
  return read_archive(write_zip(entries), kPath, limits);
}

std::vector<ZipEntry> task_and(ZipEntry extra) {
  return {{"metadata.json", "{}"}, {"main.js", "1"}, std::move(extra)};
}

std::vector<std::string> errors(const ArchiveContents& contents) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : contents.diagnostics) lines.push_back(diagnostic.format());
  return lines;
}

using Errors = std::vector<std::string>;

// An archive as archivers write it, with a file of `mib` MiB of zeros that deflate makes tiny.
std::string deflated([[maybe_unused]] std::size_t mib) {
  std::string bytes;
#ifdef PAWL_HAVE_ZIP
  zip_error_t error;
  zip_error_init(&error);
  const std::string zeros(mib << 20, '\0');
  zip_source_t* out = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(out);
  zip_t* archive = zip_open_from_source(out, ZIP_TRUNCATE, &error);
  zip_file_add(archive, "metadata.json", zip_source_buffer(archive, "{}", 2, 0), 0);
  zip_file_add(archive, "zeros", zip_source_buffer(archive, zeros.data(), zeros.size(), 0), 0);
  zip_close(archive);
  zip_source_open(out);
  zip_stat_t stat;
  zip_source_stat(out, &stat);
  bytes.resize(stat.size);
  zip_source_read(out, bytes.data(), bytes.size());
  zip_source_close(out);
  zip_source_free(out);
#endif
  return bytes;
}

TEST_F(Archive, IsReadAtItsRoot) {
  const auto contents = read({{"metadata.json", "{}"},
                              {"main.js", "run()"},
                              {"input.schema.json", "true"},
                              {"lib/", ""},
                              {"lib/a.js", "x"}});
  EXPECT_EQ(contents.outcome, ArchiveOutcome::kRead);
  EXPECT_EQ(contents.prefix, "");
  EXPECT_EQ(contents.files.content.metadata, "{}");
  EXPECT_EQ(contents.files.content.script, "run()");
  EXPECT_EQ(contents.files.content.input_schema, "true");
  EXPECT_TRUE(contents.files.has_input_schema);
  EXPECT_FALSE(contents.files.has_output_schema);
}

TEST_F(Archive, IsReadInItsSingleTopFolder) {
  const auto contents = read({{"task/", ""},
                              {"__MACOSX/task/._main.js", "junk"},
                              {"task/metadata.json", "{}"},
                              {"task/main.js", "run()"}});
  EXPECT_EQ(contents.outcome, ArchiveOutcome::kRead);
  EXPECT_EQ(contents.prefix, "task/");
  EXPECT_EQ(contents.files.content.script, "run()");
}

TEST_F(Archive, WithoutMetadataInPlaceIsNoTask) {
  EXPECT_EQ(read({{"main.js", "1"}}).outcome, ArchiveOutcome::kNoTask);
  EXPECT_EQ(read({{"a/metadata.json", "{}"}, {"b/x", ""}}).outcome, ArchiveOutcome::kNoTask);
  EXPECT_EQ(read({{"a/metadata.json", "{}"}, {"readme", ""}}).outcome, ArchiveOutcome::kNoTask);
  EXPECT_EQ(read({{"a/b/metadata.json", "{}"}}).outcome, ArchiveOutcome::kNoTask);
  EXPECT_EQ(read({}).outcome, ArchiveOutcome::kNoTask);
}

TEST_F(Archive, RefusesNamesThatLeadElsewhere) {
  const std::pair<const char*, const char*> cases[] = {
      {"../main.js", "leads outside the archive (\"..\")"},
      {"a/../../main.js", "leads outside the archive (\"..\")"},
      {"a/..", "leads outside the archive (\"..\")"},
      {"/etc/passwd", "has an absolute name"},
      {"C:/main.js", "names a drive"},
      {"c:main.js", "names a drive"},
      {"..\\main.js", "has a backslash in its name"},
      {"a//b", "has an empty folder name or \".\" in its name"},
      {"./a", "has an empty folder name or \".\" in its name"},
      {"", "has no name"},
  };
  for (const auto& [name, why] : cases) {
    const auto contents = read(task_and({name, "x"}));
    EXPECT_EQ(contents.outcome, ArchiveOutcome::kInvalid) << name;
    EXPECT_EQ(errors(contents), Errors{kPath + ": error: the entry \"" + name + "\" " + why});
  }
  EXPECT_EQ(read(task_and({"..a/b..c/...", "x"})).outcome, ArchiveOutcome::kRead);
}

TEST_F(Archive, RefusesLinksAndDevices) {
  for (const std::uint32_t mode : {0120777u, 0060644u, 0010644u}) {
    EXPECT_EQ(errors(read(task_and({"x", "/etc/passwd", mode}))),
              Errors{kPath + "/x: error: is a link or a device, which are not read from archives"});
  }
  EXPECT_EQ(read(task_and({"x", "plain", 0100755})).outcome, ArchiveOutcome::kRead);
}

TEST_F(Archive, RefusesNamesThatOccurTwice) {
  EXPECT_EQ(errors(read(task_and({"main.js", "other()"}))),
            Errors{kPath + "/main.js: error: occurs twice in the archive"});
  EXPECT_EQ(errors(read(task_and({"main.js/", ""}))),
            Errors{kPath + "/main.js: error: occurs twice in the archive"});
}

TEST_F(Archive, RefusesEncryptedEntries) {
  ZipEntry secret{"secret", "0123456789abcdef"};
  secret.encrypted = true;
  EXPECT_EQ(errors(read(task_and(secret))), Errors{kPath + "/secret: error: is encrypted"});
}

TEST_F(Archive, ReportsAllThatItRefuses) {
  auto entries = task_and({"../a", ""});
  entries.push_back({"/b", ""});
  entries.push_back({"link", "x", 0120777});
  EXPECT_EQ(read(entries).diagnostics.size(), 3u);
}

TEST_F(Archive, KeepsItsLimits) {
  TaskLimits limits;
  limits.zip_entries_max = 2;
  EXPECT_EQ(errors(read(task_and({"x", ""}), limits)),
            Errors{kPath + ": error: the archive has 3 entries; the limit is 2 (zip_entries_max)"});
  limits = {};
  limits.file_size_max = 10;
  EXPECT_EQ(errors(read(task_and({"x", "0123456789a"}), limits)),
            Errors{kPath + "/x: error: expands to more than 10 bytes (file_size_max)"});
  limits = {};
  limits.zip_expanded_max = 10;
  EXPECT_EQ(errors(read(task_and({"x", "01234567"}), limits)),
            Errors{kPath + "/x: error: brings the archive to more than 10 bytes expanded "
                           "(zip_expanded_max)"});
  limits = {};
  limits.depth_max = 2;
  EXPECT_EQ(errors(read(task_and({"a/b/c/d", ""}), limits)),
            Errors{kPath + "/a/b/c/d: error: lies deeper than 2 folders (depth_max)"});
  EXPECT_EQ(read(task_and({"a/b/d", ""}), limits).outcome, ArchiveOutcome::kRead);
}

TEST_F(Archive, StopsAtABomb) {
  EXPECT_EQ(errors(read_archive(deflated(6), kPath, {})),
            Errors{kPath + "/zeros: error: expands to more than 200 times its size "
                           "(zip_ratio_max)"});
  EXPECT_EQ(read_archive(deflated(1), kPath, {}).outcome, ArchiveOutcome::kRead);
}

TEST_F(Archive, BelievesNoDeclaredSize) {
  ZipEntry liar{"x", "0123456789"};
  liar.claimed_size = 3;
  EXPECT_EQ(read(task_and(liar)).outcome, ArchiveOutcome::kInvalid);
}

// Whatever byte is missing or wrong, the answer is one of the three, and a prefix is never a task.
TEST_F(Archive, SurvivesEveryTruncation) {
  const std::string whole = write_zip(task_and({"lib/a.js", "let a"}));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto contents = read_archive(whole.substr(0, size), kPath, {});
    EXPECT_EQ(contents.outcome, ArchiveOutcome::kInvalid) << size;
    EXPECT_FALSE(contents.diagnostics.empty()) << size;
  }
}

TEST_F(Archive, SurvivesEveryFlippedBit) {
  const std::string whole = write_zip(task_and({"lib/a.js", "let a"}));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      const auto contents = read_archive(damaged, kPath, {});
      EXPECT_EQ(contents.outcome == ArchiveOutcome::kInvalid, !contents.diagnostics.empty());
    }
  }
}

TEST_F(Archive, FindsDamagedContent) {
  std::string bytes = write_zip(task_and({"lib/a.js", "let a"}));
  bytes[bytes.find("let a")] = 'L';
  const auto contents = read_archive(bytes, kPath, {});
  ASSERT_EQ(contents.diagnostics.size(), 1u);
  EXPECT_EQ(contents.diagnostics[0].path, kPath + "/lib/a.js");
  EXPECT_TRUE(contents.diagnostics[0].text.starts_with("is damaged: "));
}

}  // namespace
}  // namespace pawl
