#include "advisor/sqlite/advisor_schema.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace runneriq::advisor {
namespace {

constexpr std::int64_t kApplicationId = 0x52495156;  // "RIQV"

// `day`: days since 1970 in UTC; times in milliseconds since 1970; `kind` as QuestionKind; settled is null
// while what a call cost is not known, and the reserve counts;
// `key`: SHA-256 of the question's, in hexadecimal digits.
constexpr std::array kTables{
    std::string_view{R"(CREATE TABLE spendings (
         id INTEGER PRIMARY KEY, day INTEGER NOT NULL, kind INTEGER NOT NULL, project TEXT NOT NULL,
         reserved INTEGER NOT NULL CHECK (reserved >= 0), settled INTEGER CHECK (settled >= 0)) STRICT)"},
    std::string_view{"CREATE INDEX spendings_of_day ON spendings (day, project)"},
    std::string_view{R"(CREATE TABLE answers (
         kind INTEGER NOT NULL, version TEXT NOT NULL, key TEXT NOT NULL, choice TEXT NOT NULL,
         confidence TEXT NOT NULL, reason TEXT NOT NULL, model TEXT NOT NULL, answered INTEGER NOT NULL,
         PRIMARY KEY (kind, version, key)) STRICT, WITHOUT ROWID)"},
    std::string_view{"CREATE INDEX answers_by_time ON answers (answered)"},
};

Result<void> make_first_schema(platform::Database& database) {
  return platform::make_tables(database, kTables, kApplicationId);
}

constexpr std::array<platform::SchemaStep, kAdvisorSchema> kSteps{make_first_schema};

constexpr platform::StateFileKind kAdvisorFile{
    .application_id = kApplicationId,
    .steps = kSteps,
    .folder_mode = 0700,
    .user = "the user that runneriq runs as",
    .program = "runneriq",
    .lost_by_new_start =
        "what models have cost today is only in the old one, so the day's budget begins anew",
};

}  // namespace

const platform::StateFileKind& advisor_file() {
  return kAdvisorFile;
}

}  // namespace runneriq::advisor
