#include "backends/script/script_checker.h"

#ifdef PAWL_HAVE_JAVASCRIPT
#include "backends/script/javascriptcore_checker.h"
#endif

namespace pawl {
namespace {

class UncheckedScripts : public ScriptChecker {
 public:
  std::optional<Diagnostic> check(std::string_view, const std::string&) override { return {}; }
  bool checks() const override { return false; }
};

}  // namespace

std::unique_ptr<ScriptChecker> make_script_checker() {
#ifdef PAWL_HAVE_JAVASCRIPT
  return make_javascriptcore_checker();
#else
  return std::make_unique<UncheckedScripts>();
#endif
}

#ifndef PAWL_HAVE_JAVASCRIPT
void run_no_scripts() {}
#endif

}  // namespace pawl
