#include "diagnosis/failed_test.hpp"

#include "core/trimmed.hpp"
#include "diagnosis/characters.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace runneriq::diagnosis {
namespace {

using Name = std::optional<std::string_view>;
constexpr auto kNone = std::string_view::npos;

Name unless_empty(std::string_view name) {
  return name.empty() ? std::nullopt : Name{name};
}

bool drop_start(std::string_view& line, std::string_view start) {
  if (!line.starts_with(start)) return false;
  line.remove_prefix(start.size());
  return true;
}

// The number that a list begins with, and what stands behind it.
bool drop_number(std::string_view& line, std::string_view behind) {
  const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
  if (digits == 0 || !line.substr(digits).starts_with(behind)) return false;
  line.remove_prefix(digits + behind.size());
  return true;
}

bool holds(std::string_view line, std::string_view text) {
  return line.find(text) != kNone;
}

// "[  FAILED  ] Cart.adds, where GetParam() = 3 (1 ms)".
Name of_google_test(std::string_view line) {
  if (!drop_start(line, "[  FAILED  ] ") || line.empty() || is_digit(line.front())) return std::nullopt;
  const std::string_view name = line.substr(0, line.find_first_of(", ("));
  return holds(name, ".") ? Name{name} : std::nullopt;
}

// "[ERROR]   CartTest.adds:12 expected:<3> but was:<4>", "…:12->check:30 » NullPointer".
Name of_maven(std::string_view line) {
  if (!drop_start(line, "[ERROR] ")) return std::nullopt;
  line = trimmed(line);
  const auto* const end =
      std::ranges::find_if_not(line, [](char c) { return is_word(c) || c == '.' || c == '$'; });
  const std::string_view name = line.substr(0, static_cast<std::size_t>(end - line.begin()));
  const std::string_view behind = line.substr(name.size());
  const bool numbered = behind.size() > 1 && behind.front() == ':' && is_digit(behind[1]);
  return numbered && holds(name, ".") ? Name{name} : std::nullopt;
}

Name of_bracket(std::string_view line) {
  const Name name = of_google_test(line);
  return name ? name : of_maven(line);
}

// "FAILED tests/cart_test.py::test_adds - KeyError", "ERROR …" where what it needs has failed.
Name of_pytest(std::string_view line) {
  if (!drop_start(line, "FAILED ") && !drop_start(line, "ERROR ")) return std::nullopt;
  const std::string_view name = line.substr(0, line.find(" - "));
  return holds(name, "::") ? Name{name} : std::nullopt;
}

// "FAIL: test_adds (tests.Cart)" of unittest and Automake, "FAIL src/cart.test.ts > Cart > adds" of Vitest.
Name of_fail(std::string_view line) {
  if (drop_start(line, "FAIL: ")) return unless_empty(line);
  return drop_start(line, "FAIL ") && holds(line, " > ") ? Name{trimmed(line)} : std::nullopt;
}

Name of_capital_f(std::string_view line) {
  const Name name = of_fail(line);
  return name ? name : of_pytest(line);
}

// "--- FAIL: TestAdds/of_two (0.01s)".
Name of_go(std::string_view line) {
  return drop_start(line, "--- FAIL: ") ? unless_empty(line.substr(0, line.find(" ("))) : std::nullopt;
}

// "not ok 3 - adds".
Name of_tap(std::string_view line) {
  return drop_start(line, "not ok ") && drop_number(line, " - ") ? unless_empty(line) : std::nullopt;
}

// "rspec ./spec/cart_spec.rb:12 # Cart adds".
Name of_rspec(std::string_view line) {
  constexpr std::string_view kComment = " # ";
  const std::size_t comment = line.find(kComment);
  if (!line.starts_with("rspec ") || comment == kNone) return std::nullopt;
  return unless_empty(line.substr(comment + kComment.size()));
}

// "test cart::adds ... FAILED".
Name of_cargo(std::string_view line) {
  constexpr std::string_view kEnd = " ... FAILED";
  if (!line.ends_with(kEnd) || !drop_start(line, "test ") || line.size() <= kEnd.size()) return std::nullopt;
  return line.substr(0, line.size() - kEnd.size());
}

// "● Cart › adds".
Name of_jest(std::string_view line) {
  return drop_start(line, "● ") && holds(line, " › ") ? Name{line} : std::nullopt;
}

// "3 - cart_test (Failed)".
Name of_ctest(std::string_view line) {
  constexpr std::array<std::string_view, 12> kEnds{
      "Failed)",   "Timeout)",   "SEGFAULT)",    "Not Run)",
      "ILLEGAL)",  "Child ",     "NUMERICAL)",   "Subprocess aborted)",
      "Exit code", "INTERRUPT)", "OTHER_FAULT)", "BAD_COMMAND)"};
  if (!drop_number(line, " - ")) return std::nullopt;
  const std::size_t end = line.rfind(" (");
  if (end == kNone || end == 0) return std::nullopt;
  const std::string_view how = line.substr(end + 2);
  const bool known = std::ranges::any_of(kEnds, [&](std::string_view word) { return how.starts_with(word); });
  return known ? Name{line.substr(0, end)} : std::nullopt;
}

// "1) CartTest::testAdds with data set #2" of PHPUnit, "1) test adds (CartTest)" of ExUnit.
Name of_listed(std::string_view line) {
  if (!drop_number(line, ") ")) return std::nullopt;
  if (line.starts_with("test ") && line.ends_with(')')) return line;
  const std::string_view name = line.substr(0, line.find(' '));
  const std::size_t colons = name.find("::");
  return colons != kNone && colons > 0 && colons + 2 < name.size() ? Name{name} : std::nullopt;
}

Name of_digit(std::string_view line) {
  const Name name = of_ctest(line);
  return name ? name : of_listed(line);
}

// "CartTest > adds() FAILED".
Name of_gradle(std::string_view line) {
  constexpr std::string_view kEnd = " FAILED";
  if (!line.ends_with(kEnd) || line.starts_with('>') || !holds(line, " > ")) return std::nullopt;
  return line.substr(0, line.size() - kEnd.size());
}

// "CartTest#test_adds [test/cart_test.rb:12]:" of Minitest.
Name of_minitest(std::string_view line) {
  const std::size_t place = line.rfind(" [");
  if (!line.ends_with("]:") || place == kNone || !holds(line.substr(0, place), "#test_")) return std::nullopt;
  return line.substr(0, place);
}

// By the last bytes of the line.
Name by_end(std::string_view line) {
  return line.back() == ':' ? of_minitest(line) : of_gradle(line);
}

// By the first byte of the line.
Name by_start(std::string_view line) {
  switch (line.front()) {
    case '[':
      return of_bracket(line);
    case 'F':
      return of_capital_f(line);
    case 'E':
      return of_pytest(line);
    case '-':
      return of_go(line);
    case 'n':
      return of_tap(line);
    case 'r':
      return of_rspec(line);
    case 't':
      return of_cargo(line);
    case '\xE2':
      return of_jest(line);
    default:
      return is_digit(line.front()) ? of_digit(line) : std::nullopt;
  }
}

}  // namespace

std::optional<std::string_view> failed_test_in(std::string_view line) {
  line = trimmed(line);
  if (line.empty()) return std::nullopt;
  const Name name = by_start(line);
  return name ? name : by_end(line);
}

}  // namespace runneriq::diagnosis
