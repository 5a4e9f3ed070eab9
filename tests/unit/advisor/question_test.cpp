#include "advisor/question.hpp"

#include "core/json_text.hpp"
#include "diagnosis/failure_class.hpp"
#include "tests/support/advisor_fakes.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace runneriq::advisor {
namespace {

using nlohmann::json;

constexpr std::array kKinds{QuestionKind::tie_break, QuestionKind::triage, QuestionKind::duration};

// Every object closed, with all its members required; nothing beyond what both kinds of providers take.
void expect_strict(const json& schema) {
  static const std::set<std::string> kKnown{"type", "properties", "required",   "additionalProperties",
                                            "enum", "items",      "description"};
  for (const auto& [word, value] : schema.items()) EXPECT_TRUE(kKnown.contains(word)) << word;
  if (schema.at("type") == "array") return expect_strict(schema.at("items"));
  if (schema.at("type") != "object") return;
  EXPECT_EQ(schema.at("additionalProperties"), false);
  EXPECT_EQ(schema.at("required").size(), schema.at("properties").size());
  for (const auto& [name, member] : schema.at("properties").items()) {
    EXPECT_EQ(std::count(schema.at("required").begin(), schema.at("required").end(), name), 1) << name;
    expect_strict(member);
  }
}

TEST(QuestionForm, HasASchemaThatBothKindsOfProvidersHoldTo) {
  for (const QuestionKind kind : kKinds) {
    const QuestionForm& form = form_of(kind);
    EXPECT_EQ(form.kind, kind);
    expect_strict(json_in(form.schema));
    EXPECT_TRUE(form.version.ends_with("-1"));
    EXPECT_EQ(form.schema_name, std::string(to_text(kind)) + "_answer");
    EXPECT_NE(form.instructions.find("They are data"), form.instructions.find("It is data"));
  }
}

TEST(QuestionForm, OffersExactlyTheLabelsThatAnAnswerMayHave) {
  for (const QuestionKind kind : kKinds) {
    const json properties = json_in(form_of(kind).schema).at("properties");
    for (const json& choice : properties.at("choice").at("enum")) {
      for (const json& confidence : properties.at("confidence").at("enum")) {
        EXPECT_TRUE(has_labels_of(kind, {.choice = choice, .confidence = confidence})) << choice;
      }
    }
    EXPECT_FALSE(has_labels_of(kind, {.choice = "", .confidence = "low"}));
    EXPECT_FALSE(has_labels_of(kind, {.choice = properties["choice"]["enum"][0], .confidence = "sure"}));
  }
}

TEST(QuestionForm, OffersAllClassesOfFailureForTriage) {
  std::vector<std::string> names;
  for (const auto one : diagnosis::failure_classes()) names.emplace_back(diagnosis::to_text(one));
  const json schema = json_in(form_of(QuestionKind::triage).schema);
  EXPECT_EQ(schema.at("properties").at("choice").at("enum").get<std::vector<std::string>>(), names);
  for (const std::string& name : names) {
    EXPECT_NE(form_of(QuestionKind::triage).instructions.find(" " + name + ": "), std::string_view::npos)
        << name;
  }
}

TEST(QuestionForm, HasTheDeadlinesOfItsKind) {
  EXPECT_EQ(form_of(QuestionKind::tie_break).limit, std::chrono::seconds{3});
  EXPECT_EQ(form_of(QuestionKind::triage).limit, std::chrono::seconds{20});
  EXPECT_EQ(form_of(QuestionKind::duration).limit, std::chrono::seconds{20});
}

TEST(AnswerOf, ReadsAnAnswerOfTheForm) {
  const auto answer =
      answer_of(triage_of(), " \n" + triage_text("compile", R"([{"first":3,"last":4}])") + "\n");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->choice, "compile");
  EXPECT_EQ(answer->confidence, "medium");
  EXPECT_EQ(answer->reason, "the linker says so");
  EXPECT_EQ(answer->lines, (std::vector<std::pair<std::int64_t, std::int64_t>>{{3, 4}}));
}

struct Bad {
  std::string name, text;
};
void PrintTo(const Bad& bad, std::ostream* out) {
  *out << bad.name;
}
class BadAnswer : public testing::TestWithParam<Bad> {};

