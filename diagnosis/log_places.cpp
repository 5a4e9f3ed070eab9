#include "diagnosis/culprit.hpp"

#include <re2/re2.h>

#include <charconv>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kMostPlaces = 20, kLongestSearched = 2'000;

// Python's `File "x", line 3`; then names with an extension before ":3", "(3", " line 3", ", line 3",
// " on line 3", ": line 3".
const RE2& place_pattern() {
  static const RE2 pattern{R"re((?:File "([^"\n]{1,300})", line ([0-9]{1,7})|)re"
                           R"re(([A-Za-z0-9_@.+~/\\-]{0,300}[A-Za-z0-9_+-]\.[A-Za-z][A-Za-z0-9_]{0,9}))re"
                           R"re((?::|\(|:?,? (?:on )?line |: ?line )([0-9]{1,7})))re"};
  return pattern;
}

int number_of(std::string_view digits) {
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string with_slashes(std::string_view path) {
  std::string text{path};
  for (char& each : text) {
    if (each == '\\') each = '/';
  }
  return text.starts_with("./") ? text.substr(2) : text;
}

}  // namespace

std::vector<LogPlace> places_in(std::string_view cleaned_line) {
  std::vector<LogPlace> places;
  re2::StringPiece rest{cleaned_line.data(), std::min(cleaned_line.size(), kLongestSearched)};
  re2::StringPiece quoted, quoted_line, path, line;
  while (places.size() < kMostPlaces &&
         RE2::FindAndConsume(&rest, place_pattern(), &quoted, &quoted_line, &path, &line)) {
    const bool is_quoted = !quoted.empty();
    const auto& name = is_quoted ? quoted : path;
    const auto& digits = is_quoted ? quoted_line : line;
    places.push_back({with_slashes({name.data(), name.size()}), number_of({digits.data(), digits.size()})});
  }
  return places;
}

}  // namespace runneriq::diagnosis
