// The functions of JavaScriptCore that are used.
//
// On Linux the library is loaded when the first script is to be checked, and not with the program: it
// brings 20 others, and together they take 8 MB and half of the time that a program needs to start. A
// restart on tasks that have not changed needs none of it.
#pragma once

#ifdef PAWL_HAVE_JAVASCRIPT

#include <jsc/jsc.h>

namespace pawl {

struct JavaScriptCore {
  decltype(&::jsc_context_new) context_new;
  decltype(&::jsc_context_check_syntax) context_check_syntax;
  decltype(&::jsc_exception_get_message) exception_get_message;
  decltype(&::jsc_exception_get_line_number) exception_get_line_number;
  decltype(&::jsc_options_set_boolean) options_set_boolean;
  decltype(&::g_object_unref) object_unref;
};

// Null where the library is not on this system. Any thread.
const JavaScriptCore* javascriptcore();

}  // namespace pawl

#endif
