#include "diagnosis/extractors_of_runs.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kTest = FailureClass::test;
constexpr auto kUnknown = FailureClass::unknown;

constexpr std::string_view kExpectation = "Expected%|expected%|EXPECTED%|Want%|want%|wanted%|Should%";
constexpr std::string_view kOutcome =
    "Actual%|actual%|Got%|got%|but got%|but was%|But was%|Received%|received%|Which is:%|to "
    "equal%|Found%|found%|to be%|"
    "given:%|was:%|Evaluated%|Have%|have%|returned%|Result%|instead %";

constexpr RunShape kShapes[] = {
    {.kind = "pytest-assertion",
     .why = "what pytest compared",
     .title = "E   %",
     .body = RunBody::same,
     .weight = 0.72,
     .failure_class = kTest},
    {.kind = "expected-actual",
     .why = "expected and actual value",
     .title = kExpectation,
     .next = kOutcome,
     .body = RunBody::until,
     .stop = "|at %|%:#:in %|File \"%|ok %|--- %",
     .weight = 0.6,
     .failure_class = kTest},
    {.kind = "actual-expected",
     .why = "expected and actual value",
     .title = "Actual: %|actual: %|got: %|Got: %|Received: %|Value of: %|Actual value %|Actual:|Got:",
     .next = kExpectation,
     .body = RunBody::until,
     .stop = "|at %|%:#:in %|File \"%|ok %|--- %",
     .weight = 0.6,
     .failure_class = kTest},
    {.kind = "expected-actual-diff",
     .why = "difference between expected and actual",
     .title = "--- expected|--- Expected|+ expected - actual|- Expected%|--- want%|--- "
              "a/expected%|Difference:|- expected%",
     .body = RunBody::until,
     .stop = "|at %|%:#:in %|%.php:#|bin/rails test %",
     .weight = 0.65,
     .failure_class = kTest},
    {.kind = "c-assertion",
     .why = "an assertion of the program failed",
     .title =
         "%: Assertion `%' failed.%|%: Assertion '%' failed.%|Assertion failed: %|Assertion "
         "failed!%|%Assertion failed: (%|"
         "Assertion failure: %|%ASSERTION FAILED%|%Assertion %failed at %:#%|assertion \"%\" failed: "
         "%|ASSERT FAILED%|"
         "%ERROR:%:#:%: assertion failed%|Bail out! %|ASSERTION FAILED: %|%CHECK failed: %|%Check failed: %",
     .weight = 0.75,
     .failure_class = kTest},
    {.kind = "assertion-error",
     .why = "an assertion failed",
     .title = "AssertionError%|java.lang.AssertionError%|%AssertionError: %|%AssertionError "
              "[%|%AssertionFailedError: %|"
              "%AssertionFailedError|%ComparisonFailure: %|%ComparisonFailure|Minitest::Assertion: "
              "%|%ExpectationFailedException%|"
              "%ExpectationNotMetError%|assertion failed: %|assertion `left %|%panicked at 'assertion "
              "failed%|Assertion with % failed|"
              "Failed asserting that %|error Assertion%",
     .next = "%",
     .body = RunBody::until,
     .stop = "|at %|%:#:in %|File \"%|%.php:#|Traceback %|\\[ERROR]%|\\[INFO]%|Tests run: %",
     .weight = 0.6,
     .failure_class = kTest},
    {.kind = "unified-diff",
     .why = "difference between two files",
     .title = "--- %",
     .except = "--- FAIL: %|--- PASS: %|--- SKIP: %|--- %---|--- expected|--- Expected",
     .next = "+++ %",
     .before = "diff %|index %",
     .body = RunBody::until,
     .stop = "diff %|$ %",
     .weight = 0.55,
     .failure_class = kUnknown},
    {.kind = "git-diff",
     .why = "files differ from what is committed",
     .title = "diff --git a/% b/%|diff --cc %",
     .body = RunBody::until,
     .stop = "diff --git %|$ %",
     .weight = 0.5,
     .failure_class = kUnknown},
    {.kind = "plain-diff",
     .why = "difference between two files",
     .title = "#c#|#,#c#|#,#c#,#|#c#,#|#a#|#d#|#a#,#|#,#d#",
     .next = "< %|> %|<|>",
     .before = "diff %",
     .body = RunBody::until,
     .stop = "diff %|$ %|",
     .weight = 0.55,
     .failure_class = kUnknown},
    {.kind = "files-differ",
     .why = "two files differ",
     .title = "Files % and % differ|Binary files % and % differ|% % differ: %, line #|% differ: byte #%|% "
              "differ: char #%",
     .weight = 0.55,
     .failure_class = kTest},
};

}  // namespace

RunShapes shapes_of_assertions() {
  return kShapes;
}

void add_assertion_blocks(const RunLines& lines, std::vector<Block>& blocks) {
  const std::array families{shapes_of_assertions()};
  add_shaped_blocks(lines, families, Extractor::assertion, blocks);
}

}  // namespace runneriq::diagnosis
