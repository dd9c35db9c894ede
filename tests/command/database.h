// What a SQLite database holds, read without pawl's own code.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>
#include <vector>

namespace pawl {

// The first column of each row, as text.
inline std::vector<std::string> query(const std::string& database, const std::string& sql) {
  std::vector<std::string> values;
  sqlite3* connection = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_open_v2(database.c_str(), &connection, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK ||
      sqlite3_prepare_v2(connection, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    ADD_FAILURE() << sql << ": " << sqlite3_errmsg(connection);
  }
  while (statement != nullptr && sqlite3_step(statement) == SQLITE_ROW) {
    const unsigned char* text = sqlite3_column_text(statement, 0);
    const int size = sqlite3_column_bytes(statement, 0);
    values.emplace_back(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  }
  sqlite3_finalize(statement);
  sqlite3_close(connection);
  return values;
}

}  // namespace pawl
