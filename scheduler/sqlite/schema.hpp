// The tables of the host's state file.
#pragma once

#include "core/result.hpp"
#include "platform/sqlite.hpp"

namespace runneriq::scheduler {

// Raised by one with every change of the tables; kept in the file as user_version.
inline constexpr int kHostSchema = 1;

// What a file holds, as far as this program is concerned.
enum class SchemaState { absent, older, current };

// Errors: newer_schema; conflict when the file belongs to another program.
[[nodiscard]] Result<SchemaState> schema_state(platform::Database& database);

// Brings an absent or older schema to kHostSchema. Nobody else may do so at the same time.
[[nodiscard]] Result<void> bring_schema_up_to_date(platform::Database& database);

}  // namespace runneriq::scheduler
