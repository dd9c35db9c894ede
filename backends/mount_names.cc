// Names of file systems on macOS and the BSDs (f_fstypename of statfs), and on Windows
// (GetVolumeInformation).
#include <algorithm>

#include "backends/mount.h"

namespace pawl {
namespace {

struct Known {
  std::string_view name;
  bool remote = false;
  std::int64_t granularity_ms = 20;
  bool folds_names = false;  // on some volumes: none is asked which it is
};

constexpr Known kKnown[] = {
    {"apfs", false, 20, true},
    {"hfs", false, 1000, true},
    {"ufs"},
    {"zfs", false, 20, true},
    {"tmpfs"},
    {"nullfs"},
    {"ntfs", false, 20, true},
    {"udf"},
    {"cd9660", false, 1000},
    {"msdos", false, 2000, true},
    {"msdosfs", false, 2000, true},
    {"exfat", false, 2000, true},
    {"nfs", true, 1000},
    {"smbfs", true, 1000, true},
    {"afpfs", true, 1000, true},
    {"webdav", true, 1000},
    {"ftp", true, 1000},
    {"cifs", true, 1000, true},
    {"acfs", true, 1000},
    {"autofs", true, 1000},
    {"macfuse", true, 1000},
    {"osxfuse", true, 1000},
    {"osxfusefs", true, 1000},
    {"fusefs", true, 1000},
    {"fusefs.sshfs", true, 1000},
    {"lifs", true, 1000},
    {"9p", true, 1000},
    {"p9fs", true, 1000},
    {"virtiofs", true, 1000},
    {"AppleVirtIOFS", true, 1000},
    {"vmhgfs", true, 1000},
    {"prl_fs", true, 1000},
    {"vboxsf", true, 2000},
    {"vboxfs", true, 2000},
};

}  // namespace

Mount classify_name(std::string_view name) {
  for (const Known& known : kKnown) {
    if (known.name != name) continue;
    return Mount{.type = std::string(name),
                 .tells_all = !known.remote,
                 .may_hang = known.remote,
                 .granularity = milliseconds(known.granularity_ms),
                 .folds_names = known.folds_names};
  }
  // Made up by the kernel: nothing tells of changes there.
  if (name == "devfs" || name == "procfs" || name == "fdescfs") {
    return Mount{.type = std::string(name), .tells_all = false};
  }
  // To take one that tells spellings apart for one that does not costs some listings; the other way about
  // costs the truth.
  return Mount{.type = "unknown (" + std::string(name) + ")", .folds_names = true};
}

// None folds names: on Windows look() tells spellings apart by itself.
Mount classify_volume(std::string_view name, bool remote) {
  struct Volume {
    std::string_view name;
    std::int64_t granularity_ms = 20;
    bool tells_all = true;
  };
  // NTFS and ReFS stamp in steps of 100 ns, with a clock that ticks 64 times a second. FAT counts
  // two seconds, exFAT 10 ms at creation and two seconds where the writer did not care.
  static constexpr Volume kVolumes[] = {{"NTFS"},         {"ReFS"},         {"FAT", 2000},
                                        {"FAT32", 2000},  {"exFAT", 2000},  {"UDF"},
                                        {"CDFS", 1000},   {"9P", 1000, false},  // of a virtual machine
                                        {"DrvFs"},        {"VBoxSharedFolderFS", 2000, false}};
  for (const Volume& volume : kVolumes) {
    if (volume.name != name) continue;
    return Mount{.type = std::string(name),
                 .tells_all = volume.tells_all && !remote,
                 .may_hang = remote || !volume.tells_all,
                 .granularity = milliseconds(remote ? std::max<std::int64_t>(volume.granularity_ms, 1000)
                                                    : volume.granularity_ms)};
  }
  // A server may say that it is NTFS; what a program shows (WinFsp, Dokan) may say anything.
  Mount mount{.type = "unknown (" + std::string(name) + ")", .tells_all = !remote, .may_hang = remote};
  if (remote) mount.granularity = seconds(1);
  return mount;
}

}  // namespace pawl
