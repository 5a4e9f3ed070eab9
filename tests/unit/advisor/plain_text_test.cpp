#include "advisor/plain_text.hpp"

#include "core/utf8.hpp"

#include <gtest/gtest.h>

namespace runneriq::advisor {
namespace {

TEST(PlainLine, LeavesOutWhatCannotBeSeen) {
  EXPECT_EQ(plain_line("a\tb\nc\rd\x1B[31m\x7F", 100), "a b cd[31m");
  EXPECT_EQ(plain_line("x\u202Ey\u200Bz\uFEFF\u2066\u00AD", 100), "xyz");
  EXPECT_EQ(plain_line("hi\U000E0041\U000E0042\U000E007F!", 100), "hi!");
  EXPECT_EQ(plain_line("\xC2\x85", 100), "");
  EXPECT_EQ(plain_line("größer → 你好", 100), "größer → 你好");
  EXPECT_EQ(plain_line(std::string_view("a\0b", 3), 100), "ab");
}

TEST(PlainLine, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(plain_line("a\xFF"
                       "b\xC3",
                       100),
            "a\uFFFD"
            "b\uFFFD");
}

TEST(PlainLine, IsCutAtACharacter) {
  EXPECT_EQ(plain_line("abcdef", 6), "abcdef");
  EXPECT_EQ(plain_line("abcdefg", 6), "abc…");
  for (std::size_t most = 0; most < 20; ++most) {
    const std::string cut = plain_line("äöüäöüäöüäöü", most);
    EXPECT_LE(cut.size(), most);
    EXPECT_TRUE(is_utf8(cut)) << most;
  }
}

TEST(RedactedLine, FindsSecretsThatWhatCannotBeSeenInterrupts) {
  EXPECT_EQ(redacted_line("token glpat"
                          "-AbCdEfGhIjKlMnOpQrSt now",
                          {}, 100),
            "token [GITLAB-TOKEN] now");
  EXPECT_EQ(redacted_line("token glpat"
                          "-AbCdEf\u200BGhIjKlMnOpQrSt now",
                          {}, 100),
            "token [GITLAB-TOKEN] now");
  EXPECT_EQ(redacted_line("token glpat"
                          "-AbCd\x1B[31mEfGhIjKlMnOpQrSt",
                          {}, 100)
                .find("OpQrSt"),
            std::string::npos);
}

TEST(RedactedLine, IsRedactedBeforeItIsCut) {
  const std::string line = redacted_line(
      "0123456789 glpat"
      "-AbCdEfGhIjKlMnOpQrSt",
      {}, 22);
  EXPECT_EQ(line.find("glpat"), std::string::npos) << line;
}

}  // namespace
}  // namespace runneriq::advisor
