// Generated tasks (tests/generate) as bare loops take them, and what one costs them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "benchmarks/bare/insert.h"
#include "benchmarks/bare/load.h"
#include "benchmarks/bare/measure.h"

namespace bare {

// Of the first `count` tasks that write_generated_tasks(tasks, …, 1) writes.
std::vector<Row> rows_of(const std::string& tasks, std::size_t count);

// Of each row, and in which mode it is to be checked.
std::vector<Script> scripts_of(const std::vector<Row>& rows);

// What it costs at least to bring one changed task into a database, as the mean of many: its four
// files read, its script checked by an engine that already runs, its row inserted in a transaction
// of its own. REQUIRES: the first `count` tasks are in `tasks`; `database` was made by pawl and has
// none of them.
Cost cost_of_one(const std::string& tasks, std::size_t count, const std::string& database);

}  // namespace bare
