// Scripts checked by JavaScriptCore.
#pragma once

#include <memory>

#include "core/task/script_checker.h"

namespace pawl {

std::unique_ptr<ScriptChecker> make_javascriptcore_checker();

}  // namespace pawl
