// Laws of redaction bit by bit: what comes out is the redaction of the whole, wherever it is cut, and little
// is held.
#include "diagnosis/streaming_redaction.hpp"

#include "tests/evaluation/secret_samples.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {
namespace {

constexpr std::uint32_t kSeed = 20'261'122;

class StreamingLaws : public testing::Test {
 protected:
  std::string some_text(std::size_t length) {
    constexpr std::array<std::string_view, 24> kPieces{"\n",
                                                       "\r\n",
                                                       "\x1B[31m",
                                                       "\x1B[0;",
                                                       "password=",
                                                       "token: ",
                                                       "sesame",
                                                       " street",
                                                       "c2VzYW1l",
                                                       "%73esame",
                                                       "\\n",
                                                       "://user:",
                                                       "@host.example.org/",
                                                       "jane@example.org",
                                                       "203.0.113.7 ",
                                                       "/home/jane/",
                                                       "glpat-",
                                                       "ghp_",
                                                       "-----BEGIN PRIVATE KEY-----\n",
                                                       "-----END PRIVATE KEY-----\n",
                                                       "a plain line of words\n",
                                                       ",",
                                                       "\xE2\x80\x8B",
                                                       "2026-06-05T11:59:14.281330Z 01O "};
    std::string text;
    while (text.size() < length) {
      const std::size_t kind = maker_.below(10);
      if (kind == 0)
        text += maker_.made(
            evaluation::sample_shapes().at(maker_.below(evaluation::sample_shapes().size())).shape);
      else if (kind == 1)
        text += maker_.made("{b60}");
      else if (kind == 2)
        text += static_cast<char>(maker_.below(256));
      else
        text += kPieces.at(maker_.below(kPieces.size()));
    }
    return text;
  }
  // Lines as of a log, with secrets now and then.
  std::string some_log(std::size_t length) {
    std::string text;
    while (text.size() < length) {
      text +=
          "  CC src/part" + std::to_string(maker_.below(10'000)) + ".c: warning: something is unused here\n";
      if (maker_.below(40) == 0) text += some_text(200);
    }
    return text;
  }

  std::string streamed(const std::string& text, const std::vector<std::size_t>& cuts) {
    StreamingRedaction stream{terms()};
    std::string all;
    std::size_t at = 0;
    for (const std::size_t cut : cuts) {
      all += stream.feed(std::string_view{text}.substr(at, cut - at));
      at = cut;
    }
    all += stream.feed(std::string_view{text}.substr(at));
    all += stream.finish();
    EXPECT_EQ(stream.count(), redaction_of(text, terms()).count);
    return all;
  }
  std::vector<std::size_t> some_cuts(std::size_t length, std::size_t most) {
    std::vector<std::size_t> cuts;
    for (std::size_t at = maker_.below(most); at < length; at += 1 + maker_.below(most)) cuts.push_back(at);
    return cuts;
  }
  [[nodiscard]] RedactionTerms terms() const {
    return {.known = &known_, .personal = RedactionTerms::Personal::redact};
  }

  evaluation::SampleMaker maker_{kSeed};
  KnownSecrets known_{std::vector<std::string>{"sesame", "sesame street", "two lines\nof a value"}};
};

TEST_F(StreamingLaws, AllCutsOfSmallTexts) {
  for (int round = 0; round < 20; ++round) {
    const std::string text = some_text(120), whole = redaction_of(text, terms()).text;
    for (std::size_t cut = 0; cut <= text.size(); ++cut)
      ASSERT_EQ(streamed(text, {cut}), whole) << "round " << round << ", cut " << cut;
  }
}

TEST_F(StreamingLaws, SomeCutsOfLongTexts) {
  for (int round = 0; round < 12; ++round) {
    const std::string text = round % 2 == 0 ? some_log(400'000) : some_text(200'000);
    const std::string whole = redaction_of(text, terms()).text;
    for (const std::size_t most : {700U, 70'000U, 300'000U})
      ASSERT_EQ(streamed(text, some_cuts(text.size(), most)), whole)
          << "round " << round << ", up to " << most;
  }
}

TEST_F(StreamingLaws, LittleIsHeld) {
  for (const std::string_view piece :
       {"a", "\n", "\x1B[m", "a1B/", "sesame", "-----BEGIN PRIVATE KEY-----\n", "AAAA/\n", ","}) {
    StreamingRedaction stream{terms()};
    std::string bytes, said;
    while (bytes.size() < 4'000) bytes += piece;
    for (std::size_t fed = 0; fed < 500'000; fed += bytes.size()) said += stream.feed(bytes);
    EXPECT_LE(stream.finish().size(), 3 * StreamingRedaction::kMostHeld) << piece;
  }
}

// A long text is redacted in parts: none of them cuts a secret.
TEST_F(StreamingLaws, NoPlantedSecretIsLeftInLongTexts) {
  const std::vector<std::string> planted{maker_.made("ghp_{n36}"), maker_.made("glpat-{w20}"),
                                         "sesame street", "%73esame%20str%65et", "c2VzYW1lIHN0cmVldA=="};
  for (int round = 0; round < 30; ++round) {
    std::string text;
    while (text.size() < 300'000) {
      text +=
          std::string(1 + maker_.below(200), 'x') + (maker_.below(round < 15 ? 3 : 3'000) == 0 ? "\n" : " ");
      text += planted.at(maker_.below(planted.size())) + (round % 3 == 0 ? "," : " ");
    }
    const std::string left = redaction_of(text, terms()).text;
    for (const std::string& secret : planted)
      ASSERT_EQ(left.find(secret.substr(4)), std::string::npos) << round;
    ASSERT_EQ(left.find("same"), std::string::npos) << round;
    ASSERT_EQ(redaction_of(left, terms()).text, left) << round;
  }
}

// What is told by words before it, or goes on in the next line, needs both.
TEST_F(StreamingLaws, NoPartEndsBetweenASecretAndWhatTellsOfIt) {
  for (std::size_t shift = 0; shift < 40; ++shift) {
    std::string told(shift, 'x'), wrapped(shift, 'x');
    while (told.size() < 150'000) told += " Authorization: Basic dXNlcjpodW50ZXIy";
    while (wrapped.size() < 150'000) wrapped += "\nc2VzYW1l\nIHN0cmVl\ndA==";
    ASSERT_EQ(redaction_of(told, terms()).text.find("dXNl"), std::string::npos) << shift;
    ASSERT_EQ(redaction_of(wrapped, terms()).text.find("IHN0"), std::string::npos) << shift;
  }
}

TEST_F(StreamingLaws, RedactingTwiceIsRedactingOnce) {
  for (int round = 0; round < 5'000; ++round) {
    const std::string text = some_text(1 + maker_.below(300));
    const Redaction once = redaction_of(text, terms());
    ASSERT_EQ(redaction_of(once.text, terms()).text, once.text)
        << "round " << round << ": " << testing::PrintToString(text);
    ASSERT_LE(once.text.size(), 3 * text.size()) << "round " << round;
    ASSERT_EQ(once.count == 0, once.text == text) << "round " << round;
  }
}

TEST_F(StreamingLaws, AnyValuesMayBeKnown) {
  for (int round = 0; round < 2'000; ++round) {
    const KnownSecrets known{
        std::vector<std::string>{some_text(1 + maker_.below(40)), some_text(8), "[IP]-x"}};
    const std::string text = some_text(200);
    const RedactionTerms terms{.known = &known, .personal = RedactionTerms::Personal::redact};
    const Redaction once = redaction_of(text, terms);
    ASSERT_LE(once.text.size(), 3 * text.size() + 3) << "round " << round;
  }
}

}  // namespace
}  // namespace runneriq::diagnosis
