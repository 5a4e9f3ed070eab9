// The reference of the durable admission: a process that books one row in an SQLite file as an executor does,
// behind a lock, in a commit that is on the disk when it ends, and does nothing else.
//
//   commit_floor FILE
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>

#include <string>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string path = argv[1];
  const int lock = ::open((path + "-lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0 || ::flock(lock, LOCK_EX) != 0) return 1;
  sqlite3* database = nullptr;
  if (::sqlite3_open(path.c_str(), &database) != SQLITE_OK) return 1;
  // The log stays for the next, as it does among many.
  ::sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  // 300 bytes: about what a booking writes.
  const int code = ::sqlite3_exec(database,
                                  "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                  "CREATE TABLE IF NOT EXISTS t (a INTEGER PRIMARY KEY, b BLOB);"
                                  "INSERT INTO t (b) VALUES (zeroblob(300))",
                                  nullptr, nullptr, nullptr);
  ::sqlite3_close(database);
  return code == SQLITE_OK ? 0 : 1;
}