TEST_P(BadAnswer, IsRefusedWithWhatIsWrong) {
  const auto answer = answer_of({.kind = QuestionKind::tie_break}, GetParam().text);
  ASSERT_FALSE(answer) << answer->choice;
  EXPECT_EQ(answer.error().code, Errc::corrupt);
  EXPECT_LE(answer.error().message.size(), 160U);
  EXPECT_EQ(answer.error().message.find('\n'), std::string::npos);
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BadAnswer,
    testing::Values(
        Bad{"Nothing", ""}, Bad{"Words", "I choose A."}, Bad{"Cut", R"({"reason":"x","choice":"A","confi)"},
        Bad{"List", "[" + tie_break_text("A") + "]"}, Bad{"LabelOfAnotherForm", tie_break_text("compile")},
        Bad{"LowerCase", tie_break_text("a")}, Bad{"BlankInLabel", tie_break_text("A ")},
        Bad{"NoConfidence", R"({"reason":"x","choice":"A"})"},
        Bad{"UnknownConfidence", R"({"reason":"x","choice":"A","confidence":"certain"})"},
        Bad{"FurtherMember", R"({"reason":"x","choice":"A","confidence":"low","command":"rm"})"},
        Bad{"LinesWhereNoneBelong", R"({"reason":"x","choice":"A","confidence":"low","lines":[]})"},
        Bad{"DuplicateMember", R"({"reason":"x","choice":"B","choice":"A","confidence":"low"})"},
        Bad{"DuplicateMemberEscaped", R"({"reason":"x","choice":"B","ch\u006fice":"A","confidence":"low"})"},
        Bad{"TrailingText", tie_break_text("A") + " and B"},
        Bad{"TwoAnswers", tie_break_text("A") + tie_break_text("B")},
        Bad{"Fenced", "```json\n" + tie_break_text("A") + "\n```"},
        Bad{"NulBehind", tie_break_text("A") + std::string("\0and more", 9)},
        Bad{"MarkOfByteOrder", "\xEF\xBB\xBF" + tie_break_text("A")},
        Bad{"Comment", "{/*x*/" + tie_break_text("A").substr(1)},
        Bad{"NotANumber", R"({"reason":NaN,"choice":"A","confidence":"low"})"},
        Bad{"NumberForText", R"({"reason":1,"choice":"A","confidence":"low"})"},
        Bad{"ListForLabel", R"({"reason":"x","choice":["A"],"confidence":"low"})"},
        Bad{"NotUtf8", tie_break_text("A", "\xFF")}, Bad{"LoneSurrogate", tie_break_text("A", "\\ud800")},
        Bad{"Deep", R"({"reason":)" + nested(1000) + R"(,"choice":"A","confidence":"low"})"},
        Bad{"VeryDeep", nested(8000)}, Bad{"Long", tie_break_text("A", std::string(20'000, 'x'))}),
    [](const auto& test) { return test.param.name; });

class BadLines : public testing::TestWithParam<Bad> {};

TEST_P(BadLines, AreRefused) {
  EXPECT_FALSE(answer_of(triage_of(), triage_text("test", GetParam().text)));
}

INSTANTIATE_TEST_SUITE_P(Texts, BadLines,
                         testing::Values(Bad{"NoList", "{}"}, Bad{"Numbers", "[3,4]"},
                                         Bad{"Texts", R"([{"first":"3","last":"4"}])"},
                                         Bad{"Fractions", R"([{"first":3.0,"last":4}])"},
                                         Bad{"TooLarge", R"([{"first":3,"last":18446744073709551615}])"},
                                         Bad{"FurtherMember", R"([{"first":3,"last":4,"why":""}])"},
                                         Bad{"DuplicateMember", R"([{"first":3,"first":4,"last":4}])"},
                                         Bad{"Nested", R"([[{"first":3,"last":4}]])"},
                                         Bad{"NotANumber", R"([{"first":NaN,"last":4}])"},
                                         Bad{"Infinite", R"([{"first":3,"last":1e999}])"},
                                         Bad{"Null", "null"}),
                         [](const auto& test) { return test.param.name; });

TEST(AnswerOf, RefusesTriageWithoutLines) {
  EXPECT_FALSE(answer_of(triage_of(), R"({"reason":"x","choice":"test","confidence":"low"})"));
}

TEST(AnswerOf, CitesOnlyLinesOfTheQuestion) {
  const auto lines_of = [](const std::string& lines) {
    return answer_of(triage_of(), triage_text("test", lines))->lines;
  };
  using Lines = std::vector<std::pair<std::int64_t, std::int64_t>>;
  EXPECT_EQ(
      lines_of(R"([{"first":9,"last":9},{"first":4,"last":3},{"first":2,"last":4},{"first":5,"last":6}])"),
      (Lines{{9, 9}}));
  EXPECT_EQ(lines_of(R"([{"first":-3,"last":3},{"first":0,"last":0}])"), Lines{});
  EXPECT_EQ(lines_of(R"([{"first":4,"last":9}])"), (Lines{{4, 5}, {9, 9}}));
  std::string many = "[";
  for (int at = 0; at < 200; ++at) many += R"({"first":3,"last":9},)";
  many.back() = ']';
  EXPECT_EQ(lines_of(many).size(), 16U);
}

TEST(AnswerOf, MakesTheReasonOnePrintableLineThatIsNotTooLong) {
  const auto reason_of = [](const std::string& reason) {
    return answer_of({.kind = QuestionKind::tie_break}, tie_break_text("A", reason))->reason;
  };
  EXPECT_EQ(reason_of(R"(one\ntwo\tthree)"), "one two three");
  EXPECT_EQ(reason_of(R"(\u001b[31mred\u202e\u200b\u0000)"), "[31mred");
  EXPECT_EQ(reason_of(R"(  /close)"), "\\/close");
  EXPECT_EQ(reason_of(""), "");
  EXPECT_LE(reason_of(std::string(5'000, 'x')).size(), 300U);
  EXPECT_LE(reason_of(std::string(4'000, '/')).size(), 300U);
}

TEST(AnswerOf, ShowsLittleOfWhatIsWrong) {
  const auto answer = answer_of({.kind = QuestionKind::tie_break}, "\x1B[2J" + std::string(5'000, 'y'));
  EXPECT_LE(answer.error().message.size(), 130U);
  EXPECT_EQ(answer.error().message.find('\x1B'), std::string::npos);
}

}  // namespace
}  // namespace runneriq::advisor
