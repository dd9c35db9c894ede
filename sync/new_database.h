// A database that is made elsewhere than at its place, and comes there when it is done: as
// "<database>-unfinished", beside it, so that the same file system holds both.
//
// REQUIRES, for all that changes a file: the caller is the writer of the database.
#pragma once

#include <memory>
#include <string>

#include "sync/sqlite.h"

namespace pawl {

// Where it is until then.
std::string unfinished_path(const std::string& path);

// Whether one may be made there: the place is free, and that name is, or has one that was begun. If
// something else has it, the database is made at its place.
bool may_make_new(const std::string& path);

// Whether one was begun and has not come to its place yet, by the names alone: nothing is opened.
bool is_unfinished(const std::string& path);

// Closes the connection, which is the only one, and renames its file to `path`, where a log or a
// journal that lies there by itself goes. On error it stays where it is.
//
// kForeign: a file has come to the place meanwhile. kFull, kIo, …: by the system.
Status place_database(std::shared_ptr<Connection> connection, const std::string& path);

// If one is unfinished, brings it to its place: its writer has died. Errors are as above.
Status place_unfinished(const std::string& path);

}  // namespace pawl
