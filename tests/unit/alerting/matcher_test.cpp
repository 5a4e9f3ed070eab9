#include "alerting/matcher.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::alerting {
namespace {

Classified an_event(std::string ref, std::string stage = "test") {
  Classified of;
  of.event.project = "acme/shop";
  of.event.ref = std::move(ref);
  of.event.stage = std::move(stage);
  of.event.name = R"(say "hi", \d)";
  return of;
}

bool matches(std::string_view text, const Classified& event) {
  const auto matchers = Matchers::parse(text);
  EXPECT_TRUE(matchers) << text << ": " << (matchers ? "" : matchers.error().message);
  return matchers && matchers->match(LabelValues{event});
}

std::string error_of(std::string_view text) {
  const auto matchers = Matchers::parse(text);
  return matchers ? "" : matchers.error().message;
}

TEST(Matchers, Match) {
  struct Row {
    std::string text;
    bool matches;
  };
  const std::vector<Row> rows{
      {R"(ref="spike/1")", true},
      {R"(ref="spike")", false},
      {R"(ref!="spike")", true},
      {R"(ref!="spike/1")", false},
      {R"(ref=~"spike/.*")", true},
      {R"(ref=~"spike")", false},
      {R"(ref=~"pike/.*")", false},
      {R"(ref=~"spike/.|")", true},
      {R"(ref=~"main|spike/1")", true},
      {R"(ref=~"spike/1|main")", true},
      {R"(ref=~"a|spike")", false},
      {R"(ref!~"spike")", true},
      {R"(ref!~"spike/.+")", false},
      {R"(ref=~"SPIKE/1")", false},
      {R"(ref=~"(?i)SPIKE/1")", true},
      {R"(user="")", true},
      {R"(user!="")", false},
      {R"(user=~".+")", false},
      {R"(user=~"")", true},
      {R"(project="acme/shop", ref=~"spike/.*", stage!~"lint|deploy")", true},
      {R"(project="acme/shop", ref="main")", false},
      {R"(ref="main", project="acme/shop")", false},
      {R"({ref="spike/1"})", true},
      {R"( { ref = "spike/1" , } )", true},
      {"ref=spike/1", true},
      {"ref = spike/1 , stage = test", true},
      {"ref=~spike/.*,stage=~test|lint", true},
      {"user=,ref=spike/1", true},
      {R"(name="say \"hi\", \\d")", true},
      {R"(job="say \"hi\", \d")", true},
      {R"(job=~"say \"hi\", \\\\d")", true},
      {R"(job=~"say \"hi\", \\d")", false},
      {R"(job=~"say .hi., .d")", true},
      {"allow_failure=false", true},
      {"class=LOW", true},
      {"", true},
      {"  ", true},
      {"{}", true},
  };
  const Classified event = an_event("spike/1");
  for (const Row& row : rows) EXPECT_EQ(matches(row.text, event), row.matches) << row.text;
}

TEST(Matchers, ADotIsAlsoALineEnd) {
  EXPECT_TRUE(matches(R"(ref=~"a.b")", an_event("a\nb")));
  EXPECT_TRUE(matches(R"(ref="a\nb")", an_event("a\nb")));
  EXPECT_FALSE(matches(R"(ref=~"a")", an_event("a\nb")));
}

TEST(Matchers, ReadTheirOwnText) {
  const Classified event = an_event("spike/1");
  for (const std::string text : {R"(job="say \"hi\", \\d", ref!~"a|b")", R"(ref=~"spike/.*")",
                                 R"(user="", stage!="a\nb")", R"(job=~"say \"hi\", \\\\d")"}) {
    const auto matchers = Matchers::parse(text);
    ASSERT_TRUE(matchers) << text;
    EXPECT_EQ(matchers->text(), text);
    EXPECT_TRUE(matches(matchers->text(), event)) << text;
  }
  EXPECT_EQ(Matchers::parse("{name = unit,}")->text(), R"(job="unit")");
  EXPECT_EQ(Matchers{}.text(), "");
}

