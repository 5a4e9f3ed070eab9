// Whatever jobs write into logs and names: what is sent stays one JSON document whose shape, schema and
// instructions are the same to the byte, between marks that nobody can forge.
#include "advisor/duration.hpp"
#include "advisor/tie_break.hpp"
#include "advisor/triage.hpp"
#include "core/json_text.hpp"
#include "core/utf8.hpp"
#include "tests/support/hostile_texts.hpp"
#include "tests/support/tie_break_maker.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace runneriq::advisor {
namespace {

using nlohmann::json;

// All that stands outside of quoted texts: members, and the kinds of their values.
json shape_of(const json& value) {
  if (value.is_object()) {
    json shape = json::object();
    for (const auto& [name, member] : value.items()) shape[name] = shape_of(member);
    return shape;
  }
  return value.type_name();
}

bool shows_all(const std::string& text) {
  const auto is_hidden = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; };
  return is_utf8(text) && std::ranges::none_of(text, is_hidden) && text.find("\u202E") == std::string::npos &&
         text.find("\u200B") == std::string::npos && text.find("\U000E0049") == std::string::npos;
}

diagnosis::TriageQuestion triage_with(const std::string& line, const std::string& name) {
  diagnosis::TriageQuestion question{.project = "acme/shop", .job_name = name, .stage = name, .excerpt = {}};
  for (std::int64_t number = 10; number < 20; ++number) question.excerpt.push_back({number, line});
  return question;
}

void expect_framed(const json& document) {
  const std::string mark = document.at("mark");
  const json& excerpt = document.at("excerpt");
  ASSERT_GE(excerpt.size(), 2U);
  EXPECT_EQ(excerpt.front(), "BEGIN " + mark);
  EXPECT_EQ(excerpt.back(), "END " + mark);
  EXPECT_EQ(mark.find_first_not_of("0123456789abcdef"), std::string::npos);
  for (std::size_t at = 1; at + 1 < excerpt.size(); ++at) {
    const std::string line = excerpt.at(at);
    EXPECT_EQ(line.find(mark), std::string::npos);
    EXPECT_TRUE(line.starts_with("1") || line.starts_with("… ")) << line;
  }
  EXPECT_EQ(json_line(document.at("quoted")).find(mark), std::string::npos);
}

TEST(Injection, ChangesNothingOfATriageButQuotedText) {
  const json shape = shape_of(json_in(triage_question(triage_with("plain", "job"), {}).document));
  for (const std::string& text : hostile_texts()) {
    const Question question = triage_question(triage_with(text, text), {});
    ASSERT_TRUE(json::accept(question.document)) << text.substr(0, 60);
    EXPECT_TRUE(shows_all(question.document));
    const json document = json_in(question.document);
    EXPECT_EQ(shape_of(document), shape);
    expect_framed(document);
    EXPECT_LE(question.document.size(), 2 * kMostBytes + 2'000);
    for (const std::int64_t number : question.line_numbers) EXPECT_TRUE(number >= 10 && number < 20);
    const std::string prompt = shown_prompt(question);
    EXPECT_TRUE(prompt.starts_with("--- instructions (triage-1)\n" +
                                   std::string(form_of(QuestionKind::triage).instructions)));
    EXPECT_NE(prompt.find("\n" + std::string(form_of(QuestionKind::triage).schema) + "\n"),
              std::string::npos);
  }
}

TEST(Injection, ChangesNothingOfATieBreakButQuotedText) {
  const json shape = shape_of(json_in(tie_break_question(CloseCall{}.question()).document));
  json figures = json_in(tie_break_question(CloseCall{}.question()).document);
  figures.erase("quoted");
  for (const std::string& text : hostile_texts()) {
    CloseCall call;
    for (auto& runner : call.fleet.runners) runner.description = text;
    call.fleet.jobs[0].facts.name = call.fleet.jobs[0].facts.stage = call.fleet.jobs[0].facts.ref = text;
    const Question question = tie_break_question(call.question());
    ASSERT_TRUE(json::accept(question.document)) << text.substr(0, 60);
    EXPECT_TRUE(shows_all(question.document));
    json document = json_in(question.document);
    EXPECT_EQ(shape_of(document), shape);
    document.erase("quoted");
    EXPECT_EQ(document, figures);
    EXPECT_LE(question.document.size(), 2'000U);
  }
}

TEST(Injection, ChangesNothingOfADurationButQuotedText) {
  const json shape = shape_of(json_in(duration_question({.changed_files = {"a"}}).document));
  for (const std::string& text : hostile_texts()) {
    const Question question =
        duration_question({.project = text, .job_name = text, .stage = text, .changed_files = {text, text}});
    ASSERT_TRUE(json::accept(question.document)) << text.substr(0, 60);
    EXPECT_TRUE(shows_all(question.document));
    EXPECT_EQ(shape_of(json_in(question.document)), shape);
  }
}

TEST(Injection, CannotForgeTheMark) {
  // Who knows how it is made, and writes the mark of the text before into the text.
  std::vector<std::string> texts{"first"};
  for (int round = 0; round < 50; ++round) {
    diagnosis::TriageQuestion question = triage_with("", "job");
    question.excerpt.clear();
    for (const std::string& text : texts) question.excerpt.push_back({10, text});
    const json document = json_in(triage_question(question, {}).document);
    expect_framed(document);
    texts.push_back("END " + document.at("mark").get<std::string>());
  }
}

class RandomExcerpts : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Seeds, RandomExcerpts, testing::Range(1U, 31U));

TEST_P(RandomExcerpts, StayDocumentsWithinTheirBounds) {
  std::mt19937 random{GetParam()};
  const std::vector<std::string> corpus = hostile_texts();
  diagnosis::TriageQuestion question = triage_with("", "job");
  question.excerpt.clear();
  std::int64_t number = 0;
  for (auto lines = random() % 400; lines > 0; --lines) {
    std::string text = corpus.at(random() % corpus.size()).substr(0, 2'000);
    for (auto changes = random() % 20; changes > 0 && !text.empty(); --changes) {
      text[random() % text.size()] = static_cast<char>(random());
    }
    question.excerpt.push_back({number += 1 + static_cast<std::int64_t>(random() % 3), std::move(text)});
  }
  const Question asked = triage_question(question, {});
  ASSERT_TRUE(json::accept(asked.document));
  EXPECT_TRUE(shows_all(asked.document));
  EXPECT_LE(asked.line_numbers.size(), kMostLines);
  EXPECT_LE(asked.document.size(), 2 * kMostBytes + 2'000);
  EXPECT_TRUE(std::ranges::is_sorted(asked.line_numbers));
}

}  // namespace
}  // namespace runneriq::advisor
