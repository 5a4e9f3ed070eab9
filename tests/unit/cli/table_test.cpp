#include "cli/table.hpp"

#include "cli/words.hpp"
#include "core/lines.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace runneriq::cli {
namespace {

TEST(Table, AlignsItsColumns) {
  EXPECT_EQ(table_text({{"NAME"}, {"NUMBER", Align::right}, {"LAST"}},
                       {{{"a"}, {"1"}, {"x"}}, {{"long"}, {"12"}, {""}}}),
            "NAME NUMBER LAST\n"
            "a         1 x\n"
            "long     12\n");
}

TEST(Table, CountsCharactersAndNotBytes) {
  EXPECT_EQ(table_text({{""}, {""}}, {{{"äö"}, {"x"}}, {{"abc"}, {"y"}}}), "äö  x\nabc y\n");
}

TEST(Table, CutsTheWidestColumnUntilLinesFit) {
  const std::string text = table_text({{"", Align::left, Cut::end}, {"", Align::left, Cut::start}, {"id"}},
                                      {{{std::string(100, 'a')}, {std::string(10, 'b') + "end"}, {"12345"}}});
  const auto lines = lines_of(text);
  EXPECT_EQ(width_of(lines[1]), kTextWidth);
  EXPECT_TRUE(lines[1].starts_with("aaaa"));
  EXPECT_NE(lines[1].find("a… bbbbbbbbbbend 12345"), std::string::npos) << text;
}

TEST(Table, CutsAtTheStartWhereTheEndTellsMore) {
  const std::string text = table_text({{"", Align::left, Cut::start}}, {{{std::string(90, 'x') + "/shop"}}});
  EXPECT_TRUE(text.starts_with("…x")) << text;
  EXPECT_TRUE(text.ends_with("/shop\n")) << text;
}

TEST(Table, NeverCutsWhatMustStayWhole) {
  EXPECT_EQ(table_text({{""}}, {{{std::string(100, 'x')}}}), std::string(100, 'x') + "\n");
}

TEST(Table, PaintIsNoWidth) {
  EXPECT_EQ(table_text({{""}, {""}}, {{{"ab", "\x1b[1m"}, {"x"}}, {{"abc"}, {"y"}}}),
            "\x1b[1mab\x1b[0m  x\nabc y\n");
}

TEST(Wrapped, IndentsAllLinesButTheFirst) {
  std::string words;
  for (int i = 0; i < 30; ++i) words += "word ";
  const std::string text = wrapped("- ", words);
  for (const std::string_view line : lines_of(text)) EXPECT_LE(width_of(line), kTextWidth);
  EXPECT_TRUE(text.starts_with("- word word"));
  EXPECT_NE(text.find("\n  word"), std::string::npos);
  EXPECT_EQ(wrapped("a: ", ""), "a: \n");
}

TEST(Wrapped, LeavesAWordThatIsTooLongWhole) {
  EXPECT_EQ(wrapped("", "a " + std::string(90, 'x') + " b"), "a\n" + std::string(90, 'x') + "\nb\n");
}

TEST(ShortReading, IsAtMostSixCharacters) {
  using namespace std::chrono_literals;
  const std::pair<Duration, std::string> cases[]{{-5s, "0s"},    {0s, "0s"},       {59999ms, "59s"},
                                                 {60s, "1m"},    {59min, "59m"},   {60min, "1h00m"},
                                                 {26h, "1d02h"}, {125min, "2h05m"}};
  for (const auto& [duration, text] : cases) EXPECT_EQ(short_reading(duration), text);
}

TEST(OnOneLine, EscapesOnceAndOnlyWhatMoves) {
  EXPECT_EQ(on_one_line("plain: 'x' (ä)"), "plain: 'x' (ä)");
  EXPECT_EQ(on_one_line("\x1b[2J"), "\\x1b[2J");
  EXPECT_EQ(on_one_line(on_one_line("a\n\x1b[2J")), "a\\n\\x1b[2J");
  EXPECT_EQ(on_one_line("/etc/x"), "/etc/x");
  EXPECT_EQ(on_one_line("\xff"), "\\xff");
}

}  // namespace
}  // namespace runneriq::cli
