// The rows of the table of silences.
#pragma once

#include "alerting/suppression.hpp"
#include "platform/sqlite.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace runneriq::alerting {

inline constexpr Duration kSilencesKept = std::chrono::days{90};  // from their ends

struct StoredSilences {
  std::vector<Silence> silences;        // by id
  std::vector<std::string> unreadable;  // one sentence for each whose matchers cannot be read
};
[[nodiscard]] Result<StoredSilences> stored_silences(platform::Database& database);
[[nodiscard]] Result<std::int64_t> add_silence(platform::Database& database, const Silence& silence);

enum class Expiry { done, unknown, over };
// One that has not begun never will.
[[nodiscard]] Result<Expiry> expire_silence(platform::Database& database, std::int64_t id, Time now);
[[nodiscard]] Result<std::int64_t> silence_revision(platform::Database& database);
[[nodiscard]] Result<void> forget_old_silences(platform::Database& database, Time now);

}  // namespace runneriq::alerting
