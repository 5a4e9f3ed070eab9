#include "platform/http_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace runneriq::platform {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string month_number(std::string_view name) {
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (kMonths[month] == name) return (month < 9 ? "0" : "") + std::to_string(month + 1);
  }
  return "none";
}

}  // namespace

std::optional<Time> parse_http_date(std::string_view text) {
  constexpr std::size_t kLength = std::string_view("Sun, 06 Nov 1994 08:49:37 GMT").size();
  if (text.size() != kLength || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) return std::nullopt;
  const std::string rfc3339 = std::string(text.substr(12, 4)) + "-" + month_number(text.substr(8, 3)) + "-" +
                              std::string(text.substr(5, 2)) + "T" + std::string(text.substr(17, 8)) + "Z";
  const Result<Time> time = parse_time(rfc3339);
  return time ? std::optional(*time) : std::nullopt;
}

std::optional<Duration> retry_after(const HttpReply& reply, Time now, Duration longest) {
  const std::string_view text = reply.header("retry-after");
  if (const auto date = parse_http_date(text)) {
    const Duration wait = *date - parse_http_date(reply.header("date")).value_or(now);
    return std::clamp(wait, Duration::zero(), longest);
  }
  unsigned long long seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || end != text.data() + text.size()) return std::nullopt;
  const auto most =
      static_cast<unsigned long long>(std::chrono::floor<std::chrono::seconds>(longest).count());
  if (error != std::errc{} || seconds > most) return longest;
  return std::chrono::seconds{seconds};
}

}  // namespace runneriq::platform
