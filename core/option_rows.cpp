#include "core/option_rows.hpp"

#include "core/joined.hpp"

#include <cmath>
#include <utility>

namespace runneriq {
namespace {

constexpr std::size_t kLongestPath = 4096;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool is_path(std::string_view text) {
  return text.starts_with('/') && !text.ends_with('/') && text.size() < kLongestPath &&
         std::none_of(text.begin(), text.end(), is_control);
}

}  // namespace

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

Option percent_row(Option option, double& share) {
  option.set = [&share](std::string_view text) -> Result<void> {
    const Result<double> percent = parse_decimal(text, 0, 100);
    if (!percent) return fail(percent.error());
    share = *percent / 100;
    return {};
  };
  option.show = [&share] { return decimal_text(std::round(share * 1e6) / 1e4); };
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

Option text_row(Option option, std::string& field, Result<std::string> (*parse)(std::string_view text)) {
  option.set = [&field, parse](std::string_view text) -> Result<void> {
    Result<std::string> value = parse(text);
    if (!value) return fail(std::move(value.error()));
    field = *std::move(value);
    return {};
  };
  option.show = [&field] { return field; };
  return option;
}

Option path_row(Option option, std::string& field) {
  option.set = [&field, may_be_empty = field.empty()](std::string_view text) -> Result<void> {
    if (!is_path(text) && !(may_be_empty && text.empty()))
      return not_expected(text, "the absolute path of a file");
    field = text;
    return {};
  };
  option.show = [&field] { return field; };
  return option;
}

Option list_row(Option option, std::vector<std::string>& field,
                std::function<Result<void>(std::string_view)> add) {
  option.set_entry = [add = std::move(add)](std::string_view, std::string_view text) { return add(text); };
  option.clear = [&field] { field.clear(); };
  option.show = [&field] { return joined(field, ","); };
  return option;
}

}  // namespace runneriq
