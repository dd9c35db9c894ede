// SQLite as pawl uses it: a connection, prepared statements, a transaction, and errors as Status.
// Nothing but these files and sync/schema.cc knows sqlite3.
//
// Threading: a Connection and all that came from it belong to one thread at a time.
// Text is bytes: SQLite stores and gives back whatever is bound, be it UTF-8 or not.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/status.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pawl {

// What a result code of SQLite (extended, as sqlite3_extended_errcode gives it) is to pawl:
// BUSY, LOCKED → kBusy; FULL → kFull; CORRUPT → kCorrupt; NOTADB → kForeign; READONLY, PERM, AUTH →
// kPermission; NOMEM → kNoMemory; TOOBIG → kTooLarge; CONSTRAINT, MISMATCH, MISUSE, RANGE, ERROR →
// kInvalid (trying again cannot help); CANTOPEN, IOERR by their errno; anything else kIo.
Status sqlite_status(int extended_code, std::string_view message, int os_error,
                     std::string operation, std::string path);

// True for an error that goes away by itself or by someone else's doing: waiting and trying the
// same again is right.
bool is_transient(const Status& status);

class Connection;

// A prepared statement. Bind from 1, step, read columns from 0, reset.
class Statement {
 public:
  Statement(Connection& connection, sqlite3_stmt* statement)
      : connection_(&connection), statement_(statement) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Text is borrowed: it must live until reset(). An error of binding is returned by the next step.
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, std::int64_t value);
  Statement& bind_null(int index);
  Statement& bind_text_or_null(int index, std::string_view text);  // null if empty

  // True: there is a row. False: it is done. The statement must be reset before it is bound anew.
  Result<bool> step();
  void reset();

  // Steps to the end, whatever rows there are, and resets.
  Status run();
  // Calls `row(*this)` for each row, and resets.
  template <class F>
  Status each(F&& row) {
    for (;;) {
      Result<bool> stepped = step();
      if (!stepped.ok() || !*stepped) {
        reset();
        return stepped.ok() ? Status() : stepped.status();
      }
      row(*this);
    }
  }

  // Of the current row. Text is valid until the next step or reset; null reads as "" and 0.
  std::string_view text(int column) const;
  std::int64_t integer(int column) const;
  bool is_null(int column) const;

 private:
  Connection* connection_;
  sqlite3_stmt* statement_;
  int bind_error_ = 0;
};

enum class OpenMode : std::uint8_t {
  kReadOnly,
  // The file as it stands, without locks and without its write-ahead log; nothing is ever created
  // beside it. Right only while nobody writes.
  kImmutable,
  kReadWrite,
  kCreate,  // like kReadWrite, and made if it is not there
};

class Connection {
 public:
  // kNotFound, kPermission, kIo, …: by the system's error. A damaged file is noticed on first use.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, OpenMode mode);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const std::string& path() const { return path_; }

  // What is being done, for the message of an error: "cannot OPERATION PATH: …". A literal.
  void doing(const char* operation) { operation_ = operation; }

  // How long a statement waits for another's lock before it is kBusy.
  void set_busy_timeout(std::chrono::milliseconds timeout);
  // The log stays beside the database when the last connection closes, so that a reader never has
  // to make one. Closing writes it back into the database all the same.
  void keep_log_file();
  // Closing leaves the log as it is: the database belongs to someone else.
  void leave_log_alone();

  // The first bytes of the file as they stand in it, whatever its log says; zeros behind its end.
  Status read_start(std::span<char> bytes);

  // Runs SQL that gives no rows of interest; several statements are separated by semicolons.
  Status execute(const char* sql);
  // The first column of the first row; 0 or "" if there is none.
  Result<std::int64_t> integer(const char* sql);
  Result<std::string> text(const char* sql);

  // The statement for `sql`, prepared once. `sql` must outlive the connection. Not to be used by
  // two at a time.
  Result<Statement*> use(std::string_view sql);

  std::int64_t last_row_id() const;
  std::int64_t rows_changed() const;  // by the last INSERT, UPDATE or DELETE
  bool in_transaction() const;
  // Gives up what of the database is held in memory; it is read again when it is needed.
  void release_memory();

  Status error(int code) const;

 private:
  Connection(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}

  sqlite3* handle_;
  std::string path_;
  const char* operation_ = "open";
  std::unordered_map<std::string_view, std::unique_ptr<Statement>> statements_;
};

// Rolls back unless committed.
class Transaction {
 public:
  enum class Kind : std::uint8_t { kRead, kWrite };

  explicit Transaction(Connection& connection) : connection_(connection) {}
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // kWrite takes the write lock at once, so that kBusy can only come here.
  Status begin(Kind kind);
  Status commit();

 private:
  Connection& connection_;
  bool open_ = false;
};

}  // namespace pawl
