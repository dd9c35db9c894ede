#include "backends/script/javascriptcore_checker.h"

#ifdef PAWL_HAVE_JAVASCRIPT

#include <cstdint>
#include <utility>

#include "backends/script/examine.h"
#include "backends/script/javascriptcore.h"
#include "backends/script/script_checker.h"

namespace pawl {
namespace {

// The engine keeps what it has parsed until it collects garbage, at some 100 MB. The end of a context
// frees that, which takes 1.4 ms per MB of script, and a new one takes 3 ms: after so many scripts or
// bytes it does not show. A process with one takes up to 27 MB of scripts of 400 bytes, 41 MB of 2.5 KB.
constexpr std::uint64_t kScriptsPerContext = 5000;
constexpr std::uint64_t kBytesPerContext = std::uint64_t{8} << 20;
// Less is not worth a new context.
constexpr std::uint64_t kLetGoBytes = std::uint64_t{1} << 20;

constexpr std::size_t kTextMax = 300;

struct Unref {
  void operator()(gpointer object) const { javascriptcore()->object_unref(object); }
};

std::string shortened(std::string text) {
  if (text.size() <= kTextMax) return text;
  std::size_t end = kTextMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text + "…";
}

class JavaScriptCoreChecker : public ScriptChecker {
 public:
  std::optional<Diagnostic> check(std::string_view script, const std::string& path) override {
    if (!checks()) return {};
    return examine_script(
        script, path, [this](std::string_view text, ScriptGoal goal) { return parse(text, goal); });
  }

  bool let_go() override {
    if (bytes_ < kLetGoBytes) return false;
    context_.reset();
    renew(0);
    return true;
  }

  bool checks() const override { return javascriptcore() != nullptr; }

 private:
  ParseError parse(std::string_view script, ScriptGoal goal) {
    renew(script.size());
    const JSCCheckSyntaxMode mode =
        goal == ScriptGoal::kModule ? JSC_CHECK_SYNTAX_MODE_MODULE : JSC_CHECK_SYNTAX_MODE_SCRIPT;
    JSCException* raw = nullptr;
    const JSCCheckSyntaxResult result =
        javascriptcore()->context_check_syntax(context_.get(), script.empty() ? "" : script.data(),
                                               static_cast<gssize>(script.size()), mode, "main.js",
                                               1, &raw);
    const std::unique_ptr<JSCException, Unref> exception(raw);
    return to_error(result, exception.get());
  }

  static ParseError to_error(JSCCheckSyntaxResult result, JSCException* exception) {
    switch (result) {
      case JSC_CHECK_SYNTAX_RESULT_SUCCESS:
        return {};
      case JSC_CHECK_SYNTAX_RESULT_OUT_OF_MEMORY_ERROR:
        return {0, "too large to be checked"};
      case JSC_CHECK_SYNTAX_RESULT_STACK_OVERFLOW_ERROR:
        return {0, "nested too deeply to be checked"};
      default:
        break;
    }
    if (exception == nullptr) return {0, "syntax error"};
    const char* text = javascriptcore()->exception_get_message(exception);
    ParseError error{javascriptcore()->exception_get_line_number(exception),
                     shortened(text ? text : "")};
    while (error.text.ends_with('.')) error.text.pop_back();
    if (error.text.empty()) error.text = "syntax error";
    return error;
  }

  void renew(std::uint64_t size) {
    if (scripts_ >= kScriptsPerContext || bytes_ >= kBytesPerContext) context_.reset();
    if (!context_) {
      context_.reset(javascriptcore()->context_new());
      scripts_ = 0;
      bytes_ = 0;
    }
    ++scripts_;
    bytes_ += size;
  }

  std::unique_ptr<JSCContext, Unref> context_;
  std::uint64_t scripts_ = 0;  // since context_ was made
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<ScriptChecker> make_javascriptcore_checker() {
  return std::make_unique<JavaScriptCoreChecker>();
}

}  // namespace pawl

#endif
