#include "core/task/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/task/archive.h"
#include "core/task/uuid.h"
#include "tests/task/task_disk.h"
#include "tests/task/zip_writer.h"

namespace pawl {
namespace {

const std::string kMetadata = R"({"version": "1.0.0", "label": "A task"})";

// Finds "bad" in a script wrong, and counts.
class FakeScripts : public ScriptChecker {
 public:
  std::optional<Diagnostic> check(std::string_view script, const std::string& path) override {
    ++calls;
    if (script != "bad") return std::nullopt;
    return Diagnostic{path, 1, 1, "is bad"};
  }
  bool checks() const override { return true; }

  int calls = 0;
};

class Loader : public testing::Test {
 protected:
  Loader() {
    put_task("/root/a");
    request.source = "source";
    request.root = "/root";
    request.relative = "a";
  }

  void put_task(const std::string& path) {
    disk.put(path + "/metadata.json", kMetadata);
    disk.put(path + "/main.js", "run()");
    disk.put(path + "/input.schema.json", "true");
    disk.put(path + "/output.schema.json", "{}");
  }

  LoadResult load() { return loader.load(disk, request); }

  std::vector<std::string> errors() {
    std::vector<std::string> lines;
    for (const Diagnostic& diagnostic : load().diagnostics) lines.push_back(diagnostic.format());
    return lines;
  }

  using Errors = std::vector<std::string>;