TEST(Matchers, SayWhatIsWrongAndWhere) {
  struct Row {
    std::string text, error;
  };
  const std::vector<Row> rows{
      {"projekt=a", "'projekt=a' at byte 1: unknown label 'projekt', did you mean project?"},
      {"stage=a, projct=b", "'stage=a, projct=b' at byte 10: unknown label 'projct', did you mean project?"},
      {"=a", "'=a' at byte 1: the name of a label is missing"},
      {"ref=a,,stage=b", "'ref=a,,stage=b' at byte 7: the name of a label is missing"},
      {",", "',' at byte 1: the name of a label is missing"},
      {"ref", "'ref' at byte 4: one of = != =~ !~ is missing"},
      {"ref~a", "'ref~a' at byte 4: one of = != =~ !~ is missing"},
      {R"(ref="a)", R"('ref="a' at byte 5: a quote that is not closed)"},
      {R"(ref="a\")", R"('ref="a\\"' at byte 5: a quote that is not closed)"},
      {R"(ref="a" stage="b")", R"('ref="a" stage="b"' at byte 9: a comma is missing behind the value)"},
      {R"(ref=a"b)", R"('ref=a"b' at byte 6: a value with quotes or braces needs quotes around it)"},
      {"ref=~a{2,3}", "'ref=~a{2,3}' at byte 7: a value with quotes or braces needs quotes around it"},
      {"{ref=a", "'{ref=a' at byte 1: '{' without its '}'"},
      {"{", "'{' at byte 1: '{' without its '}'"},
      {"ref=a}", "'ref=a}' at byte 6: a value with quotes or braces needs quotes around it"},
      {R"x(ref=~"(a")x", R"('ref=~"(a"' at byte 6: no expression of RE2: missing ): (a)"},
      {R"x(ref=~"a(?=b)")x",
       R"x('ref=~"a(?=b)"' at byte 6: no expression of RE2: invalid perl operator: (?=)x"},
      {R"(ref=~"\1")", R"('ref=~"\\1"' at byte 6: no expression of RE2: invalid escape sequence: \\1)"},
  };
  for (const Row& row : rows) EXPECT_EQ(error_of(row.text), row.error) << row.text;
  EXPECT_NE(error_of("branch=a").find("labels are project, ref, stage, job,"), std::string::npos);
}

TEST(Matchers, RefuseValuesThatNeverMatch) {
  struct Row {
    std::string text, error;
  };
  const std::string severities = "; it is critical, error, warning or info";
  const std::string kinds =
      "; it is job, pipeline, runner_offline, job_stuck, lease_expired, audit_broken, budget_exceeded or "
      "other, "
      "or any word by =~";
  const std::vector<Row> rows{
      {R"(severity="crit")", "at byte 10: severity is never 'crit', did you mean critical?" + severities},
      {"ref=main, severity!=eror", "at byte 21: severity is never 'eror', did you mean error?" + severities},
      {R"(severity="high")", "at byte 10: severity is never 'high'" + severities},
      {R"(severity="")", "at byte 10: severity is never ''" + severities},
      {"class=urgent", "at byte 7: class is never 'urgent'; it is CRITICAL, HIGH, MEDIUM or LOW"},
      {"class=hihg",
       "at byte 7: class is never 'hihg', did you mean HIGH?; it is CRITICAL, HIGH, MEDIUM or LOW"},
      {"allow_failure=yes", "at byte 15: allow_failure is never 'yes'; it is true or false"},
      {"merge_request=ture",
       "at byte 15: merge_request is never 'ture', did you mean true?; it is true or false"},
      {"default_branch=main", "at byte 16: default_branch is never 'main'; it is true or false"},
      {"kind=bild", "at byte 6: kind is never 'bild', did you mean job?" + kinds},
      {"kind=pipelin", "at byte 6: kind is never 'pipelin', did you mean pipeline?" + kinds},
      {"kind=deployment", "at byte 6: kind is never 'deployment'" + kinds},
      {"kind=", "at byte 6: kind is never ''" + kinds},
      {"ref==main", "at byte 4: '==' is no operator: write ="},
      {"ref!==main", "at byte 4: '!==' is no operator: write !="},
      {R"(severity=="error")", "at byte 9: '==' is no operator: write ="},
  };
  for (const Row& row : rows) {
    const std::string error = error_of(row.text);
    EXPECT_TRUE(error.ends_with(row.error)) << row.text << ": " << error;
  }
}

TEST(Matchers, ReadKnownValuesInAnyCase) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"severity=Critical", R"(severity="critical")"},
      {"severity!=INFO", R"(severity!="info")"},
      {"class=critical", R"(class="CRITICAL")"},
      {"class!=Low", R"(class!="LOW")"},
      {"allow_failure=True", R"(allow_failure="true")"},
      {"kind=runner", R"(kind="runner_offline")"},
      {"kind=runner_online", R"(kind="runner_offline")"},
      {"kind=stuck", R"(kind="job_stuck")"},
      {"kind=lease", R"(kind="lease_expired")"},
      {"kind=audit", R"(kind="audit_broken")"},
      {"kind=budget", R"(kind="budget_exceeded")"},
      {"kind=build", R"(kind="job")"},
      {"kind=Pipeline", R"(kind="pipeline")"},
      {"kind=other", R"(kind="other")"},
      {R"(ref="=main")", R"(ref="=main")"},
      {"kind=~disk_full", R"(kind=~"disk_full")"},
      {"severity=~crit", R"(severity=~"crit")"},
  };
  for (const auto& [text, read] : rows) {
    const auto matchers = Matchers::parse(text);
    ASSERT_TRUE(matchers) << text << ": " << matchers.error().message;
    EXPECT_EQ(matchers->text(), read);
  }
  EXPECT_TRUE(matches("class=low", an_event("main")));
  EXPECT_EQ(Matcher::parse("kind=runner")->only_value(), "runner_offline");
}

