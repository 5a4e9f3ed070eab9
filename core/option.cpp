#include "core/option.hpp"

#include "core/lower_case.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace runneriq {
namespace {

bool only_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

template <class Number, class... Format>
bool reads_whole(std::string_view text, Number& number, Format... format) {
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number, format...);
  return error == std::errc{} && end == last && !text.empty();
}

}  // namespace

Result<bool> parse_switch(std::string_view text) {
  const std::string word = lower_case(text);
  if (word == "true" || word == "on" || word == "yes") return true;
  if (word == "false" || word == "off" || word == "no") return false;
  return fail(Errc::invalid_argument, quoted_text(text) + " is neither true, on, yes nor false, off, no");
}

Result<int> parse_whole(std::string_view text, int lowest, int highest) {
  int number = 0;
  if (text.size() > 1 && text.starts_with('0') && only_digits(text)) {
    return fail(Errc::invalid_argument,
                quoted_text(text) + " begins with 0, which may mean an octal number: write it without");
  }
  if (only_digits(text) && reads_whole(text, number) && number >= lowest && number <= highest) return number;
  return fail(Errc::invalid_argument, quoted_text(text) + " is not a whole number from " +
                                          std::to_string(lowest) + " to " + std::to_string(highest));
}

Result<double> parse_decimal(std::string_view text, double lowest, double highest) {
  double number = 0;
  if (reads_whole(text, number, std::chars_format::fixed) && number >= lowest && number <= highest) {
    return number + 0.0;  // "-0" reads as 0
  }
  return fail(Errc::invalid_argument, quoted_text(text) + " is not a number from " + decimal_text(lowest) +
                                          " to " + decimal_text(highest));
}

std::string decimal_text(double number) {
  char text[512];  // the longest is the smallest number: about 330 digits behind the point
  const auto [end, error] = std::to_chars(std::begin(text), std::end(text), number, std::chars_format::fixed);
  return error == std::errc{} ? std::string(text, end) : "?";
}

}  // namespace runneriq
