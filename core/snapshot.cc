#include "core/snapshot.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <optional>
#include <utility>

namespace pawl {
namespace {

constexpr std::string_view kMagic = "PAWLSNAP";
constexpr std::uint32_t kVersion = 2;
constexpr std::size_t kHeader = 8 + 4 + 8;
constexpr std::size_t kChecksum = 8;

// Numbers are little-endian where their size is fixed, and else take 7 bits a byte, the lowest first.
class Writer {
 public:
  template <class T>
  void fixed(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
      out_ += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  void text(std::string_view text) {
    number(text.size());
    out_ += text;
  }
  void stamp(const Stamp& stamp) {
    number(stamp.inode);
    number(static_cast<std::uint64_t>(stamp.size));
    fixed(stamp.mtime_ns);
    // Nearly always the same.
    number(static_cast<std::uint64_t>(stamp.ctime_ns) ^ static_cast<std::uint64_t>(stamp.mtime_ns));
    number(stamp.mode);
    fixed(stamp.owner);
    fixed(static_cast<std::uint8_t>(stamp.type));
  }
  std::string& out() { return out_; }

 private:
  std::string out_;
};

// After a fault every further value is 0, and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  T fixed() {
    if (rest_.size() < sizeof(T)) return fail<T>();
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      value |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
    rest_.remove_prefix(sizeof(T));
    return static_cast<T>(value);
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = fixed<std::uint8_t>();
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    return fail<std::uint64_t>();
  }
  // Of things that take a byte each at least: so no more than there can be.
  std::size_t count() {
    const std::uint64_t count = number();
    return count <= rest_.size() ? static_cast<std::size_t>(count) : fail<std::size_t>();
  }
  std::string text() {
    const std::size_t size = count();
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }
  Stamp stamp() {
    Stamp stamp;
    stamp.inode = number();
    stamp.size = static_cast<std::int64_t>(number());
    stamp.mtime_ns = fixed<std::int64_t>();
    stamp.ctime_ns = static_cast<std::int64_t>(number() ^ static_cast<std::uint64_t>(stamp.mtime_ns));
    stamp.mode = static_cast<std::uint16_t>(number() & 07777);
    stamp.owner = fixed<std::uint32_t>();
    const auto type = fixed<std::uint8_t>();
    if (type > static_cast<std::uint8_t>(FileType::kOther)) return fail<Stamp>();
    stamp.type = static_cast<FileType>(type);
    return stamp;
  }
  template <class T>
  T fail() {
    ok_ = false;
    rest_ = {};
    return T{};
  }
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

enum Flag : std::uint8_t { kListed = 1, kSelfUnsettled = 2, kLink = 4 };
enum EntryFlag : std::uint8_t { kFollowed = 1, kUnsettled = 2 };

void write_directory(Writer& writer, const SnapshotDirectory& directory) {
  writer.number((std::uint64_t{directory.parent} + 1) & 0xffffffffu);  // 0: none
  writer.text(directory.name);
  writer.fixed(static_cast<std::uint8_t>((directory.listed ? kListed : 0) |
                                         (directory.self_unsettled ? kSelfUnsettled : 0) |
                                         (directory.link ? kLink : 0)));
  writer.number(directory.self.inode);
  writer.number(directory.self.device);
  writer.fixed(directory.self.digest);
  writer.number(directory.entries.size());
  for (const SnapshotEntry& entry : directory.entries) {
    writer.text(entry.name);
    writer.fixed(static_cast<std::uint8_t>((entry.followed ? kFollowed : 0) |
                                           (entry.unsettled ? kUnsettled : 0)));
    writer.stamp(entry.stamp);
    if (entry.unsettled) writer.fixed(entry.content);
  }
}

SnapshotDirectory read_directory(Reader& reader, std::size_t index) {
  SnapshotDirectory directory;
  directory.parent = static_cast<std::uint32_t>(reader.number()) - 1;
  directory.name = reader.text();
  const bool is_root = directory.parent == UINT32_MAX;
  // A parent comes first, and only the root has none. A name is one name.
  if (is_root != (index == 0) || (!is_root && directory.parent >= index) ||
      directory.name.empty() != is_root || directory.name.find('/') != std::string::npos)
    return reader.fail<SnapshotDirectory>();
  const auto flags = reader.fixed<std::uint8_t>();
  directory.listed = flags & kListed;
  directory.self_unsettled = flags & kSelfUnsettled;
  directory.link = flags & kLink;
  directory.self.inode = reader.number();
  directory.self.device = reader.number();
  directory.self.digest = reader.fixed<std::uint64_t>();
  const std::size_t count = reader.count();
  directory.entries.reserve(count);
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    SnapshotEntry entry;
    entry.name = reader.text();
    const auto what = reader.fixed<std::uint8_t>();
    entry.followed = what & kFollowed;
    entry.unsettled = what & kUnsettled;
    entry.stamp = reader.stamp();
    if (entry.unsettled) entry.content = reader.fixed<std::uint64_t>();
    directory.entries.push_back(std::move(entry));
  }
  return directory;
}

}  // namespace

