// How many planted secrets are found, how often there is a false alarm, and how fast. Printed; the seed is
// fixed and may be given by RUNNERIQ_SEED.
#include "diagnosis/redaction.hpp"
#include "diagnosis/streaming_redaction.hpp"
#include "diagnosis/uncoloured.hpp"
#include "tests/evaluation/log_chunks.hpp"
#include "tests/evaluation/made_log.hpp"
#include "tests/evaluation/recordings.hpp"
#include "tests/evaluation/secret_samples.hpp"
#include "tests/evaluation/written_secret.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::evaluation {
namespace {

using diagnosis::KnownSecrets;
using diagnosis::Redaction;
using diagnosis::RedactionTerms;
using Personal = RedactionTerms::Personal;

std::uint32_t seed() {
  constexpr std::uint32_t kSeed = 20'261'122;
  const char* const given = std::getenv("RUNNERIQ_SEED");
  return given == nullptr ? kSeed : static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10));
}

struct Tally {
  std::size_t planted = 0, found = 0;
};

std::string as_read(std::string_view text) {
  std::string words{diagnosis::Uncoloured{text}.words()};
  std::erase_if(words, [](char c) { return c == '\r' || c == '\n'; });
  return words;
}

// Whether half of what was written is still there: its begin, its middle or its end.
bool is_left(std::string_view written, std::string_view redacted) {
  const std::string secret = as_read(written), text = as_read(redacted);
  constexpr std::size_t kLeast = 5;  // fewer letters stand in any log
  const std::size_t half = std::min(secret.size(), std::max(kLeast, (secret.size() + 1) / 2));
  for (const std::size_t begin : {std::size_t{0}, secret.size() / 4, secret.size() - half})
    if (text.find(secret.substr(begin, half)) != std::string::npos) return true;
  return false;
}

class Corpus {
 public:
  void plant(std::string_view way, const std::string& secret, const std::string& written,
             const KnownSecrets* known) {
    const std::string text = made_log(maker_, 600) + written + "\n" + made_log(maker_, 300);
    const RedactionTerms terms{.known = known, .personal = Personal::keep};
    const Redaction whole = diagnosis::redaction_of(text, terms);
    EXPECT_EQ(in_pieces(text, terms), whole.text);
    EXPECT_EQ(diagnosis::redaction_of(whole.text, terms).text, whole.text) << way << ": " << secret;
    EXPECT_LE(whole.text.size(), 3 * text.size());
    Tally& tally = tallies_[std::string{way}];
    ++tally.planted;
    if (!is_left(secret, whole.text))
      ++tally.found;
    else if (++shown_ <= 20)
      std::printf("  left, %s: %s\n", std::string{way}.c_str(), secret.c_str());
  }
  SampleMaker& maker() { return maker_; }
  [[nodiscard]] const std::map<std::string, Tally>& tallies() const { return tallies_; }

 private:
  std::string in_pieces(std::string_view text, const RedactionTerms& terms) {
    diagnosis::StreamingRedaction stream{terms};
    std::string all;
    while (!text.empty()) {
      const std::size_t length = std::min(text.size(), 1 + maker_.below(40));
      all += stream.feed(text.substr(0, length));
      text.remove_prefix(length);
    }
    return all + stream.finish();
  }

  SampleMaker maker_{seed()};
  std::map<std::string, Tally> tallies_;
  std::size_t shown_ = 0;
};

// Values as people mask them: words, passwords with signs, UTF-8, several lines, tokens.
std::vector<std::string> masked_values(SampleMaker& maker) {
  std::vector<std::string> values;
  for (int i = 0; i < 12; ++i) {
    values.push_back(maker.made("{n20}"));
    values.push_back(maker.made("{b16}=="));
    values.push_back(maker.letters("abcXYZ019!#$%^&*()[]{}|\\.+?/<>'\"", 14));
    values.push_back("correct horse " + maker.made("{l6}") + " staple");
    values.push_back(maker.made("p\xC3\xA4ss{l4}w\xC3\xB6rt\xE2\x82\xAC"));
    values.push_back(maker.made("{l6}"));
    values.push_back(maker.made("{\"key\": \"{n20}\", \"id\": {d6}}"));
  }
  for (int i = 0; i < 12; ++i)
    values.push_back(maker.made(sample_shapes().at(maker.below(sample_shapes().size())).shape));
  return values;
}

void plant_tokens(Corpus& corpus) {
  for (const SampleShape& sample : sample_shapes()) {
    for (const Way& way : plain_ways()) {
      const std::string token = corpus.maker().made(sample.shape);
      const std::size_t path = token.starts_with("https://") ? token.rfind('/') + 1 : 0;
      corpus.plant("token, " + std::string{way.name}, token.substr(path), way.written(token), nullptr);
    }
  }
}

