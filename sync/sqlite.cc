#include "sync/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>
#include <iterator>
#include <utility>

namespace pawl {
namespace {

// A file name as a URI: SQLite decodes %HH, and ends the name at '?' and '#'.
std::string file_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      fmt::format_to(std::back_inserter(uri), "%{:02X}", static_cast<unsigned>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

int open_flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::kReadOnly:
      return SQLITE_OPEN_READONLY;
    case OpenMode::kImmutable:
      return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    case OpenMode::kReadWrite:
      return SQLITE_OPEN_READWRITE;
    case OpenMode::kCreate:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return SQLITE_OPEN_READONLY;
}

}  // namespace

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Statement& Statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL; an empty view may hold one.
  const char* data = text.data() != nullptr ? text.data() : "";
  const int rc =
      sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (rc != SQLITE_OK) bind_error_ = rc;
  return *this;
}

Statement& Statement::bind(int index, std::int64_t value) {
  const int rc = sqlite3_bind_int64(statement_, index, value);
  if (rc != SQLITE_OK) bind_error_ = rc;
  return *this;
}

Statement& Statement::bind_null(int index) {
  const int rc = sqlite3_bind_null(statement_, index);
  if (rc != SQLITE_OK) bind_error_ = rc;
  return *this;
}

Statement& Statement::bind_text_or_null(int index, std::string_view text) {
  return text.empty() ? bind_null(index) : bind(index, text);
}

Result<bool> Statement::step() {
  if (bind_error_ != 0) return connection_->error(bind_error_);
  const int rc = sqlite3_step(statement_);
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) return false;
  return connection_->error(rc);
}

void Statement::reset() {
  // Repeats the error of the last step, which was already returned.
  sqlite3_reset(statement_);
  bind_error_ = 0;
}

Status Statement::run() {
  return each([](Statement&) {});
}

std::string_view Statement::text(int column) const {
  const unsigned char* data = sqlite3_column_text(statement_, column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, OpenMode mode) {
  const std::string name = mode == OpenMode::kImmutable ? file_uri(path) : path;
  sqlite3* handle = nullptr;
  const int rc = sqlite3_open_v2(name.c_str(), &handle, open_flags(mode) | SQLITE_OPEN_NOMUTEX,
                                 /*zVfs=*/nullptr);
  if (handle == nullptr) return Status(Code::kNoMemory, "open", path);
  std::unique_ptr<Connection> connection(new Connection(handle, path));
  if (rc != SQLITE_OK) return connection->error(rc);
  sqlite3_extended_result_codes(handle, 1);
  return connection;
}

Connection::~Connection() {
  statements_.clear();
  sqlite3_close_v2(handle_);
}

void Connection::set_busy_timeout(std::chrono::milliseconds timeout) {
  sqlite3_busy_timeout(handle_, static_cast<int>(timeout.count()));
}

void Connection::keep_log_file() {
  int on = 1;
  sqlite3_file_control(handle_, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
}

void Connection::leave_log_alone() {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Status Connection::read_start(std::span<char> bytes) {
  sqlite3_file* file = nullptr;
  const int found = sqlite3_file_control(handle_, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (found != SQLITE_OK || file == nullptr || file->pMethods == nullptr) return error(found);
  const int rc = file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), 0);
  return rc == SQLITE_OK || rc == SQLITE_IOERR_SHORT_READ ? Status() : error(rc);
}

Status Connection::execute(const char* sql) {
  const int rc = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  return rc == SQLITE_OK ? Status() : error(rc);
}

Result<std::int64_t> Connection::integer(const char* sql) {
  Result<std::string> value = text(sql);
  if (!value.ok()) return value.status();
  return std::strtoll(value->c_str(), nullptr, 10);
}

Result<std::string> Connection::text(const char* sql) {
  sqlite3_stmt* handle = nullptr;
  const int rc = sqlite3_prepare_v2(handle_, sql, -1, &handle, nullptr);
  if (rc != SQLITE_OK) return error(rc);
  Statement statement(*this, handle);
  std::string value;
  bool first = true;
  // To the end: a pragma that writes gives its row first, and may still fail.
  Status read = statement.each([&](const Statement& row) {
    if (std::exchange(first, false)) value = row.text(0);
  });
  if (!read.ok()) return read;
  return value;
}

Result<Statement*> Connection::use(std::string_view sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return found->second.get();
  sqlite3_stmt* handle = nullptr;
  const int rc = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                    SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (rc != SQLITE_OK) return error(rc);
  return statements_.emplace(sql, std::make_unique<Statement>(*this, handle)).first->second.get();
}

std::int64_t Connection::last_row_id() const {
  return sqlite3_last_insert_rowid(handle_);
}

std::int64_t Connection::rows_changed() const {
  return sqlite3_changes64(handle_);
}

void Connection::release_memory() { static_cast<void>(sqlite3_db_release_memory(handle_)); }

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}

Status Connection::error(int code) const {
  // The handle knows more than the return code, unless the error was not its own (binding).
  const int known = sqlite3_extended_errcode(handle_);
  const bool same = (known & 0xff) == (code & 0xff);
  return sqlite_status(same ? known : code, same ? sqlite3_errmsg(handle_) : sqlite3_errstr(code),
                       sqlite3_system_errno(handle_), operation_, path_);
}

Transaction::~Transaction() {
  if (!open_ || !connection_.in_transaction()) return;  // some errors have already rolled back
  // Cannot fail in a way that matters: what was not committed is not there at the next start.
  static_cast<void>(connection_.execute("ROLLBACK"));
}

Status Transaction::begin(Kind kind) {
  Status begun = connection_.execute(kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
  open_ = begun.ok();
  return begun;
}

Status Transaction::commit() {
  Status done = connection_.execute("COMMIT");
  if (done.ok()) open_ = false;
  return done;
}

}  // namespace pawl
