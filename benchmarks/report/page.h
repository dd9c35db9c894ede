// The report, for a person: what was aimed at, what was measured, and on what machine.
#pragma once

#include <string>

#include "benchmarks/report/results.h"

namespace report {

std::string markdown_page(const Results& results);
// The same with plots; one file that needs no other.
std::string html_page(const Results& results);

}  // namespace report
