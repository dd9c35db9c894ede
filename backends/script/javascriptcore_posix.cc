#include "backends/script/javascriptcore.h"

#ifdef PAWL_HAVE_JAVASCRIPT

#ifdef PAWL_JAVASCRIPT_LIBRARY
#include <dlfcn.h>
#endif

#include <atomic>
#include <cstdlib>

#include "backends/script/script_checker.h"

namespace pawl {
namespace {

std::atomic<bool> runs_no_scripts = false;

#ifdef PAWL_JAVASCRIPT_LIBRARY

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

bool load(JavaScriptCore& functions) {
  // Never closed: the engine has threads of its own.
  void* library = ::dlopen(PAWL_JAVASCRIPT_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  return library != nullptr && find(library, "jsc_context_new", functions.context_new) &&
         find(library, "jsc_context_check_syntax", functions.context_check_syntax) &&
         find(library, "jsc_exception_get_message", functions.exception_get_message) &&
         find(library, "jsc_exception_get_line_number", functions.exception_get_line_number) &&
         find(library, "jsc_options_set_boolean", functions.options_set_boolean) &&
         find(library, "g_object_unref", functions.object_unref);
}

#else

bool load(JavaScriptCore& functions) {
  functions = {::jsc_context_new,
               ::jsc_context_check_syntax,
               ::jsc_exception_get_message,
               ::jsc_exception_get_line_number,
               ::jsc_options_set_boolean,
               ::g_object_unref};
  return true;
}

#endif

struct Loaded {
  Loaded() : there(load(functions)) {
    if (there && runs_no_scripts) functions.options_set_boolean(JSC_OPTIONS_USE_JIT, FALSE);
  }
  JavaScriptCore functions{};
  bool there;
};

}  // namespace

const JavaScriptCore* javascriptcore() {
  static const Loaded loaded;
  return loaded.there ? &loaded.functions : nullptr;
}

void run_no_scripts() {
  runs_no_scripts = true;
  // The engine's own allocator gives memory back to the system again and again while scripts come
  // one by one, and faults it in anew: a tenth of a first sync of 10,000 tasks. It reads this
  // variable when it is first used.
  setenv("Malloc", "1", /*overwrite=*/0);
}

}  // namespace pawl

#endif
