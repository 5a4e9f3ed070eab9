#include "gitlab/rest/http_date.hpp"

#include <array>
#include <string>

namespace runneriq::gitlab {
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

}  // namespace runneriq::gitlab
