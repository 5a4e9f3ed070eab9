#include "diagnosis/known_secrets.hpp"

#include "diagnosis/redaction.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::diagnosis {
namespace {

std::string redacted_with(const std::vector<std::string>& values, std::string_view text) {
  const KnownSecrets known{values};
  return redaction_of(text, {.known = &known}).text;
}

struct Row {
  std::string value, text, redacted;
};

// base64 and hexadecimal by base64(1) and xxd(1).
const std::vector<Row>& rows() {
  static const std::vector<Row> all{
      {"pa$s.w*rd", "use pa$s.w*rd now", "use [MASKED] now"},
      {"pa$s.w*rd", "xpa$s.w*rdx", "x[MASKED]x"},
      {"p\xC3\xA4ss w\xC3\xB6rt", "p\xC3\xA4ss w\xC3\xB6rt", "[MASKED]"},
      {"sesame", "c2VzYW1l", "[MASKED]"},
      {"sesame", "c2VzYW1lCg==", "[MASKED]Cg=="},          // with a line end
      {"sesame!", "c2VzYW1lIQo=", "[MASKED]o="},           // with a line end: "Q" has bits of both
      {"sesame", "YXNlc2FtZQ==", "Y[MASKED]"},             // "asesame"
      {"sesame", "YWFzZXNhbWU=", "YW[MASKED]"},            // "aasesame"
      {"sesame", "YWFhc2VzYW1lYWFh", "YWFh[MASKED]YWFh"},  // "aaasesameaaa"
      {"\xFB\xFF\xFE\xFB\xFF\xFE", "+//++//+", "[MASKED]"},
      {"\xFB\xFF\xFE\xFB\xFF\xFE", "-__--__-", "[MASKED]"},
      {"a/b c&d=e", "a%2Fb%20c%26d%3De", "[MASKED]"},
      {"a/b c&d=e", "a%2fb+c%26d%3de", "[MASKED]"},
      {"a/b c&d=e", "a/b%20c%26d=e", "[MASKED]"},
      {"sesame", "%73%65%73%61%6D%65", "[MASKED]"},
      {"sesame", "%73es%61m%65", "[MASKED]"},
      {"sesame", "736573616d65", "[MASKED]"},
      {"sesame", "736573616D65", "[MASKED]"},
      {"sesame", "73:65:73:61:6d:65", "[MASKED]"},
      {"sesame", "73 65 73 61 6D 65", "[MASKED]"},
      {"sesame", "7365 7361 6d65", "[MASKED]"},
      {"sesame", "0x73, 0x65, 0x73, 0x61, 0x6d, 0x65", "0x[MASKED]"},
      {"say \"hi\"\t/x", R"({"a":"say \"hi\"\t/x"})", R"({"a":"[MASKED]"})"},
      {"say \"hi\"\t/x", R"({"a":"say \u0022hi\u0022\t\/x"})", R"({"a":"[MASKED]"})"},
      {"p\xC3\xA4ssw\xC3\xB6rt", R"(p\u00e4ssw\u00F6rt)", "[MASKED]"},
      {"key\xF0\x9F\x98\x80key", R"(key\ud83d\ude00key)", "[MASKED]"},
      {"key\xF0\x9F\x98\x80key", R"(key\u{1F600}key)", "[MASKED]"},
      {"p\xC3\xA4sswort", R"(b'p\xc3\xa4sswort')", "b'[MASKED]'"},
      {"p\xC3\xA4sswort", R"($'p\303\244sswort')", "$'[MASKED]'"},
      {"it's me", R"('it'\''s me')", "'[MASKED]'"},
      {"it's me", R"('it'"'"'s me')", "'[MASKED]'"},
      {"a b$c d", R"(a\ b\$c\ d)", "[MASKED]"},
      {"a<b>&\"c", "a&lt;b&gt;&amp;&quot;c", "[MASKED]"},
      {"a<b>&\"c", "a&#60;b&#x3E;&#38;&#x22;c", "[MASKED]"},
      {"open sesame", "open\x1B[0m ses\x1B[31mame", "[MASKED]\x1B[0m\x1B[31m"},
      {"sesame", "se\xE2\x80\x8Bsame", "[MASKED]\xE2\x80\x8B"},
      {"first line\nthe second", "first line\nthe second", "[MASKED]"},
      {"first line\nthe second", "first line\r\nthe second", "[MASKED]"},
      {"first line\nthe second", R"("first line\nthe second")", R"("[MASKED]")"},
      {"first line\nthe second", "a first line b the second c", "a [MASKED] b [MASKED] c"},
      {"first line\nthe second\nx",
       "2026-06-05T11:59:14.281330Z 01O first line\n2026-06-05T11:59:15.281330Z "
       "01O the second\n2026-06-05T11:59:16.281330Z 01O x",
       "2026-06-05T11:59:14.281330Z 01O [MASKED]"},
      {"sesame\n", "sesame,", "[MASKED],"},
  };
  return all;
}

TEST(KnownSecrets, AreFoundInAllEncodings) {
  for (const Row& row : rows()) EXPECT_EQ(redacted_with({row.value}, row.text), row.redacted) << row.text;
}

TEST(KnownSecrets, AreFoundAmidOtherText) {
  for (const Row& row : rows()) {
    EXPECT_EQ(redacted_with({row.value, "another"}, "-- " + row.text + "\n"), "-- " + row.redacted + "\n");
    EXPECT_EQ(redacted_with({"another", row.value}, row.text + "\nanother"), row.redacted + "\n[MASKED]");
  }
}

TEST(KnownSecrets, AreFoundWhereLinesAreWrapped) {
  const std::string value = "a long value of which the base64 does not go into one line of seventy-six signs";
  const std::string base64 =
      "YSBsb25nIHZhbHVlIG9mIHdoaWNoIHRoZSBiYXNlNjQgZG9lcyBub3QgZ28gaW50byBvbmUgbGluZSBvZiBzZXZlbnR5LXNpeCBz"
      "aWducw==";
  for (std::size_t width = 4; width < base64.size(); ++width) {
    for (const std::string_view line_end : {"\n", "\r\n", "\\n", "\n    ", "\\\n"}) {
      std::string wrapped = base64;
      for (std::size_t at = base64.size() / width * width; at > 0; at -= width)
        if (at < base64.size()) wrapped.insert(at, line_end);
      const std::string left = redacted_with({value}, wrapped);
      ASSERT_TRUE(left.starts_with('[') && left.size() < 20) << width << ": " << left;
    }
  }
}

TEST(KnownSecrets, LongOnesAreFoundByTheirPieces) {
  std::string value;
  for (int i = 0; value.size() < 5'000; ++i) value += std::to_string(i * i) + "/";
  EXPECT_EQ(redacted_with({value}, "a" + value + "b"), "a[MASKED]b");
  EXPECT_EQ(redacted_with({value}, value.substr(0, 400)).substr(0, 8), "[MASKED]");
}

TEST(KnownSecrets, TheLongestIsTaken) {
  const std::vector<std::string> values{"sesame", "sesame street", "same st", "open sesame"};
  EXPECT_EQ(redacted_with(values, "sesame street, sesame, sesame stre"), "[MASKED], [MASKED], [MASKED]re");
  EXPECT_EQ(redacted_with(values, "open sesame street"), "[MASKED]");
}

TEST(KnownSecrets, AreJoinedWithWhatLooksLikeASecret) {
  const std::string token = "gh" + std::string{"p_aZ3kQ9xW1mB7tR5yL0pD8vN2sH6cF4gJaZ3k"};
  EXPECT_EQ(redacted_with({"aZ3kQ9xW1m"}, token), "[GITHUB-TOKEN]");
  EXPECT_EQ(redacted_with({token + "-and more"}, token + "-and more"), "[MASKED]");
  EXPECT_EQ(redacted_with({"hunter2 and"}, "password=hunter2 and more"), "password=[MASKED] more");
}

TEST(KnownSecrets, ShortOnesAndPlaceholdersAreLeftOut) {
  EXPECT_EQ(redacted_with({"short", ""}, "short"), "short");
  EXPECT_EQ(redacted_with({"SECRET", "MASKED", "[MASKED]", "PASSWORD"}, "SECRET [MASKED]"),
            "SECRET [MASKED]");
  EXPECT_EQ(redacted_with({"many lines\nPASSWORD"}, "password=x12345678"), "password=[PASSWORD]");
  EXPECT_EQ(redacted_with({}, "any text at all"), "any text at all");
  EXPECT_EQ(KnownSecrets{std::vector<std::string>{}}.longest(), 0U);
  EXPECT_GE(KnownSecrets{std::vector<std::string>{"sesame"}}.longest(), 36U);
}

// Said here, so that nobody relies on them.
TEST(KnownSecrets, AreNotFoundWhenEncodedTwiceOrReversed) {
  for (const std::string_view text :
       {"YzJWellXMWw=", "373336353733363136643635", "emases", "SESAME", "s e s a m e"})
    EXPECT_EQ(redacted_with({"sesame"}, text), text);
  EXPECT_EQ(redacted_with({"sesame\xFB\xFF"}, "c2VzYW1l%2B%2F8%3D"), "[MASKED]%3D");  // base64 in an address
}

TEST(KnownSecrets, AThousandAreFound) {
  std::vector<std::string> values;
  std::string text;
  for (int i = 0; i < 1'001; ++i) {
    values.push_back("value-" + std::to_string(i * 7'919) + "-");
    text += values.back() + "\n";
  }
  const KnownSecrets known{values};
  EXPECT_EQ(redaction_of(text, {.known = &known}).count, KnownSecrets::kMost);
}

TEST(KnownSecrets, NextBeginsWhereItIsAsked) {
  const KnownSecrets known{std::vector<std::string>{"sesame"}};
  const std::string_view text = "sesame sesame";
  ASSERT_TRUE(known.next(text, 1));
  EXPECT_EQ(known.next(text, 1)->begin, 7U);
  EXPECT_EQ(known.next(text, 7)->end, 13U);
  EXPECT_FALSE(known.next(text, 8));
  EXPECT_FALSE(known.next(text, 99));
}

}  // namespace
}  // namespace runneriq::diagnosis
