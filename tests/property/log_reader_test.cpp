// Laws of reading a log: whatever the bytes and wherever they are cut, the same is read, and it is text.
#include "core/utf8.hpp"
#include "diagnosis/read_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <sstream>
#include <string>
#include <string_view>

namespace runneriq::diagnosis {
namespace {

constexpr std::uint32_t kSeed = 20'261'122;

RuleBook& rules() {
  static RuleBook book;
  return book;
}

// All that a log says, in one text.
std::string told(const ReadLog& log) {
  std::ostringstream out;
  out << log.line_count << ' ' << log.byte_count << ' ' << log.whole << ' ' << log.exit_code << ' '
      << log.last_words << '\n';
  for (const LogLine& line : log.lines) {
    out << line.number << ' ' << static_cast<int>(line.part) << ' ' << static_cast<int>(line.reading) << ' '
        << line.command << ' ' << line.after_gap << ' ' << line.text;
    for (const RuleIndex hit : log.hits_of(line)) out << ' ' << hit;
    out << '\n';
  }
  for (const LogCommand& command : log.commands)
    out << command.line << ' ' << command.text << ' ' << command.exit_code.value_or(-1) << '\n';
  return out.str();
}

class LogReaderLaws : public testing::Test {
 protected:
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_);
  }

  std::string some_log(std::size_t pieces) {
    constexpr std::array<std::string_view, 44> kPieces{
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "\b",
        "\x1B[31;1m",
        "\x1B[0K",
        "\x1B]8;;x\x07",
        "\x1B]0;x",
        "\x1B\\",
        "\x1B",
        "section_start:1:step_script\r\x1B[0K",
        "section_end:1:step_script\r\x1B[0K",
        "section_start:1:after_script\r\x1B[0K",
        "section_start:1:mine[collapsed=true]\r\x1B[0K",
        "section_end:2:mine\r",
        "2026-06-05T11:59:14.281330Z 01O ",
        "2026-06-05T11:59:14.281330Z 01O+",
        "2026-06-05T11:59:14.281330Z 00O ",
        "2026-06-05T11:59:14.281330Z 00O+",
        "travis_fold:start:git.checkout\r\x1B[0K",
        "travis_fold:end:git.checkout\r",
        "travis_time:start:0f\r\x1B[0K",
        "travis_time:end:0f:start=1,finish=2,duration=1\r\x1B[0K",
        "The command \"make\" exited with 2.",
        "Done. Your build exited with 1.",
        "$ make",
        "\x1B[32;1m$ make\x1B[0;m",
        "##[group]Run make",
        "##[error]Process completed with exit code 2.",
        "+ make",
        "error: broken",
        "No space left on device",
        "all is well",
        "ERROR: Job failed: exit code 3",
        "\xE2\x80\xAE",
        "\xEF\xBB\xBF",
        "\xC3",
        "\xA4",
        "ä",
        "\t  ",
        "FAILED tests/x.py::test_a",
        "Running with gitlab-runner 17"};
    std::string log;
    for (std::size_t i = 0; i < pieces; ++i) {
      if (below(40) == 0)
        log.append(below(700), static_cast<char>(below(256)));
      else
        log += kPieces.at(below(kPieces.size()));
    }
    return log;
  }

  std::string read_in_pieces(std::string_view raw, std::size_t longest, const LogReader::Limits& limits) {
    LogReader reader{rules(), limits};
    while (!raw.empty()) {
      const std::size_t taken = std::min(raw.size(), 1 + below(longest));
      reader.feed(raw.substr(0, taken));
      raw.remove_prefix(taken);
    }
    return told(std::move(reader).finish());
  }

 private:
  std::mt19937 random_{kSeed};
};

TEST_F(LogReaderLaws, CutsDoNotMatter) {
  for (int round = 0; round < 3000; ++round) {
    const std::string raw = some_log(1 + below(120));
    const std::string whole = told(read_log(raw, rules()));
    EXPECT_EQ(read_in_pieces(raw, 1, {}), whole) << round;
    EXPECT_EQ(read_in_pieces(raw, 40, {}), whole) << round;
    if (HasFailure()) return;
  }
}

TEST_F(LogReaderLaws, CutsDoNotMatterToLongLinesAndLongLogs) {
  const LogReader::Limits small{.beginning = 1, .end = 32 << 10, .around = 32 << 10};
  for (int round = 0; round < 12; ++round) {
    std::string raw;
    for (int i = 0; i < 30; ++i) {
      raw += some_log(200);
      if (below(4) == 0) raw.append(below(900'000), 'x');
      if (below(4) == 0) {
        for (std::size_t n = below(60'000); n > 0; --n) raw += "12 %\r";
      }
    }
    LogReader reader{rules(), small};
    reader.feed(raw);
    const std::string whole = told(std::move(reader).finish());
    EXPECT_EQ(read_in_pieces(raw, 9000, small), whole) << round;
    EXPECT_EQ(read_in_pieces(raw, 500'000, small), whole) << round;
    if (HasFailure()) return;
  }
}

TEST_F(LogReaderLaws, LinesAreTextInOrderWithinTheLog) {
  for (int round = 0; round < 3000; ++round) {
    const std::string raw = some_log(1 + below(200));
    const ReadLog log = read_log(raw, rules());
    EXPECT_TRUE(log.whole) << round;
    EXPECT_EQ(log.line_count, std::ranges::count(raw, '\n') + (!raw.empty() && raw.back() != '\n' ? 1 : 0))
        << round;
    std::int64_t last = 0;
    for (const LogLine& line : log.lines) {
      EXPECT_TRUE(is_utf8(line.text)) << round;
      EXPECT_LE(line.text.size(), LogReader::kLongestLine) << round;
      EXPECT_EQ(line.text.find_first_of("\r\n\x1B\b"), std::string_view::npos) << round;
      EXPECT_GE(line.number, last) << round;
      EXPECT_LT(line.command, std::ssize(log.commands)) << round;
      last = line.number;
    }
    EXPECT_LE(last, log.line_count) << round;
    for (const LogCommand& command : log.commands) ASSERT_LT(command.line, log.lines.size()) << round;
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace runneriq::diagnosis
