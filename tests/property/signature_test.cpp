// Laws of headlines and signatures: whatever the bytes, they are found, are text, and depend on nothing that
// changes from run to run.
#include "diagnosis/signature.hpp"

#include "core/utf8.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>

namespace runneriq::diagnosis {
namespace {

constexpr std::uint32_t kSeed = 20'261'122;
constexpr int kRounds = 20'000;

// One generator per test; a failing round prints its number, the seed is fixed.
class SignatureLaws : public testing::Test {
 protected:
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_);
  }

  // Bytes of which most mean something to a terminal, to GitLab or to the reader of errors.
  std::string some_bytes(std::size_t most) {
    constexpr std::array<std::string_view, 30> kPieces{"\n",
                                                       "\r",
                                                       "\r\n",
                                                       "\x1B[",
                                                       "\x1B]",
                                                       "\x1B\\",
                                                       "\x07",
                                                       "\x1B[31;1m",
                                                       "section_start:",
                                                       "section_end:1:step_script\r",
                                                       "2026-06-05T11:59:14.281330Z 01E ",
                                                       "2026-06-05",
                                                       "error: ",
                                                       "ERROR: Job failed",
                                                       "AssertionError",
                                                       "no ",
                                                       "found",
                                                       "0 ",
                                                       "/a/b7/c",
                                                       "C:\\",
                                                       "http://",
                                                       "::",
                                                       "1.2.3.4",
                                                       "deadbeef1",
                                                       "12s ",
                                                       "\xC3\xA4",
                                                       "\xF0\x9F\x98",
                                                       "'",
                                                       "exit code ",
                                                       "~/"};
    std::string bytes;
    for (std::size_t left = below(most); left > 0; --left) {
      if (below(2) == 0)
        bytes += kPieces.at(below(kPieces.size()));
      else
        bytes += static_cast<char>(below(256));
    }
    return bytes;
  }
  std::string some_digits() { return std::to_string(below(1'000'000'000)); }

  std::mt19937 random_{kSeed};
};

bool is_one_line(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7F; });
}

TEST_F(SignatureLaws, AnyBytesGiveAText) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string bytes = some_bytes(80);
    const auto headline = headline_of(bytes);
    const std::string line = normalised(bytes);
    ASSERT_TRUE(is_utf8(line) && is_one_line(line)) << "round " << round;
    if (!headline) continue;
    ASSERT_TRUE(is_utf8(headline->text) && is_one_line(headline->text)) << "round " << round;
    ASSERT_FALSE(headline->text.empty()) << "round " << round;
    ASSERT_LE(headline->text.size(), 500U) << "round " << round;
    ASSERT_EQ(headline->normalised, normalised(headline->text)) << "round " << round;
    ASSERT_EQ(signature_of(*headline).size(), 16U) << "round " << round;
  }
}

TEST_F(SignatureLaws, TheSameBytesGiveTheSame) {
  for (int round = 0; round < kRounds / 10; ++round) {
    const std::string bytes = some_bytes(60);
    const auto first = headline_of(bytes);
    const auto second = headline_of(bytes);
    ASSERT_EQ(first.has_value(), second.has_value()) << "round " << round;
    if (first) {
      ASSERT_EQ(signature_of(*first), signature_of(*second)) << "round " << round;
    }
  }
}

TEST_F(SignatureLaws, NumbersTimesAndPlacesDoNotCount) {
  const auto failure = [&] {
    return "2026-06-05T11:59:" + std::to_string(10 + below(50)) + ".281330Z 01E /builds/" + some_digits() +
           "/shop/a.py:" + some_digits() + ": ValueError: 10.0.0." + std::to_string(below(256)) + " took " +
           some_digits() + "ms, job " + some_digits() + "\n";
  };
  const std::string expected = signature_of(*headline_of(failure()));
  for (int round = 0; round < kRounds / 10; ++round)
    ASSERT_EQ(signature_of(*headline_of(failure())), expected) << "round " << round;
}

// A line of progress, a command, or an empty line around it does not make it another failure.
TEST_F(SignatureLaws, WhatStandsAroundDoesNotCount) {
  constexpr std::array<std::string_view, 6> kAround{"compiling a.c\n",   "\n",
                                                    "$ make all\n",      "10 %\r20 %\r100 %\n",
                                                    "PASS all errors\n", "ERROR: Job failed: exit code 1\n"};
  const auto some_lines = [&] {
    std::string lines;
    for (std::size_t left = below(10); left > 0; --left) lines += kAround.at(below(kAround.size()));
    return lines;
  };
  for (int round = 0; round < kRounds / 10; ++round)
    ASSERT_EQ(headline_of(some_lines() + "fatal: it broke\n" + some_lines())->text, "fatal: it broke")
        << "round " << round;
}

TEST_F(SignatureLaws, AreLinear) {
  constexpr std::size_t kLong = 1 << 19;
  for (const std::string_view piece : {"\x1B]", "\x1B[", "\r", "/a", "'1 ", "1.1.", "::", "a1",
                                       "section_start:", "error 0 ", "http://", "1s"}) {
    std::string bytes;
    while (bytes.size() < kLong) bytes += piece;
    ASSERT_TRUE(is_utf8(normalised(bytes))) << piece;
    static_cast<void>(headline_of(bytes));
  }
}

}  // namespace
}  // namespace runneriq::diagnosis
