#include "platform/state_file_kind.hpp"

#include <cstddef>
#include <string>

namespace runneriq::platform {
namespace {

Result<void> take_steps(Database& database, const StateFileKind& kind, std::size_t version) {
  for (; version < kind.steps.size(); ++version) {
    if (auto step = kind.steps[version](database); !step) return step;
  }
  return database.execute("PRAGMA user_version = " + std::to_string(kind.newest()));
}

// A file of ours that a later version wrote may hold anything but another program's mark.
Result<void> check_program(Database& database, const StateFileKind& kind, std::int64_t version) {
  const auto application = database.number("PRAGMA application_id");
  if (!application) return fail(application.error());
  if (*application == kind.application_id) return {};
  if (*application == 0 && version > kind.newest()) return {};
  const auto tables = database.number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return fail(tables.error());
  if (version == 0 && *tables == 0) return {};
  return fail(Errc::conflict, "the file is another program's database");
}

}  // namespace

Result<SchemaState> schema_state(Database& database, const StateFileKind& kind) {
  const auto version = database.number("PRAGMA user_version");
  if (!version) return fail(version.error());
  if (auto ours = check_program(database, kind, *version); !ours) return fail(ours.error());
  if (*version > kind.newest()) {
    return fail(Errc::newer_schema, "schema " + std::to_string(*version) + " is newer than " +
                                        std::to_string(kind.newest()) + ", which this program knows");
  }
  if (*version < 0) return fail(Errc::corrupt, "schema " + std::to_string(*version) + " never was");
  if (*version == kind.newest()) return SchemaState::current;
  return *version == 0 ? SchemaState::absent : SchemaState::older;
}

Result<void> bring_schema_up_to_date(Database& database, const StateFileKind& kind) {
  // Only outside of a transaction, and kept in the file.
  if (auto set = database.execute("PRAGMA journal_mode = WAL"); !set) return set;
  auto transaction = Transaction::begin(database, Transaction::Kind::writing);
  if (!transaction) return fail(transaction.error());
  const auto version = database.number("PRAGMA user_version");
  if (!version) return fail(version.error());
  if (auto taken = take_steps(database, kind, static_cast<std::size_t>(*version)); !taken) return taken;
  return transaction->commit();
}

Result<void> make_tables(Database& database, std::span<const std::string_view> statements,
                         std::int64_t application_id) {
  for (const std::string_view sql : statements) {
    if (auto made = database.execute(sql); !made) return made;
  }
  return database.execute("PRAGMA application_id = " + std::to_string(application_id));
}

}  // namespace runneriq::platform
