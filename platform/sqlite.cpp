#include "platform/sqlite.hpp"

#include "platform/files.hpp"
#include "platform/unique_fd.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <limits>
#include <map>

namespace runneriq::platform {
namespace {

Errc errc_of(int sqlite_code, int system_errno) {
  switch (sqlite_code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Errc::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Errc::timed_out;
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Errc::permission;
    case SQLITE_CANTOPEN:
      return system_errno == 0 ? Errc::unavailable : system_error("", system_errno).code;
    default:
      return Errc::unavailable;
  }
}

Error error_of(sqlite3* database) {
  const char* path = sqlite3_db_filename(database, "main");
  const std::string where = path == nullptr || *path == '\0' ? "database" : path;
  return {errc_of(sqlite3_extended_errcode(database), sqlite3_system_errno(database)),
          where + ": " + sqlite3_errmsg(database)};
}

// SQLite drops its own locks when any descriptor of the same file is closed in this process:
// so the file is opened here only to make it, when nobody can have it open.
Result<void> make_database_file(const std::string& path) {
  if (make_file(path, O_RDWR) || errno == EEXIST) return {};
  return fail(system_error(path, errno));
}

Result<void> check_regular_file(const std::string& path, Database::Missing missing) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (S_ISREG(status.st_mode)) return {};
    return fail(Errc::conflict, path + ": not a regular file");
  }
  if (errno == ENOENT && missing == Database::Missing::make) return make_database_file(path);
  return fail(system_error(path, errno));
}

bool free_name(const std::string& name) {
  return !exists(name) && !exists(name + "-wal");
}

Result<void> rename_if_present(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT) return {};
  return fail(system_error(from + ": cannot be moved aside", errno));
}

// Some do their work while they are prepared.
bool may_be_kept(std::string_view sql) {
  return !sql.starts_with("PRAGMA");
}

}  // namespace

// SQLite's handle with the statements that nobody uses now. Preparing one takes longer than running it.
class Connection {
 public:
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    for (const auto& [sql, statement] : idle_) sqlite3_finalize(statement);
    sqlite3_close_v2(handle_);
  }

  [[nodiscard]] sqlite3* handle() const { return handle_; }

  // Null when none of that text is idle.
  sqlite3_stmt* take(std::string_view sql) {
    const auto found = idle_.find(sql);
    if (found == idle_.end()) return nullptr;
    sqlite3_stmt* const statement = found->second;
    idle_.erase(found);
    return statement;
  }

  // The key is the statement's own text, which lives as long as it does.
  void give_back(sqlite3_stmt* statement) {
    const std::string_view sql = sqlite3_sql(statement);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    const bool kept =
        idle_.size() < kMostIdle && may_be_kept(sql) && idle_.try_emplace(sql, statement).second;
    if (!kept) sqlite3_finalize(statement);
  }

 private:
  static constexpr std::size_t kMostIdle = 64;

  sqlite3* handle_;
  std::map<std::string_view, sqlite3_stmt*> idle_;
};

Statement::Statement(sqlite3_stmt* handle, Connection& connection) : handle_(handle, GiveBack{&connection}) {}

void Statement::GiveBack::operator()(sqlite3_stmt* statement) const {
  connection->give_back(statement);
}

Result<bool> Statement::step() {
  switch (sqlite3_step(handle_.get())) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return fail(error_of(sqlite3_db_handle(handle_.get())));
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(handle_.get(), column);
}

std::string Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(handle_.get(), column);
  if (bytes == nullptr) return {};
  const int size = sqlite3_column_bytes(handle_.get(), column);
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

void Statement::put(int parameter, double value) {
  sqlite3_bind_double(handle_.get(), parameter, value);
}

void Statement::put(int parameter, std::string_view value) {
  const auto copies = reinterpret_cast<sqlite3_destructor_type>(-1);  // SQLITE_TRANSIENT
  sqlite3_bind_text64(handle_.get(), parameter, value.data() == nullptr ? "" : value.data(), value.size(),
                      copies, SQLITE_UTF8);
}

void Statement::put(int parameter, std::nullopt_t) {
  sqlite3_bind_null(handle_.get(), parameter);
}

void Statement::put_integer(int parameter, std::int64_t value) {
  sqlite3_bind_int64(handle_.get(), parameter, value);
}

Database::Database(sqlite3* handle) : connection_(new Connection(handle)) {}

void Database::Close::operator()(Connection* connection) const {
  delete connection;
}

sqlite3* Database::handle() const {
  return connection_->handle();
}

Result<Database> Database::open(const std::string& path, Missing missing) {
  if (auto regular = check_regular_file(path, missing); !regular) return fail(std::move(regular.error()));
  sqlite3* handle = nullptr;
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Database database{handle};  // also after a failure, as SQLite wants it closed then, too
  if (handle == nullptr) return fail(Errc::unavailable, path + ": out of memory");
  if (code != SQLITE_OK) return fail(error_of(handle));
  if (sqlite3_db_readonly(handle, "main") == 1) {
    return fail(Errc::permission, path + ": may be read but not written");
  }
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return database;
}

void Database::wait_at_most(Duration patience) {
  sqlite3_busy_timeout(handle(), static_cast<int>(patience.count()));
}

bool Database::has_moved() const {
  int moved = 0;
  const int code = sqlite3_file_control(handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return code != SQLITE_OK || moved != 0;
}

Result<Statement> Database::prepare(std::string_view sql) {
  if (sqlite3_stmt* const idle = connection_->take(sql)) return Statement{idle, *connection_};
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(handle(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return fail(error_of(handle()));
  return Statement{statement, *connection_};
}

Result<void> Database::finish(Statement& statement) {
  while (true) {
    auto row = statement.step();
    if (!row) return fail(std::move(row.error()));
    if (!*row) return {};
  }
}

Result<Transaction> Transaction::begin(Database& database, Kind kind) {
  auto begun = database.execute(kind == Kind::writing ? "BEGIN IMMEDIATE" : "BEGIN");
  if (!begun) return fail(std::move(begun.error()));
  return Transaction{database};
}

Transaction::~Transaction() {
  // After some errors SQLite has rolled back by itself: the failure of this one means just that.
  if (database_ != nullptr) (void)database_->execute("ROLLBACK");
}

Result<void> Transaction::commit() {
  auto committed = database_->execute("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

// The log goes first: a new database beside an old log would take the log's pages for its own.
Result<std::string> set_aside(const std::string& path) {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
  while (!free_name(path + ".corrupt-" + std::to_string(seconds))) ++seconds;
  const std::string aside = path + ".corrupt-" + std::to_string(seconds);
  for (const std::string part : {"-wal", "-shm", ""}) {
    if (auto moved = rename_if_present(path + part, aside + part); !moved) {
      return fail(std::move(moved.error()));
    }
  }
  return aside;
}

}  // namespace runneriq::platform