std::string encode_snapshot(const std::vector<RootSnapshot>& roots) {
  Writer body;
  body.number(roots.size());
  for (const RootSnapshot& root : roots) {
    body.text(root.path);
    body.text(root.mount_type);
    body.number((root.recursive ? 1u : 0u) | (root.follow_symlinks ? 2u : 0u));
    body.number(root.inode);
    body.number(root.device);
    body.number(root.directories.size());
    for (const SnapshotDirectory& directory : root.directories) write_directory(body, directory);
  }
  Writer file;
  file.out() = kMagic;
  file.fixed(kVersion);
  file.fixed(std::uint64_t{body.out().size()});
  file.out() += body.out();
  file.fixed(std::uint64_t{XXH3_64bits(file.out().data(), file.out().size())});
  return std::move(file.out());
}

Result<std::vector<RootSnapshot>> decode_snapshot(std::string_view bytes, const std::string& file) {
  const auto refuse = [&](Code code, const char* why) { return Status(code, "start from", file, why); };
  if (bytes.substr(0, kMagic.size()) != kMagic.substr(0, bytes.size()) || bytes.empty())
    return refuse(Code::kForeign, "it is no snapshot of pawl's");
  if (bytes.size() < kHeader + kChecksum) return refuse(Code::kCorrupt, "it is cut short");
  Reader header(bytes.substr(kMagic.size(), kHeader - kMagic.size()));
  if (header.fixed<std::uint32_t>() != kVersion)
    return refuse(Code::kForeign, "another version of pawl has made it");
  const auto size = header.fixed<std::uint64_t>();
  if (size != bytes.size() - kHeader - kChecksum)
    return refuse(Code::kCorrupt, "it is cut short, or something was added");
  Reader checksum(bytes.substr(bytes.size() - kChecksum));
  if (checksum.fixed<std::uint64_t>() != XXH3_64bits(bytes.data(), bytes.size() - kChecksum))
    return refuse(Code::kCorrupt, "it is damaged");

  Reader body(bytes.substr(kHeader, static_cast<std::size_t>(size)));
  std::vector<RootSnapshot> roots;
  for (std::size_t count = body.count(); count > 0 && body.ok(); --count) {
    RootSnapshot root;
    root.path = body.text();
    root.mount_type = body.text();
    const std::uint64_t how = body.number();
    root.recursive = (how & 1) != 0;
    root.follow_symlinks = (how & 2) != 0;
    root.inode = body.number();
    root.device = body.number();
    const std::size_t directories = body.count();
    if (directories == 0) body.fail<int>();
    for (std::size_t i = 0; i < directories && body.ok(); ++i)
      root.directories.push_back(read_directory(body, i));
    roots.push_back(std::move(root));
  }
  if (!body.ok() || !body.at_end()) return refuse(Code::kCorrupt, "it does not make sense");
  return roots;
}

std::uint64_t content_hash(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size()) | 1;
}

}  // namespace pawl