TEST(Matchers, RefuseExpressionsThatAreTooLarge) {
  EXPECT_EQ(error_of("ref=~" + std::string(1000, 'a')), "");
  EXPECT_NE(error_of("ref=~" + std::string(1001, 'a')).find("more than 1,000 bytes"), std::string::npos);
  for (const std::string huge :
       {R"(ref=~"((a{100}){100}){100}")", R"(ref=~"(.{1000}){900}")", R"x(ref=~"(ab|cd){900}")x"})
    EXPECT_NE(error_of(huge).find("no expression of RE2"), std::string::npos) << huge;
  EXPECT_NE(error_of("ref=~\"" + std::string(900, '(') + "\"").find("no expression of RE2"),
            std::string::npos);
}

// Exponential for a matcher that goes back.
TEST(Matchers, AreLinear) {
  EXPECT_FALSE(matches(R"x(ref=~"(a*)*(a|a)*(a+)+b")x", an_event(std::string(1024, 'a'))));
}

TEST(Matchers, TakeAnyBytesOfAnEvent) {
  EXPECT_TRUE(matches(R"x(ref=~"(?s:.*)", stage!="x")x", an_event(std::string("a\0b", 3), "\xC3\xA4")));
  EXPECT_FALSE(matches("ref=a", an_event(std::string("a\0b", 3))));
  EXPECT_NE(error_of("ref=~\"\xFF\""), "");
}

TEST(Matchers, AreAtMostTwenty) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "ref=a,";
  EXPECT_EQ(error_of(text), "");
  EXPECT_NE(error_of(text + "ref=a").find("more than 20 matchers"), std::string::npos);
}

TEST(Matcher, IsExactlyOne) {
  const auto one = Matcher::parse(R"( stage!~"a,b" )");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->label(), Label::stage);
  EXPECT_EQ(one->text(), R"(stage!~"a,b")");
  EXPECT_NE(Matcher::parse("").error().message.find("0 matchers, one is wanted"), std::string::npos);
  EXPECT_NE(Matcher::parse("ref=a,stage=b").error().message.find("2 matchers"), std::string::npos);
}

TEST(Matcher, TellsItsOnlyValue) {
  EXPECT_EQ(Matcher::parse("ref=main")->only_value(), "main");
  EXPECT_EQ(Matcher::parse("ref!=main")->only_value(), "");
  EXPECT_EQ(Matcher::parse("ref=~main")->only_value(), "");
}

TEST(Matchers, OfNoneMatchEverything) {
  EXPECT_TRUE(Matchers{}.match(LabelValues{an_event("")}));
  EXPECT_TRUE(Matchers{}.empty());
  EXPECT_EQ(Matchers::parse("ref=a,stage=b")->all().size(), 2U);
}

}  // namespace
}  // namespace runneriq::alerting
