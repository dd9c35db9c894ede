#include "sync/source_uri.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "backends/fs_path.h"

namespace pawl {
namespace {

SourceUri refuse(std::string error, std::string remedy) {
  return {{}, std::move(error), std::move(remedy)};
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

SourceUri decode(std::string_view text) {
  SourceUri uri;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '?' || text[i] == '#') {
      return refuse(std::string("a file URI has no part after ") + text[i],
                    text[i] == '?' ? "write %3F for a question mark in a name"
                                   : "write %23 for a number sign in a name");
    }
    if (text[i] != '%') {
      uri.path += text[i];
      continue;
    }
    const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return refuse("% without two hexadecimal digits in a file URI",
                    "write %25 for a per cent sign");
    }
    if (high == 0 && low == 0) return refuse("%00 in a file URI", "no name holds a zero byte");
    uri.path += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (uri.path.empty()) return refuse("a file URI without a path", "write file://./FOLDER");
  return uri;
}

// "scheme" of "scheme:rest", lower case; empty if there is none. One letter is a Windows drive.
std::string scheme_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon < 2) return {};
  std::string scheme;
  for (const char c : text.substr(0, colon)) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) == 0 && c != '+' && c != '-' && c != '.') return {};
    scheme += static_cast<char>(std::tolower(byte));
  }
  return std::isalpha(static_cast<unsigned char>(scheme[0])) != 0 ? scheme : std::string();
}

// "git@host:path", as git and scp write it.
bool is_scp_form(std::string_view text) {
  const std::size_t at = text.find('@');
  const std::size_t colon = text.find(':');
  return at != std::string_view::npos && colon != std::string_view::npos && at < colon &&
         text.substr(0, colon).find('/') == std::string_view::npos;
}

SourceUri file_uri(std::string_view rest) {
  if (!rest.starts_with("//")) return decode(rest);  // file:tasks, file:/srv/tasks
  rest.remove_prefix(2);
  const std::string_view host = rest.substr(0, rest.find('/'));
  if (host.empty() || host == "." || host == "..") return decode(rest);
  if (host == "localhost") return decode(rest.substr(host.size()));
  return refuse("the file URI names the host '" + std::string(host) + "'",
                "write file://./" + std::string(rest) +
                    " for a folder beside this one, or file:///" + std::string(rest) +
                    " for one at the top");
}

SourceUri git_source(std::string_view text) {
  if (text.starts_with("git+")) text.remove_prefix(4);  // pip's and npm's form; git has none such
  return refuse("a git repository can't be a source",
                "clone it (git clone " + std::string(text) + " FOLDER) and give FOLDER");
}

}  // namespace

SourceUri parse_source_uri(std::string_view text) {
  if (text.empty()) return refuse("the uri is empty", "give a folder, as file://./tasks");
  if (text.find('\0') != std::string_view::npos) {
    return refuse("a zero byte in the uri", "no name holds a zero byte");
  }
  const std::string scheme = scheme_of(text);
  const bool has_slashes = text.substr(scheme.size()).starts_with("://");
  if (scheme == "file") return file_uri(text.substr(5));
  if (scheme.starts_with("git") || (scheme == "ssh" && has_slashes) || is_scp_form(text)) {
    return git_source(text);
  }
  if ((scheme == "http" || scheme == "https") && text.ends_with(".git")) return git_source(text);
  if (scheme == "http" || scheme == "https") {
    return refuse("a source over " + scheme + " can't be watched",
                  "download it into a folder and give that folder");
  }
  if (has_slashes && !scheme.empty()) {
    return refuse("unknown kind of uri '" + scheme + "'", "give a path, or file://./FOLDER");
  }
  if (text == "~" || text.starts_with("~/")) {
    return refuse("~ is not expanded here", "write the home folder's absolute path");
  }
  return {std::string(text), {}, {}};
}

std::string resolve_path(const std::string& folder, const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path joined = fs_path(folder) / fs_path(path);
  fs::path normal = joined.lexically_normal();
  if (std::find(joined.begin(), joined.end(), "..") != joined.end()) {
    std::error_code error;
    const fs::path real = fs::weakly_canonical(joined, error);
    if (!error) normal = real;
  }
  return absolute_path(path_text(normal));
}

}  // namespace pawl
