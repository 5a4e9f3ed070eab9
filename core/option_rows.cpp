#include "core/option_rows.hpp"

#include <utility>

namespace runneriq {

Option row(std::string key, std::string value, std::string help) {
  Option option;
  option.key = std::move(key);
  option.value = std::move(value);
  option.help = std::move(help);
  return option;
}

tl::unexpected<Error> not_expected(std::string_view text, std::string_view expected) {
  return fail(Errc::invalid_argument, quoted_text(text) + " is not " + std::string(expected));
}

Option duration_row(Option option, Duration& field, Duration shortest, Duration longest) {
  option.set = [&field, shortest, longest](std::string_view text) -> Result<void> {
    const Result<Duration> duration = parse_duration(text);
    if (!duration) return fail(duration.error());
    if (*duration < shortest || *duration > longest) {
      return not_expected(text, "a duration from " + to_text(shortest) + " to " + to_text(longest));
    }
    field = *duration;
    return {};
  };
  option.show = [&field] { return to_text(field); };
  return option;
}

Option whole_row(Option option, int& field, int lowest, int highest) {
  option.set = [&field, lowest, highest](std::string_view text) -> Result<void> {
    const Result<int> number = parse_whole(text, lowest, highest);
    if (!number) return fail(number.error());
    field = *number;
    return {};
  };
  option.show = [&field] { return std::to_string(field); };
  return option;
}

Option decimal_row(Option option, double& field, double lowest, double highest) {
  option.set = [&field, lowest, highest](std::string_view text) -> Result<void> {
    const Result<double> number = parse_decimal(text, lowest, highest);
    if (!number) return fail(number.error());
    field = *number;
    return {};
  };
  option.show = [&field] { return decimal_text(field); };
  return option;
}

Option switch_row(Option option, bool& field) {
  option.set = [&field](std::string_view text) -> Result<void> {
    const Result<bool> choice = parse_switch(text);
    if (!choice) return fail(choice.error());
    field = *choice;
    return {};
  };
  option.show = [&field] { return std::string(field ? "true" : "false"); };
  return option;
}

}  // namespace runneriq
