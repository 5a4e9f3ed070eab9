#include "cli/moments.hpp"

#include "core/printable.hpp"

#include <string>

namespace runneriq::cli {
namespace {

constexpr std::size_t kDateLength = std::string_view{"2025-03-01"}.size();

Result<Time> begin_of(std::string_view text) {
  return parse_time(text.size() == kDateLength ? std::string(text) + "T00:00:00Z" : std::string(text));
}

Result<Time> end_of(std::string_view text) {
  auto time = begin_of(text);
  if (time && text.size() == kDateLength) *time += std::chrono::days{1};
  return time;
}

}  // namespace

Result<std::optional<Time>> moment_at(const Invocation& invocation, std::string_view flag, Time now) {
  const std::string_view text = invocation.value(flag);
  if (text.empty()) return std::optional<Time>{};
  if (const auto age = parse_duration(text)) return std::optional<Time>{now - *age};
  if (const auto time = parse_time(text)) return std::optional<Time>{*time};
  return fail(Errc::invalid_argument,
              std::string(flag) + " takes a time such as 2025-03-01T03:00:00Z or an age such as 2h, not " +
                  quoted_text(text));
}

Result<Stretch> parse_stretch(std::string_view flag, std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots != std::string_view::npos) {
    const auto from = begin_of(text.substr(0, dots));
    const auto to = end_of(text.substr(dots + 2));
    if (from && to && *from < *to) return Stretch{*from, *to};
  }
  return fail(Errc::invalid_argument, std::string(flag) +
                                          " takes today, week, month or FROM..TO with dates or times such as "
                                          "2025-03-01..2025-03-07, not " +
                                          quoted_text(text));
}

}  // namespace runneriq::cli
