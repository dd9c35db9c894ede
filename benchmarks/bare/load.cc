#include "benchmarks/bare/load.h"

#include <fcntl.h>
#include <unistd.h>

#include "benchmarks/bare/measure.h"

#ifdef PAWL_HAVE_JAVASCRIPT
#include <jsc/jsc.h>
#endif

namespace bare {

std::string read_file(const std::string& path) {
  std::string bytes(64 << 10, '\0');
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  must(fd >= 0, "open " + path);
  std::size_t size = 0;
  for (ssize_t count; (count = ::read(fd, bytes.data() + size, bytes.size() - size)) > 0;) {
    size += static_cast<std::size_t>(count);
    if (size == bytes.size()) bytes.resize(size * 2);
  }
  ::close(fd);
  bytes.resize(size);
  return bytes;
}

std::uint64_t read_files(const std::vector<std::string>& paths) {
  static char buffer[256 << 10];
  std::uint64_t bytes = 0;
  for (const std::string& path : paths) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    must(fd >= 0, "open " + path);
    for (ssize_t count; (count = ::read(fd, buffer, sizeof buffer)) > 0;)
      bytes += static_cast<std::uint64_t>(count);
    ::close(fd);
  }
  return bytes;
}

#ifdef PAWL_HAVE_JAVASCRIPT
std::uint64_t check_scripts(const std::vector<Script>& scripts) {
  jsc_options_set_boolean(JSC_OPTIONS_USE_JIT, FALSE);
  JSCContext* context = jsc_context_new();
  std::uint64_t wrong = 0;
  for (const Script& script : scripts) {
    JSCException* exception = nullptr;
    wrong += jsc_context_check_syntax(
                 context, script.text.data(), static_cast<gssize>(script.text.size()),
                 script.module ? JSC_CHECK_SYNTAX_MODE_MODULE : JSC_CHECK_SYNTAX_MODE_SCRIPT,
                 "main.js", 1, &exception) != JSC_CHECK_SYNTAX_RESULT_SUCCESS;
    if (exception != nullptr) g_object_unref(exception);
  }
  g_object_unref(context);
  return wrong;
}
#else
std::uint64_t check_scripts(const std::vector<Script>&) {
  return 0;
}
#endif

}  // namespace bare
