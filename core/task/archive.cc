#include "core/task/archive.h"

#ifdef PAWL_HAVE_ZIP
#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "core/task/archive_name.h"

namespace pawl {
namespace {

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;

struct CloseEntry {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using EntryFile = std::unique_ptr<zip_file_t, CloseEntry>;

// Entries that expand to less are not held against the ratio.
constexpr std::uint64_t kRatioFrom = std::uint64_t{1} << 20;

std::string text_of(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

// Unix keeps a file's mode in the upper half of the attributes; other systems leave that 0.
bool is_special_file(zip_t* archive, zip_uint64_t index) {
  constexpr std::uint32_t kTypeMask = 0170000;
  constexpr std::uint32_t kRegular = 0100000;
  constexpr std::uint32_t kDirectory = 0040000;
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  zip_file_get_external_attributes(archive, index, 0, &system, &attributes);
  const std::uint32_t type = (attributes >> 16) & kTypeMask;
  return type != 0 && type != kRegular && type != kDirectory;
}

class Reader {
 public:
  Reader(const std::string& path, const TaskLimits& limits, ArchiveContents& contents)
      : path_(path), limits_(limits), contents_(contents) {}

  void run(std::string_view bytes) {
    size_ = std::max<std::uint64_t>(bytes.size(), 1);
    if (!open(bytes)) return;
    list();
    const auto prefix = find_task_prefix(names_);
    if (!prefix) {
      contents_.outcome = ArchiveOutcome::kNoTask;
      return;
    }
    contents_.prefix = *prefix;
    if (names_.size() > limits_.zip_entries_max) {
      report(fmt::format("the archive has {} entries; the limit is {} (zip_entries_max)",
                         names_.size(), limits_.zip_entries_max));
      return;
    }
    refuse_entries();
    // What is refused by its looks is not unpacked.
    if (!contents_.diagnostics.empty()) return;
    for (zip_uint64_t i = 0; i < names_.size() && !too_large_; ++i) read_entry(i);
    if (contents_.diagnostics.empty()) contents_.outcome = ArchiveOutcome::kRead;
  }

 private:
  void report(std::string text) { contents_.diagnostics.push_back({path_, 0, 0, std::move(text)}); }

  void report(std::string_view entry, std::string_view text) {
    contents_.diagnostics.push_back({fmt::format("{}/{}", path_, entry), 0, 0, std::string(text)});
  }

  bool open(std::string_view bytes) {
    // libzip takes it for an archive of no entries; it is one that is about to be written.
    if (bytes.empty()) {
      report("not a readable ZIP archive: the file is empty");
      return false;
    }
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    if (source != nullptr) {
      archive_.reset(zip_open_from_source(source, ZIP_RDONLY, &error));
      if (!archive_) zip_source_free(source);
    }
    if (archive_) {
      zip_error_fini(&error);
      return true;
    }
    report(fmt::format("not a readable ZIP archive: {}", text_of(error)));
    return false;
  }

  void list() {
    const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
      const char* name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
      names_.emplace_back(name == nullptr ? "" : name);
    }
  }

  void refuse_entries() {
    std::set<std::string_view> seen;
    for (zip_uint64_t i = 0; i < names_.size(); ++i) {
      std::string_view name = names_[i];
      if (const auto why = refuse_entry_name(name)) {
        report(fmt::format("the entry \"{}\" {}", name, *why));
        continue;
      }
      if (folders_of(name) > limits_.depth_max) {
        report(name, fmt::format("lies deeper than {} folders (depth_max)", limits_.depth_max));
      }
      if (is_special_file(archive_.get(), i)) {
        report(name, "is a link or a device, which are not read from archives");
      }
      if (name.ends_with('/')) name.remove_suffix(1);
      if (!seen.insert(name).second) report(name, "occurs twice in the archive");
      refuse_encrypted(i);
    }
  }

  void refuse_encrypted(zip_uint64_t index) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(archive_.get(), index, 0, &stat) != 0) return;
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE) {
      report(names_[index], "is encrypted");
    }
  }

  void read_entry(zip_uint64_t index) {
    const std::string_view name = names_[index];
    if (name.ends_with('/')) return;
    std::string* kept = place_of(name);
    const EntryFile file(zip_fopen_index(archive_.get(), index, 0));
    if (!file) {
      report(name, fmt::format("cannot be read: {}", zip_strerror(archive_.get())));
      return;
    }
    zip_stat_t stat;
    zip_stat_init(&stat);
    // What it declares as its compressed size is believed only as far as the archive reaches.
    const bool known = zip_stat_index(archive_.get(), index, 0, &stat) == 0;
    const std::uint64_t declared = known ? stat.comp_size : 0;
    expand(file.get(), name, std::clamp<std::uint64_t>(declared, 1, size_), kept);
  }

  void expand(zip_file_t* file, std::string_view name, std::uint64_t compressed,
              std::string* kept) {
    std::uint64_t size = 0;
    for (;;) {
      const zip_int64_t got = zip_fread(file, buffer_, sizeof buffer_);
      if (got < 0) {
        report(name, fmt::format("is damaged: {}", zip_file_strerror(file)));
        return;
      }
      if (got == 0) return;
      size += static_cast<std::uint64_t>(got);
      expanded_ += static_cast<std::uint64_t>(got);
      if (const auto why = refuse_size(size, compressed)) {
        report(name, *why);
        too_large_ = true;
        return;
      }
      if (kept != nullptr) kept->append(buffer_, static_cast<std::size_t>(got));
    }
  }

  std::optional<std::string> refuse_size(std::uint64_t size, std::uint64_t compressed) const {
    if (size > limits_.file_size_max) {
      return fmt::format("expands to more than {} (file_size_max)",
                         size_text(limits_.file_size_max));
    }
    if (size > kRatioFrom && size / compressed > limits_.zip_ratio_max) {
      return fmt::format("expands to more than {} times its size (zip_ratio_max)",
                         limits_.zip_ratio_max);
    }
    if (expanded_ > limits_.zip_expanded_max) {
      return fmt::format("brings the archive to more than {} expanded (zip_expanded_max)",
                         size_text(limits_.zip_expanded_max));
    }
    return std::nullopt;
  }

  std::string* place_of(std::string_view name) {
    if (!name.starts_with(contents_.prefix)) return nullptr;
    return contents_.files.place_of(name.substr(contents_.prefix.size()));
  }

  const std::string& path_;
  const TaskLimits& limits_;
  ArchiveContents& contents_;
  Archive archive_;
  std::vector<std::string_view> names_;  // owned by archive_
  std::uint64_t size_ = 1;
  std::uint64_t expanded_ = 0;
  bool too_large_ = false;
  char buffer_[std::size_t{16} << 10];
};

}  // namespace

bool reads_archives() {
  return true;
}

ArchiveContents read_archive(std::string_view bytes, const std::string& path,
                             const TaskLimits& limits) {
  ArchiveContents contents;
  Reader(path, limits, contents).run(bytes);
  return contents;
}

}  // namespace pawl

#else

namespace pawl {

bool reads_archives() {
  return false;
}

ArchiveContents read_archive(std::string_view, const std::string& path, const TaskLimits&) {
  ArchiveContents contents;
  contents.diagnostics = {{path, 0, 0, "ZIP archives are not read by this build of pawl"}};
  return contents;
}

}  // namespace pawl

#endif
