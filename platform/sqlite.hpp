// SQLite as values: a connection, a statement, a transaction. The only place that knows its C interface.
//
// Errors: corrupt (the file is damaged or no database), timed_out (another process kept the
// file locked), permission, not_found, conflict (no regular file), else unavailable: full
// disk, read-only, input or output error. Messages begin with the path.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace runneriq::platform {

class Connection;

// One prepared statement; must not outlive its Database.
class Statement {
 public:
  // The next row; false after the last one.
  [[nodiscard]] Result<bool> step();

  // Columns of the current row, counted from 0.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  Statement(sqlite3_stmt* handle, Connection& connection);

  void put(int parameter, double value);
  void put(int parameter, std::string_view value);
  void put(int parameter, std::nullopt_t none);
  void put_integer(int parameter, std::int64_t value);
  void put(int parameter, std::integral auto value) {
    put_integer(parameter, static_cast<std::int64_t>(value));
  }
  template <class Value>
  void put(int parameter, const std::optional<Value>& value) {
    if (value) {
      put(parameter, *value);
    } else {
      put(parameter, std::nullopt);
    }
  }

  struct GiveBack {
    Connection* connection = nullptr;
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, GiveBack> handle_;
};

// A connection for one thread, never carried across fork(). The write-ahead log stays in
// place when the last connection closes, so that a file watch on it lasts. Statements are prepared
// once and kept for the next call with the same text: values belong into parameters.
class Database {
 public:
  enum class Missing { is_error, make };  // made with mode 0600; the folder must exist

  // Refuses symbolic links and whatever is no regular file.
  static Result<Database> open(const std::string& path, Missing missing);

  // How long a call waits when another process has the file locked. 0 = not at all.
  void wait_at_most(Duration patience);

  // Runs one statement to its end; `values` are bound to its parameters in order.
  template <class... Values>
  [[nodiscard]] Result<void> execute(std::string_view sql, const Values&... values) {
    auto statement = query(sql, values...);
    if (!statement) return fail(std::move(statement.error()));
    return finish(*statement);
  }

  // Prepares one statement with `values` bound to its parameters in order, for step().
  template <class... Values>
  [[nodiscard]] Result<Statement> query(std::string_view sql, const Values&... values) {
    auto statement = prepare(sql);
    if (!statement) return statement;
    int parameter = 0;
    (statement->put(++parameter, values), ...);
    return statement;
  }

  // The first column of the first row, 0 when there is no row.
  template <class... Values>
  [[nodiscard]] Result<std::int64_t> number(std::string_view sql, const Values&... values) {
    auto statement = query(sql, values...);
    if (!statement) return fail(std::move(statement.error()));
    auto row = statement->step();
    if (!row) return fail(std::move(row.error()));
    return *row ? statement->integer(0) : 0;
  }

  // Whether the path no longer names the file of this connection.
  [[nodiscard]] bool has_moved() const;

 private:
  explicit Database(sqlite3* handle);
  Result<Statement> prepare(std::string_view sql);
  static Result<void> finish(Statement& statement);
  [[nodiscard]] sqlite3* handle() const;

  struct Close {
    void operator()(Connection* connection) const;
  };
  std::unique_ptr<Connection, Close> connection_;
};

// Rolls back at the end unless committed; must not outlive its Database.
class Transaction {
 public:
  enum class Kind {
    reading,  // one consistent view, never waits for writers
    writing,  // takes the only writer's lock at once
  };
  static Result<Transaction> begin(Database& database, Kind kind);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  [[nodiscard]] Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

// Renames a damaged database with its log and index to <path>.corrupt-<unix seconds>, -wal and
// -shm, and returns the new name. The caller keeps other processes from doing the same.
Result<std::string> set_aside(const std::string& path);

}  // namespace runneriq::platform