void plant_told_values(Corpus& corpus) {
  for (int round = 0; round < 8; ++round) {
    for (const auto& [issuer, shape] : told_shapes()) {
      const std::size_t at = shape.find('@'), open = shape.find('{', at), close = shape.rfind('}') + 1;
      const std::string value = corpus.maker().made(shape.substr(open, close - open));
      corpus.plant("told by a name", value,
                   std::string{shape.substr(0, at)} + value + std::string{shape.substr(close)}, nullptr);
    }
  }
}

void plant_known_values(Corpus& corpus) {
  const std::vector<std::string> values = masked_values(corpus.maker());
  const KnownSecrets known{values};
  for (const std::string& value : values) {
    for (const Way& way : plain_ways())
      corpus.plant("known, " + std::string{way.name}, value, way.written(value), &known);
    for (const Way& way : encoded_ways()) {
      const std::string written = way.written(value);
      corpus.plant("known, " + std::string{way.name}, written, "value " + written, &known);
    }
  }
}

TEST(RedactionCorpus, FindsPlantedSecrets) {
  std::printf("seed %u\n", seed());
  Corpus corpus;
  plant_tokens(corpus);
  plant_told_values(corpus);
  plant_known_values(corpus);
  Tally all;
  for (const auto& [way, tally] : corpus.tallies()) {
    std::printf("  %-40s %5zu of %5zu\n", way.c_str(), tally.found, tally.planted);
    EXPECT_GE(static_cast<double>(tally.found), 0.95 * static_cast<double>(tally.planted)) << way;
    all.planted += tally.planted;
    all.found += tally.found;
  }
  const double recall = static_cast<double>(all.found) / static_cast<double>(all.planted);
  std::printf("recall %.4f of %zu planted secrets in %zu situations\n", recall, all.planted,
              corpus.tallies().size());
  EXPECT_GE(all.planted, 2'000U);
  EXPECT_GE(recall, 0.99);
}

constexpr double kMega = 1e6;

TEST(RedactionCorpus, FalseAlarmsOnMadeLogs) {
  SampleMaker maker{seed()};
  const std::string text = made_log(maker, 4'000'000);
  const Redaction secrets = diagnosis::redaction_of(text);
  const Redaction all = diagnosis::redaction_of(text, {.personal = Personal::redact});
  const double megabytes = static_cast<double>(text.size()) / kMega;
  std::printf("false alarms on made logs: %.2f per MB (secrets), %.2f per MB (personal)\n",
              static_cast<double>(secrets.count) / megabytes,
              static_cast<double>(all.count - secrets.count) / megabytes);
  EXPECT_LE(static_cast<double>(secrets.count) / megabytes, 1.0);
}

// Of processor time: others may use the machine, too.
template <class Work>
double megabytes_a_second(std::size_t bytes, Work work) {
  const std::clock_t begin = std::clock();
  work();
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  return static_cast<double>(bytes) / kMega / std::max(seconds, 1e-6);
}

TEST(RedactionCorpus, Speed) {
  SampleMaker maker{seed()};
  const std::string text = made_log(maker, 20'000'000);
  std::vector<std::string> values;
  for (std::size_t i = 0; i < KnownSecrets::kMost; ++i) values.push_back(maker.made("{b24}"));
  const KnownSecrets many{values}, few{std::span{values}.first(20)};
  const auto speed = [&](const RedactionTerms& terms) {
    return megabytes_a_second(text.size(), [&] { (void)diagnosis::redaction_of(text, terms); });
  };
  const double search = megabytes_a_second(text.size(), [&] { (void)many.next(text, 0); });
  std::printf("1,000 known values alone: %.0f MB/s\n", search);
  std::printf("redaction: %.0f MB/s, with 20 known values %.0f, with 1,000 %.0f, and personal %.0f\n",
              speed({}), speed({.known = &few}), speed({.known = &many}),
              speed({.known = &many, .personal = Personal::redact}));
}

class RedactionOfRecordedLogs : public WithRecordings {};

// Their secrets were overwritten before they were published: what is found is mostly a false alarm.
TEST_F(RedactionOfRecordedLogs, FalseAlarms) {
  skip_without({kLogChunks});
  if (IsSkipped()) return;
  std::map<Part, Tally> tallies;
  std::map<Part, std::size_t> bytes;
  for (const LabelledLog& log : log_chunks()) {
    Tally& tally = tallies[log.part];
    tally.planted += diagnosis::redaction_of(log.raw).count;
    tally.found += diagnosis::redaction_of(log.raw, {.personal = Personal::redact}).count;
    bytes[log.part] += log.raw.size();
  }
  for (const auto& [part, tally] : tallies) {
    const double megabytes = static_cast<double>(bytes[part]) / kMega;
    std::printf("recorded logs, %s part, %.0f MB: %.2f secrets per MB, %.2f personal per MB\n",
                part == Part::tuning ? "tuning" : "check", megabytes,
                static_cast<double>(tally.planted) / megabytes,
                static_cast<double>(tally.found - tally.planted) / megabytes);
    EXPECT_LE(static_cast<double>(tally.planted) / megabytes, 5.0);
  }
}

}  // namespace
}  // namespace runneriq::evaluation
