#include "gitlab/test_reports.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

const std::string kReport = R"({
  "total_time": 5, "total_count": 3, "success_count": 1, "failed_count": 1, "skipped_count": 0, "error_count": 1,
  "test_suites": [
    {"name": "unit", "total_time": 5, "total_count": 2, "suite_error": null,
     "test_cases": [
       {"status": "success", "name": "adds tax", "classname": "Cart", "file": "a_test.rb", "execution_time": 0.5,
        "system_output": null, "stack_trace": null, "recent_failures": null},
       {"status": "failed", "name": "ships", "classname": "Cart", "system_output": {"message": "x", "name": "no",
        "status": "success"}, "recent_failures": {"count": 3, "base_branch": "main", "name": "neither"},
        "attachment": ["name", {"name": "nor this"}]}]},
    {"test_cases": [{"classname": "", "name": "boots", "status": "error"}], "name": "smoke"}]
})";

TestReport parsed(std::string_view json) {
  const auto report = parse_test_report(json);
  EXPECT_TRUE(report) << report.error().message;
  return report.value_or(TestReport{});
}

std::string suite(std::string_view name, std::string_view cases) {
  return R"({"name":")" + std::string(name) + R"(","test_cases":[)" + std::string(cases) + "]}";
}
std::string report_of(std::string_view suites) {
  return R"({"test_suites":[)" + std::string(suites) + "]}";
}
std::string test(std::string_view name, std::string_view status = "success",
                 std::string_view classname = "C") {
  return R"({"name":")" + std::string(name) + R"(","classname":")" + std::string(classname) +
         R"(","status":")" + std::string(status) + R"("})";
}

TEST(ParseTestReport, ReadsTheCasesOfAllSuites) {
  const TestReport report = parsed(kReport);
  EXPECT_TRUE(report.whole);
  ASSERT_EQ(report.cases.size(), 3U);
  EXPECT_EQ(report.cases[0].suite, "unit");
  EXPECT_EQ(report.cases[0].classname, "Cart");
  EXPECT_EQ(report.cases[0].name, "adds tax");
  EXPECT_EQ(report.cases[0].status, TestStatus::success);
  EXPECT_EQ(report.cases[1].name, "ships");
  EXPECT_EQ(report.cases[1].status, TestStatus::failed);
  EXPECT_EQ(report.cases[2].suite, "smoke") << "whose name stands behind its cases";
  EXPECT_EQ(report.cases[2].classname, "");
  EXPECT_EQ(report.cases[2].status, TestStatus::error);
}

TEST(ParseTestReport, TakesTheFirstOfOneName) {
  const TestReport report = parsed(report_of(
      suite("a", test("x", "failed") + "," + test("x") + "," + test("x", "skipped", "D") + "," + test("y")) +
      "," + suite("b", test("x", "error"))));
  ASSERT_EQ(report.cases.size(), 4U);
  EXPECT_EQ(report.cases[0].status, TestStatus::failed);
  EXPECT_EQ(report.cases[1].classname, "D");
  EXPECT_EQ(report.cases[2].name, "y");
  EXPECT_EQ(report.cases[3].suite, "b");
}

TEST(ParseTestReport, OfNoSuitesIsEmpty) {
  EXPECT_TRUE(parsed(R"({"total_count":0,"test_suites":[]})").cases.empty());
  EXPECT_TRUE(parsed(report_of(R"(null,7,"x",[],{},{"name":"a"},{"test_cases":{"name":"x"}},[{"name":"x"}])"))
                  .cases.empty());
}

TEST(ParseTestReport, TakesNoCaseFromOtherShapes) {
  const TestReport report = parsed(report_of(suite("a", test("x")) + R"(,[[{"name":"of lists"}]],)" +
                                             R"({"test_cases":{"k":{"name":"of an object"}}})"));
  ASSERT_EQ(report.cases.size(), 1U);
  EXPECT_EQ(report.cases[0].name, "x");
}

TEST(ParseTestReport, LeavesOutWhatIsNoCase) {
  const TestReport report = parsed(report_of(
      suite("a", R"(null,1,"x",["y"],[{"name":"z"}],{},{"name":null},{"name":7},{"status":"failed"},)" +
                     test("w", "new word"))));
  ASSERT_EQ(report.cases.size(), 1U);
  EXPECT_EQ(report.cases[0].name, "w");
  EXPECT_EQ(report.cases[0].status, TestStatus::unknown);
}

TEST(ParseTestReport, TakesNothingOfACaseFromTheOneBefore) {
  const TestReport report =
      parsed(report_of(suite("a", R"({"classname":"K","status":"failed"},{"name":"n"})")));
  ASSERT_EQ(report.cases.size(), 1U);
  EXPECT_EQ(report.cases[0].classname, "");
  EXPECT_EQ(report.cases[0].status, TestStatus::unknown);
}

TEST(ParseTestReport, ThatIsNoneIsCorrupt) {
  for (const std::string& json :
       {std::string(), std::string("[]"), std::string("7"), std::string("null"), std::string("<html>"),
        std::string(R"({"message":"x"})"), std::string(R"({"test_suites":null})"),
        std::string(R"({"test_suites":{}})"), std::string(R"({"other":[[]]})"),
        report_of(suite("a", test("x"))).substr(0, 60), R"({"a":)" + std::string(100, '[')}) {
    SCOPED_TRACE(json.substr(0, 60));
    const auto report = parse_test_report(json);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, Errc::corrupt);
  }
}

TEST(ParseTestReport, IsCutWhereItHasTooManyCases) {
  std::string cases;
  for (std::size_t at = 0; at < kMostTestCases; ++at)
    cases += (at == 0 ? "" : ",") + test("t" + std::to_string(at));
  const TestReport full = parsed(report_of(suite("a", cases)));
  EXPECT_TRUE(full.whole);
  EXPECT_EQ(full.cases.size(), kMostTestCases);
  const TestReport cut = parsed(report_of(suite("a", cases) + "," + suite("b", test("one more"))));
  EXPECT_FALSE(cut.whole);
  EXPECT_EQ(cut.cases.size(), kMostTestCases);
  EXPECT_EQ(cut.cases.back().suite, "a");
}

TEST(ParseTestReport, BoundsItsTexts) {
  const TestReport report =
      parsed(report_of(suite(std::string(5000, 's'), test(std::string(5000, 'n') + "\xFF", "failed"))));
  ASSERT_EQ(report.cases.size(), 1U);
  EXPECT_EQ(report.cases[0].suite.size(), 1024U);
  EXPECT_EQ(report.cases[0].name.size(), 1024U);
}

TEST(TestStatusWords, AreGitLabs) {
  for (const char* word : {"success", "failed", "error", "skipped"})
    EXPECT_EQ(to_text(test_status(word)), word);
  EXPECT_EQ(test_status("passed"), TestStatus::unknown);
  EXPECT_EQ(to_text(TestStatus::unknown), "unknown");
}

}  // namespace
}  // namespace runneriq::gitlab
