// Laws of redaction: whatever the bytes, what was redacted stays as it is, nothing else is touched, and no
// planted secret is left.
#include "diagnosis/redaction.hpp"

#include "core/utf8.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>

namespace runneriq::diagnosis {
namespace {

constexpr std::uint32_t kSeed = 20'261'122;
constexpr int kRounds = 20'000;
constexpr std::string_view kAlphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

// One generator per test; a failing round prints its number, the seed is fixed.
class RedactionLaws : public testing::Test {
 protected:
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_);
  }

  std::string some_letters(std::size_t count) {
    std::string letters;
    while (letters.size() < count) letters += kAlphanumeric[below(kAlphanumeric.size())];
    return letters;
  }

  // Pieces that mean something to one of the recognisers, in any order.
  std::string some_piece() {
    constexpr std::array<std::string_view, 56> kPieces{"\n",
                                                       "\r",
                                                       "\x1B[",
                                                       "\x1B[31;1m",
                                                       "\x1B[K",
                                                       "\x1B(B",
                                                       "\x1B]8;;",
                                                       "\x1B",
                                                       "password",
                                                       "passwd=",
                                                       "token",
                                                       "secret: ",
                                                       "_pwd",
                                                       "api_key",
                                                       "=",
                                                       ":",
                                                       " ",
                                                       "://",
                                                       "@",
                                                       "\"",
                                                       "'",
                                                       "\\\"",
                                                       "\\n",
                                                       "[",
                                                       "]",
                                                       "[SECRET]",
                                                       "(",
                                                       "$",
                                                       "sha512-",
                                                       "h1:",
                                                       "SHA256:",
                                                       "eyJ",
                                                       ".",
                                                       "sk-",
                                                       "AKIA",
                                                       "glpat-",
                                                       "gldt-",
                                                       "ghp_",
                                                       "xoxb-",
                                                       "npm_",
                                                       "SG.",
                                                       "hvs.",
                                                       "https://",
                                                       "/",
                                                       "-----",
                                                       "BEGIN ",
                                                       "PRIVATE KEY-----",
                                                       "-----END ",
                                                       "==",
                                                       "sig=",
                                                       "Authorization: ",
                                                       "Bearer ",
                                                       "Basic ",
                                                       "hooks.slack.com/services/",
                                                       "&",
                                                       "\xF0\x9F"};
    switch (below(8)) {
      case 0:
        return {static_cast<char>(below(256))};
      case 1:
        return some_letters(1 + below(12));
      case 2:
        return some_letters(20 + below(40));
      default:
        return std::string{kPieces.at(below(kPieces.size()))};
    }
  }
  std::string some_bytes(std::size_t most) {
    std::string bytes;
    for (std::size_t left = below(most); left > 0; --left) bytes += some_piece();
    return bytes;
  }

  // A token of which no recogniser needs to know what stands around it.
  std::string some_token() {
    constexpr std::array<std::string_view, 11> kPrefixes{"glpat-",  "glrt-", "glcbt-",     "gldt-",
                                                         "ghp_",    "ghs_",  "xoxb-",      "sk-proj-",
                                                         "sk-ant-", "npm_",  "github_pat_"};
    return std::string{kPrefixes.at(below(kPrefixes.size()))} + some_letters(36);
  }
  std::string with_colours(std::string_view text) {
    constexpr std::array<std::string_view, 4> kCodes{"\x1B[0m", "\x1B[1;31m", "\x1B[K", "\x1B(B"};
    std::string coloured;
    for (const char c : text) {
      if (below(4) == 0) coloured += kCodes.at(below(kCodes.size()));
      coloured += c;
    }
    return coloured;
  }

  std::mt19937 random_{kSeed};
};

TEST_F(RedactionLaws, RedactingTwiceIsRedactingOnce) {
  std::size_t secrets = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string bytes = below(2) == 0 ? some_bytes(40) : with_colours(some_bytes(12));
    const Redaction once = redaction_of(bytes);
    ASSERT_EQ(redacted(once.text), once.text) << "round " << round << ": " << testing::PrintToString(bytes);
    ASSERT_LE(once.text.size(), 3 * bytes.size()) << "round " << round;
    ASSERT_EQ(once.count == 0, once.text == bytes) << "round " << round;
    secrets += once.count;
  }
  EXPECT_GT(secrets, kRounds / 2U);
}

TEST_F(RedactionLaws, TextStaysText) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string bytes = some_bytes(40);
    if (is_utf8(bytes)) {
      ASSERT_TRUE(is_utf8(redacted(bytes))) << "round " << round;
    }
  }
}

TEST_F(RedactionLaws, NoPlantedTokenIsLeft) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string token = some_token();
    const std::string text = some_bytes(20) + token + some_bytes(20);
    ASSERT_EQ(redacted(text).find(token.substr(token.size() - 36)), std::string::npos)
        << "round " << round << ": " << testing::PrintToString(text);
  }
}

TEST_F(RedactionLaws, NoColourHidesAToken) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = with_colours("a " + some_token() + " z");
    std::string left = redacted(text);
    for (std::size_t at = left.find('\x1B'); at != std::string::npos; at = left.find('\x1B'))
      left.erase(at, left.find_first_of("mKB", at) + 1 - at);
    ASSERT_TRUE(left.starts_with("a [") && left.ends_with("-TOKEN] z")) << "round " << round << ": " << left;
  }
}

TEST_F(RedactionLaws, ATextOfPlainWordsStays) {
  constexpr std::array<std::string_view, 12> kWords{
      "error: ",     "it broke ",    "at a.c:12 ",       "\n",
      "src/b.cpp ",  "exit code 1 ", "(found) ",         "\x1B[31m",
      "expected 3 ", "\xC3\xA4",     "--- FAIL: TestA ", "2026-06-05T11:59:14.281330Z 01O "};
  for (int round = 0; round < kRounds; ++round) {
    std::string text;
    for (std::size_t left = below(40); left > 0; --left) text += kWords.at(below(kWords.size()));
    ASSERT_EQ(redacted(text), text) << "round " << round;
  }
}

// A quadratic one would not end within the time of a test.
TEST_F(RedactionLaws, AreLinear) {
  constexpr std::size_t kLong = 1 << 19;
  for (const std::string_view piece : {"eyJ",
                                       "eyJ.",
                                       "eyJaaaaaaaa",
                                       "-----BEGIN PRIVATE "
                                       "KEY-----",
                                       "-----BEGIN PRIVATE "
                                       "KEY-----\n \n",
                                       "://",
                                       "token:",
                                       "password ",
                                       "\x1B[",
                                       "\x1B[m",
                                       "\x1B",
                                       "a",
                                       "a1B/",
                                       "[",
                                       "token=[",
                                       "glpat-",
                                       "=",
                                       "-",
                                       ":\"",
                                       "Authorization: Basic ",
                                       "hooks.slack.com/services/",
                                       "sha512-"}) {
    std::string bytes;
    while (bytes.size() < kLong) bytes += piece;
    ASSERT_LE(redacted(bytes).size(), 3 * bytes.size()) << piece;
  }
}

}  // namespace
}  // namespace runneriq::diagnosis
