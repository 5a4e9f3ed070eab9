// Laws of core/ on generated input. The seed is fixed and printed with every counter-example.
#include "core/glob.hpp"
#include "core/option.hpp"
#include "core/printable.hpp"
#include "core/time.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace runneriq {
namespace {

constexpr std::uint64_t kSeed = 20250301;
constexpr int kRounds = 20'000;

class CoreLaws : public testing::Test {
 protected:
  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>{0, end - 1}(random_);
  }

  std::string text_of(std::string_view alphabet, std::size_t longest) {
    std::string text(below(longest + 1), ' ');
    for (char& c : text) c = alphabet[below(alphabet.size())];
    return text;
  }

  std::string random_bytes(std::size_t longest) {
    std::string text(below(longest + 1), ' ');
    for (char& c : text) c = static_cast<char>(below(256));
    return text;
  }

  static std::string where(int round) {
    return "seed " + std::to_string(kSeed) + ", round " + std::to_string(round);
  }

  std::mt19937_64 random_{kSeed};
};

// The definition of the patterns, in exponential time.
bool matches_by_definition(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return matches_by_definition(pattern.substr(1), text) ||
           (!text.empty() && matches_by_definition(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         matches_by_definition(pattern.substr(1), text.substr(1));
}

TEST_F(CoreLaws, GlobAgreesWithItsDefinition) {
  int matched = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string pattern = text_of("ab*?", 8);
    const std::string text = text_of("ab", 10);
    const bool expected = matches_by_definition(pattern, text);
    ASSERT_EQ(glob_matches(pattern, text), expected)
        << where(round) << ": '" << pattern << "' on '" << text << "'";
    matched += expected ? 1 : 0;
  }
  EXPECT_GT(matched, kRounds / 20) << "too few matches to mean anything";
}

TEST_F(CoreLaws, DurationsReadBackAsPrinted) {
  constexpr std::int64_t ten_years = 315'569'520'000;
  for (int round = 0; round < kRounds; ++round) {
    std::int64_t value = std::uniform_int_distribution<std::int64_t>{0, ten_years}(random_);
    for (const std::int64_t unit : {1, 1000, 60'000, 3'600'000, 86'400'000}) {
      const Duration duration{value / unit * unit};
      const auto parsed = parse_duration(to_text(duration));
      ASSERT_TRUE(parsed) << where(round) << ": " << parsed.error().message;
      ASSERT_EQ(*parsed, duration) << where(round) << ": " << to_text(duration);
    }
  }
}

TEST_F(CoreLaws, DecimalsReadBackAsPrinted) {
  for (int round = 0; round < kRounds; ++round) {
    const double number = std::uniform_real_distribution<double>{-1000, 1000}(random_);
    const auto parsed = parse_decimal(decimal_text(number), -1000, 1000);
    ASSERT_TRUE(parsed) << where(round) << ": " << parsed.error().message;
    ASSERT_EQ(*parsed, number) << where(round) << ": " << decimal_text(number);
  }
}

TEST_F(CoreLaws, ParsersSurviveRandomBytes) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = round % 2 == 0 ? random_bytes(20) : text_of("0123456789.-smhd", 20);
    if (const auto duration = parse_duration(text)) {
      ASSERT_GE(*duration, Duration::zero()) << where(round);
      ASSERT_LE(*duration, std::chrono::years{10}) << where(round);
    }
    if (const auto whole = parse_whole(text, 3, 7000)) {
      ASSERT_GE(*whole, 3) << where(round);
      ASSERT_LE(*whole, 7000) << where(round);
    }
    if (const auto decimal = parse_decimal(text, -5, 5)) {
      ASSERT_LE(*decimal, 5) << where(round);
      ASSERT_GE(*decimal, -5) << where(round);
    }
  }
}

// An own reader of UTF-8, by code points, to check the result of printable().
struct Utf8Check {
  bool valid = true;
  bool harmless = true;
};

Utf8Check check(std::string_view text) {
  Utf8Check found;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    std::uint32_t c = length == 1 ? first : first & ((1U << (7 - length)) - 1);
    if (length > 1 && first < 0xC0) found.valid = false;
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U;
      if (next < 0x80 || next > 0xBF) found.valid = false;
      c = c * 64 + next % 64;
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < smallest[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) found.valid = false;
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029) found.harmless = false;
    if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069)) found.harmless = false;
    i += length;
  }
  return found;
}

TEST_F(CoreLaws, PrintableIsOneValidLineWhateverTheBytes) {
  // Bytes that begin or continue characters are frequent, so that nearly valid text is, too.
  const std::string tricky = "a/\\\n\r\t\x1b\x7f\x80\x85\x9b\xa8\xae\xbf\xc0\xc2\xe0\xe2\xed\xef\xf0\xf4\xff";
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = round % 2 == 0 ? random_bytes(60) : text_of(tricky, 60);
    const std::size_t limit = below(80);
    const std::string line = printable(text, limit);
    const Utf8Check found = check(line);
    ASSERT_TRUE(found.valid) << where(round) << ": no UTF-8: " << testing::PrintToString(line);
    ASSERT_TRUE(found.harmless) << where(round) << ": " << testing::PrintToString(line);
    ASSERT_LE(line.size(), limit) << where(round);
    ASSERT_NE(line.substr(0, 1), "/") << where(round);
  }
}

// So different texts never look the same, as long as nothing is cut.
TEST_F(CoreLaws, PrintableLosesNothingThatFits) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string a = text_of("x\\n\n01", 4);
    const std::string b = text_of("x\\n\n01", 4);
    ASSERT_EQ(printable(a) == printable(b), a == b) << where(round) << ": " << testing::PrintToString(a);
  }
}

}  // namespace
}  // namespace runneriq