  TaskDisk disk;
  FakeScripts scripts;
  TaskLoader loader{scripts};
  LoadRequest request;
};

TEST_F(Loader, LoadsATask) {
  request.stamp_digest = 7;
  const LoadResult result = load();
  ASSERT_EQ(result.outcome, LoadOutcome::kValid);
  EXPECT_EQ(result.task->path(), "/root/a");
  EXPECT_EQ(result.task->label(), "A task");
  EXPECT_EQ(result.task->source(), "source");
  EXPECT_EQ(result.task->uuid(), derive_uuid("source", "a"));
  EXPECT_EQ(result.task->checksum(), result.checksum);
  EXPECT_EQ(result.checksum.size(), 32u);
  EXPECT_EQ(result.content->metadata, kMetadata);
  EXPECT_EQ(result.content->script, "run()");
  EXPECT_EQ(result.content->input_schema, "true");
  EXPECT_EQ(result.content->output_schema, "{}");
  EXPECT_EQ(result.request.stamp_digest, 7u);
  EXPECT_FALSE(result.unsettled);
}

TEST_F(Loader, TheRootItselfMayBeTheTask) {
  put_task("/root");
  request.relative.clear();
  const LoadResult result = load();
  ASSERT_EQ(result.outcome, LoadOutcome::kValid);
  EXPECT_EQ(result.task->path(), "/root");
}

TEST_F(Loader, ParsesNothingThatIsUnchanged) {
  request.checksum = load().checksum;
  scripts.calls = 0;
  EXPECT_EQ(load().outcome, LoadOutcome::kUnchanged);
  EXPECT_EQ(scripts.calls, 0);
  // Written again with the same bytes.
  disk.put("/root/a/main.js", "run()", 5);
  EXPECT_EQ(load().outcome, LoadOutcome::kUnchanged);
}

TEST_F(Loader, AnyFileOfTheTaskChangesItsChecksum) {
  const std::string before = load().checksum;
  disk.put("/root/a/tests/one.txt", "1");
  const std::string with = load().checksum;
  EXPECT_NE(with, before);
  disk.remove("/root/a/tests");
  EXPECT_EQ(load().checksum, before);
  disk.put("/root/a/tests/two.txt", "1");
  EXPECT_NE(load().checksum, with);
}

TEST_F(Loader, ChecksumTellsNamesFromContent) {
  disk.put("/root/a/x", "yz");
  const std::string before = load().checksum;
  disk.remove("/root/a/x");
  disk.put("/root/a/xy", "z");
  EXPECT_NE(load().checksum, before);
}

TEST_F(Loader, ATaskWithinATaskIsPartOfIt) {
  put_task("/root/a/inner");
  disk.put("/root/a/inner/main.js", "bad");
  EXPECT_EQ(load().outcome, LoadOutcome::kValid);
}

TEST_F(Loader, IgnoredFilesAreNotRead) {
  const std::string before = load().checksum;
  disk.put("/root/a/x.tmp", "1");
  disk.put("/root/a/.git/config", "1");
  request.ignore = [](std::string_view path, bool is_directory) {
    return is_directory ? path == "a/.git" : path.ends_with(".tmp");
  };
  EXPECT_EQ(load().checksum, before);
}

TEST_F(Loader, NamesThatAreKnownAreNotListedAgain) {
  const LoadResult listed = load();
  request.known = KnownNames{
      disk.stat("/root/a")->digest(),
      seconds(2),
      {"output.schema.json", "metadata.json", "main.js", "input.schema.json"}};
  disk.put("/root/a/more", "1");  // which shows in the names, and not in the stamp of this disk's folder
  const LoadResult result = load();
  EXPECT_EQ(result.outcome, LoadOutcome::kValid);
  EXPECT_EQ(result.checksum, listed.checksum);
  EXPECT_EQ(result.stamps_seen, listed.stamps_seen);
  EXPECT_EQ(result.request.granularity, seconds(2));
  EXPECT_EQ(result.content->script, "run()");
}

TEST_F(Loader, NamesAreListedIfTheDirectoryIsNotAsItWas) {
  request.known = KnownNames{disk.stat("/root/a")->digest(), seconds(2), {"metadata.json"}};
  disk.put_folder("/root/a");
  const LoadResult result = load();
  EXPECT_EQ(result.outcome, LoadOutcome::kValid);
  EXPECT_EQ(result.content->script, "run()");
}

TEST_F(Loader, AKnownNameThatIsGoneIsReadOnceMore) {
  request.known = KnownNames{
      disk.stat("/root/a")->digest(), seconds(2), {"main.js", "metadata.json", "more"}};
  EXPECT_TRUE(load().unsettled);
  request.known->files = {"main.js", "metadata.json"};
  disk.remove("/root/a/metadata.json");
  EXPECT_EQ(load().outcome, LoadOutcome::kGone);
}

TEST_F(Loader, WithoutMetadataTheTaskIsGone) {
  disk.remove("/root/a/metadata.json");
  const LoadResult result = load();
  EXPECT_EQ(result.outcome, LoadOutcome::kGone);
  EXPECT_TRUE(result.diagnostics.empty());
  disk.remove("/root/a");
  EXPECT_EQ(load().outcome, LoadOutcome::kGone);
}

// Not seeing the root is not seeing it empty.
TEST_F(Loader, WithoutItsRootTheTaskIsNotGone) {
  disk.remove("/root");
  EXPECT_EQ(load().outcome, LoadOutcome::kRetry);
  request.relative.clear();
  EXPECT_EQ(load().outcome, LoadOutcome::kRetry);
  request.relative = "a.zip";
  request.archive = true;
  EXPECT_EQ(load().outcome, LoadOutcome::kRetry);
}

TEST_F(Loader, ReportsAllThatIsWrong) {
  disk.put("/root/a/metadata.json", "{}");
  disk.put("/root/a/main.js", "bad");
  disk.put("/root/a/input.schema.json", "[");
  disk.remove("/root/a/output.schema.json");
  EXPECT_EQ(load().outcome, LoadOutcome::kInvalid);
  EXPECT_EQ(errors(), (Errors{"/root/a/metadata.json: error: \"version\" is missing",
                              "/root/a/metadata.json: error: \"label\" (or \"name\") is missing",
                              "/root/a/input.schema.json:1:2: error: not JSON: Invalid value",
                              "/root/a/output.schema.json: error: output.schema.json is missing",
                              "/root/a/main.js:1:1: error: is bad"}));
}

TEST_F(Loader, PassingErrorsAskForARetry) {
  for (const Code code : {Code::kIo, Code::kBusy, Code::kInstanceLimit, Code::kNoMemory}) {
    for (const char* path : {"/root/a", "/root/a/main.js", "/root/a/lib"}) {
      disk.put("/root/a/lib/x.js", "1");
      disk.fail(path, code);
      const LoadResult result = load();
      EXPECT_EQ(result.outcome, LoadOutcome::kRetry) << path;
      ASSERT_EQ(result.diagnostics.size(), 1u);
      EXPECT_EQ(result.diagnostics[0].path, path);
      EXPECT_EQ(result.checksum, "");
      disk.fail(path, Code::kOk);
    }
  }
  EXPECT_EQ(load().outcome, LoadOutcome::kValid);
}

TEST_F(Loader, WhatMayNotBeReadIsInvalidWithARemedy) {
  const std::string why =
      "may not be read: permission denied; let the user that pawl runs as read it";
  disk.put("/root/a/lib/x.js", "1");
  const std::string before = load().checksum;
  for (const char* path : {"/root/a", "/root/a/main.js", "/root/a/lib", "/root/a/lib/x.js"}) {
    disk.fail(path, Code::kPermission);
    EXPECT_EQ(load().outcome, LoadOutcome::kInvalid);
    EXPECT_EQ(errors(), Errors{std::string(path) + ": error: " + why});
    EXPECT_NE(load().checksum, before);
    disk.fail(path, Code::kOk);
  }
  EXPECT_EQ(load().checksum, before);
}

TEST_F(Loader, LimitsAreNamed) {
  disk.put("/root/a/lib/deep/big.bin", std::string(100, 'x'));
  request.limits.file_size_max = 99;
  EXPECT_EQ(errors(),
            Errors{"/root/a/lib/deep/big.bin: error: is larger than 99 bytes (file_size_max)"});
  request.limits = {};
  request.limits.files_max = 4;
  EXPECT_EQ(errors(), Errors{"/root/a: error: the task has more than 4 files (files_max)"});
  EXPECT_EQ(load().checksum, "");
  request.limits = {};
  request.limits.depth_max = 1;
  EXPECT_EQ(errors(), Errors{"/root/a/lib/deep: error: lies deeper than 1 folders in its task "
                             "(depth_max)"});
}

TEST_F(Loader, AWriteJustBeforeTheReadIsUnsettled) {
  disk.put("/root/a/main.js", "run()", disk.now - 19'999'999);
  EXPECT_TRUE(load().unsettled);
  request.checksum = load().checksum;
  EXPECT_TRUE(load().unsettled);
  request.granularity = Duration(10'000'000);
  EXPECT_FALSE(load().unsettled);
  disk.put("/root/a/main.js", "run()", disk.now - 20'000'000);
  request.granularity = Duration(20'000'000);
  EXPECT_FALSE(load().unsettled);
}

TEST_F(Loader, AFileThatVanishesMeanwhileIsUnsettled) {
  disk.put("/root/a/x", "1");
  disk.vanish_before_read("/root/a/x");
  EXPECT_EQ(load().outcome, LoadOutcome::kValid);
  EXPECT_TRUE(load().unsettled);
  disk.vanish_before_read("/root/a/metadata.json");
  EXPECT_EQ(load().outcome, LoadOutcome::kGone);
}

TEST_F(Loader, LinksAreNotFollowedUnlessAsked) {
  disk.put("/root/shared/main.js", "run()");
  disk.remove("/root/a/main.js");
  disk.put_link("/root/a/main.js", "/root/shared/main.js");
  EXPECT_EQ(errors(), Errors{"/root/a/main.js: error: main.js is a symbolic link, which is not "
                             "followed (follow_symlinks)"});
  request.follow_symlinks = true;
  EXPECT_EQ(load().outcome, LoadOutcome::kValid);
  EXPECT_EQ(load().content->script, "run()");
}

TEST_F(Loader, LinksAreFollowedInsideTheRootOnly) {
  request.follow_symlinks = true;
  const std::string before = load().checksum;
  disk.put("/etc/passwd", "secret");
  disk.put_link("/root/a/extra", "/etc/passwd");
  disk.put_link("/root/a/.#main.js", "/root/a/user@host.1234");
  EXPECT_EQ(load().checksum, before);
  disk.remove("/root/a/main.js");
  disk.put_link("/root/a/main.js", "/etc/passwd");
  EXPECT_EQ(errors(), Errors{"/root/a/main.js: error: main.js leads outside the source's root, "
                             "where nothing is read"});
  for (const std::string& path : disk.reads()) EXPECT_EQ(path.find("passwd"), path.npos);
}

TEST_F(Loader, LoopsOfLinksEnd) {
  request.follow_symlinks = true;
  disk.put("/root/b/x", "1");
  disk.put_link("/root/a/self", "/root/a");
  disk.put_link("/root/a/b", "/root/b");
  disk.put_link("/root/b/back", "/root/a");
  disk.put_link("/root/a/loop", "/root/a/loop");
  EXPECT_EQ(load().outcome, LoadOutcome::kValid);
  EXPECT_EQ(std::count(disk.reads().begin(), disk.reads().end(), "/root/a/b/x"), 1);
}

TEST_F(Loader, PipesAndDevicesAreNeverOpened) {
  const std::string before = load().checksum;
  disk.put_other("/root/a/pipe");
  EXPECT_EQ(load().checksum, before);
  disk.remove("/root/a/main.js");
  disk.put_other("/root/a/main.js");
  EXPECT_EQ(errors(), Errors{"/root/a/main.js: error: main.js is not a regular file"});
}

TEST_F(Loader, WithoutAZipLibraryAnArchiveIsInvalidAndSaysSo) {
  if (reads_archives()) GTEST_SKIP() << "this build has a ZIP library";
  disk.put("/root/b.zip", write_zip({{"metadata.json", kMetadata}}));
  request.relative = "b.zip";
  request.archive = true;
  EXPECT_EQ(load().outcome, LoadOutcome::kInvalid);
  EXPECT_EQ(errors(),
            Errors{"/root/b.zip: error: ZIP archives are not read by this build of pawl"});
}

TEST_F(Loader, LoadsAnArchive) {
  if (!reads_archives()) GTEST_SKIP() << "this build has no ZIP library, so no archive is read";
  const std::string bytes = write_zip(
      {{"t/metadata.json", kMetadata}, {"t/main.js", "run()"}, {"t/input.schema.json", "3"}});
  disk.put("/root/b.zip", bytes);
  request.relative = "b.zip";
  request.archive = true;
  EXPECT_EQ(load().outcome, LoadOutcome::kInvalid);
  EXPECT_EQ(errors(),
            (Errors{"/root/b.zip/t/input.schema.json:1:1: error: not a valid schema: the file "
                    "must be a schema (an object or a boolean) and is 3",
                    "/root/b.zip/t/output.schema.json: error: output.schema.json is missing"}));
  disk.put("/root/b.zip", write_zip({{"metadata.json", kMetadata},
                                     {"main.js", "run()"},
                                     {"input.schema.json", "true"},
                                     {"output.schema.json", "{}"}}));
  const LoadResult result = load();
  ASSERT_EQ(result.outcome, LoadOutcome::kValid);
  EXPECT_EQ(result.task->path(), "/root/b.zip");
  EXPECT_EQ(result.task->uuid(), derive_uuid("source", "b.zip"));
  request.checksum = result.checksum;
  EXPECT_EQ(load().outcome, LoadOutcome::kUnchanged);
}

TEST_F(Loader, AnArchiveThatHoldsNoTaskIsGone) {
  if (!reads_archives()) GTEST_SKIP() << "this build has no ZIP library, so no archive is read";
  request.relative = "b.zip";
  request.archive = true;
  EXPECT_EQ(load().outcome, LoadOutcome::kGone);
  disk.put("/root/b.zip", write_zip({{"readme", "hello"}}));
  EXPECT_EQ(load().outcome, LoadOutcome::kGone);
  disk.put("/root/b.zip", "half a zi");
  EXPECT_EQ(load().outcome, LoadOutcome::kInvalid);
  request.limits.file_size_max = 3;
  EXPECT_EQ(errors(), Errors{"/root/b.zip: error: is larger than 3 bytes (file_size_max)"});
  disk.fail("/root/b.zip", Code::kIo);
  EXPECT_EQ(load().outcome, LoadOutcome::kRetry);
}

}  // namespace
}  // namespace pawl
