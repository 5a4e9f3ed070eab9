#include "service/query.hpp"

#include "core/percent_encoding.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace runneriq::service {

Result<std::optional<std::string>> value_in(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.substr(0, pair.find('=')) != name) continue;
    auto value = percent_decoded(pair.substr(std::min(name.size() + 1, pair.size())));
    if (value) return std::optional{std::move(*value)};
    return fail(Errc::invalid_argument, "query: not percent-encoded: " + quoted_text(pair));
  }
  return std::optional<std::string>{};
}

Result<std::int64_t> whole_number(std::string_view name, std::string_view text, std::int64_t lowest,
                                  std::int64_t highest) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && value >= lowest && value <= highest) {
    return value;
  }
  return fail(Errc::invalid_argument, std::string(name) + " must be a whole number from " +
                                          std::to_string(lowest) + " to " + std::to_string(highest) +
                                          ", got " + quoted_text(text));
}

Result<std::int64_t> number_in(std::string_view query, std::string_view name, std::int64_t otherwise,
                               std::int64_t lowest, std::int64_t highest) {
  const auto text = value_in(query, name);
  if (!text) return fail(text.error());
  return *text ? whole_number(name, **text, lowest, highest) : Result<std::int64_t>{otherwise};
}

Result<Time> since_in(std::string_view query, Time now) {
  const auto text = value_in(query, "since");
  if (!text) return fail(text.error());
  if (!*text) return Time{};
  if (const auto ago = parse_duration(**text)) return now - *ago;
  if (const auto time = parse_time(**text)) return *time;
  return fail(Errc::invalid_argument,
              "since must be a time such as 2025-03-01T03:00:00Z, or how long ago, such as 2h, got " +
                  quoted_text(**text));
}

}  // namespace runneriq::service
