// The files that lie beside a database: SQLite's log ("-wal") and the index of it ("-shm"), its
// journal, and pawl's own lock.
#pragma once

#include <string>
#include <string_view>

namespace pawl {

// "<database><suffix>", beside the file itself: SQLite follows links before it names what belongs
// to a database, so two names of one database have one log and one lock.
std::string file_beside(const std::string& database, std::string_view suffix);

// Takes away a log, its index and a journal whose database is gone. SQLite knows them by their
// names alone: it would share the index with a reader that still has the old database open, and
// carry the others out on what comes to the place.
//
// REQUIRES: the caller is the writer.
void drop_orphaned_log(const std::string& database);

}  // namespace pawl
