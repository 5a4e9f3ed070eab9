// What one state file of ours is: whose it is, its tables, and the words for people when something
// is wrong with it.
#pragma once

#include "core/result.hpp"
#include "platform/sqlite.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace runneriq::platform {

// Leads from one version of the tables to the next.
using SchemaStep = Result<void> (*)(Database&);

// Constant, kept by reference for the life of a program.
struct StateFileKind {
  std::int64_t application_id = 0;     // kept in the file as application_id
  std::span<const SchemaStep> steps;   // steps[n] leads from version n to n + 1; kept as user_version
  std::uint32_t folder_mode = 0700;    // of the folder, where it is missing
  std::string_view user;               // "the user that gitlab-runner runs as"
  std::string_view program;            // "runneriq-executor on this host"
  std::string_view lost_by_new_start;  // "jobs that were running are not counted against the slots"

  [[nodiscard]] std::int64_t newest() const { return static_cast<std::int64_t>(steps.size()); }
};

// What a file holds, as far as this program is concerned.
enum class SchemaState { absent, older, current };

// Errors: newer_schema; conflict when the file belongs to another program.
[[nodiscard]] Result<SchemaState> schema_state(Database& database, const StateFileKind& kind);

// Brings absent or older tables to the newest. Nobody else may do so at the same time.
[[nodiscard]] Result<void> bring_schema_up_to_date(Database& database, const StateFileKind& kind);

// Makes tables and indexes, one statement after the other, and marks the file as ours.
[[nodiscard]] Result<void> make_tables(Database& database, std::span<const std::string_view> statements,
                                       std::int64_t application_id);

}  // namespace runneriq::platform
