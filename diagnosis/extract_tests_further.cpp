#include "diagnosis/extractors_of_runs.hpp"

namespace runneriq::diagnosis {
namespace {

constexpr RunShape kShapes[] = {
    {.kind = "dotnet-test-failure",
     .why = "failed test of dotnet test",
     .title = "Failed %|X %|Failed   %",
     .except = "Failed!  - %|Failed to %",
     .next = "Error Message:%|%EventMessage:%",
     .body = RunBody::until,
     .stop =
         "Passed %|Failed % [%|X %|Results File: %|Test Run Failed.%|Total tests: %|Skipped %|Attachments:%",
     .head = "%Assert%|%Expected%|%Exception%",
     .weight = 0.92},
    {.kind = "xunit-failure",
     .why = "failed test of xUnit.net",
     .title = "%.% \\[FAIL]|%(%) \\[FAIL]",
     .except = "\\[xUnit.net %",
     .body = RunBody::deeper,
     .weight = 0.92},
    {.kind = "xunit-line",
     .why = "failed test of xUnit.net",
     .title = "\\[xUnit.net %] %[FAIL]",
     .body = RunBody::until,
     .stop = "\\[xUnit.net %[FAIL]|\\[xUnit.net %Finished:%|Failed %|Passed %",
     .weight = 0.75},
    {.kind = "pester-failure",
     .why = "failed test of Pester",
     .title = "\\[-] %",
     .body = RunBody::until,
     .stop = "\\[+] %|\\[-] %|Describing %|Context %|Tests completed in %|\\[!] %|Tests Passed: %|Running "
             "tests %|Starting %",
     .weight = 0.9},
    {.kind = "eunit-failure",
     .why = "failed test of EUnit",
     .title = "%...*failed*|%: *failed*%|%*failed*|%...*skipped*",
     .body = RunBody::until,
     .stop = "%...ok|%...*failed*|=====%|Failed: #.%|\\[done in %|%: %...%ok",
     .weight = 0.9},
    {.kind = "common-test-failure",
     .why = "failed test of Common Test",
     .title = "%_SUITE:% failed on line #|%_SUITE ==> %: FAILED|%%% %_SUITE ==> %: "
              "FAILED|%_SUITE.%%FAILED",
     .body = RunBody::until,
     .stop = "Testing %|%_SUITE:%failed%|=====%|--------%|",
     .end = "Reason: %|%%% %==> Reason:%|%==> Reason:%",
     .weight = 0.9},
    {.kind = "common-test-failed",
     .why = "a failed test of Common Test",
     .title = "- - - - - - - - - - - - - - - - - - - - - - - - - -%",
     .next = "%_SUITE:%",
     .body = RunBody::until,
     .stop = "Testing %",
     .end = "- - - - - - - - - - - - - - - - - - - - - - - - - -%",
     .weight = 0.8},
    {.kind = "hspec-mark", .why = "failed example of Hspec", .title = "%FAILED \\[#]", .weight = 0.4},
    {.kind = "tasty-failure",
     .why = "failed test of tasty",
     .title = "%:%FAIL|%:%FAIL (%s)",
     .except = "%FAIL: %",
     .body = RunBody::deeper,
     .weight = 0.88},
    {.kind = "hunit-failure",
     .why = "failed test of HUnit",
     .title = "\\#\\#\\# Failure in%|\\#\\#\\# Error in%",
     .body = RunBody::until,
     .stop = "\\#\\#\\# %|Cases: %|Examples: %",
     .weight = 0.9},
    {.kind = "quickcheck-failure",
     .why = "falsified property of QuickCheck",
     .title = "*** Failed! %|*** Gave up! %|%*** Failed! %",
     .body = RunBody::paragraph,
     .stop = "+++ OK%|=== %",
     .weight = 0.85},
    {.kind = "cabal-test-suite",
     .why = "a failed test suite of Cabal",
     .title = "Test suite %: FAIL|Test suite failure for package %",
     .body = RunBody::deeper,
     .weight = 0.4},
    {.kind = "testthat-failure",
     .why = "failed test of testthat",
     .title = "── Failure (%|── Error (%|── #. Failure: %|── #. Error: %|-- Failure (%|-- Error (%|-- #. "
              "Failure: %|"
              "-- #. Error: %|#. Failure: %|#. Error: %|#. Failure (%|#. Error (%|#. Error (%): %|#. Failure "
              "(%): %|"
              "── Failure: %|── Error: %|Failure (%): %|Error (%): %",
     .body = RunBody::until,
     .stop = "── %|══ %|== %|-- %|#. Failure%|#. Error%|testthat results %|\\[ FAIL %|Execution halted%|"
             "Error: testthat unit tests failed%|Error: Test failures%|DONE =%",
     .weight = 0.9},
    {.kind = "r-check-tests",
     .why = "R CMD check failed in tests",
     .title = "Running the tests in % failed.|Running the tests in %failed.%",
     .before = "ERROR|Running %.R%|checking tests ...%|% Running %",
     .body = RunBody::until,
     .stop = "* %|\\* %|Status: %|checking %|--%",
     .head = "Error%",
     .weight = 0.88},
    {.kind = "r-check-examples",
     .why = "R CMD check failed in examples",
     .title = "Running examples in % failed",
     .body = RunBody::until,
     .stop = "* %|\\* %|Status: %|checking %",
     .end = "Execution halted",
     .head = "Error%",
     .weight = 0.88},
    {.kind = "r-unit-failure",
     .why = "failed test of RUnit",
     .title = "FAILURE in %: %|ERROR in %: Error in %",
     .body = RunBody::paragraph,
     .weight = 0.85},
    {.kind = "buttercup-failure",
     .why = "failed spec of Buttercup",
     .title = "FAILED: %|error: (%",
     .except = "FAILED: //%|FAILED: #|FAILED: [code=%|FAILED: %.o|FAILED: %.dir/%",
     .weight = 0.7},
    {.kind = "vader-failure",
     .why = "failed case of Vader",
     .title = "(#/#) \\[%] (X) %|(%#/#) \\[%] (X) %",
     .body = RunBody::until,
     .stop = "(#/#) %|(%#/#) %|Success/Total: %|Starting Vader: %",
     .weight = 0.9},
    {.kind = "vim-test-failure",
     .why = "failed test of Vim",
     .title = "Found errors in %:",
     .before = "From test_%:|",
     .body = RunBody::until,
     .stop = "Found errors in %|From test_%|Executed %|TEST FAILURE%|Executed: %|FAILED: %|SKIPPED %",
     .end = "Flaky test failed too often, giving up",
     .head = "Caught exception %|%Expected %",
     .weight = 0.9},
    {.kind = "vim-test-caught",
     .why = "a test of Vim threw",
     .title = "Caught exception in %",
     .weight = 0.6},
    {.kind = "l3build-failure",
     .why = "failed check of l3build",
     .title = "Check failed with difference files|Check failed with difference file %",
     .body = RunBody::until,
     .stop = "===%",
     .weight = 0.7},
    {.kind = "l3build-mark", .why = "failed check of l3build", .title = "--> failed", .weight = 0.5},
    {.kind = "elm-test-failure",
     .why = "failed test of elm-test",
     .title = "↓ %",
     .next = "✗ %|↓ %",
     .body = RunBody::until,
     .stop = "↓ %|TEST RUN FAILED%",
     .head = "✗ %",
     .weight = 0.88},
    {.kind = "dart-test-failure",
     .why = "failed test of Dart",
     .title = "#:# +# -#: % \\[E]|#:# +# ~# -#: % \\[E]|%-#: % \\[E]",
     .body = RunBody::until,
     .stop = "#:# +#%|❌ %|✅ %|To run this test again%",
     .weight = 0.9},
    {.kind = "flutter-failure",
     .why = "exception in a test of Flutter",
     .title = "══% EXCEPTION CAUGHT BY %",
     .body = RunBody::until,
     .stop = "══% EXCEPTION %",
     .end = "═════════════════════════%",
     .head = "%Expected: %|%rror%",
     .weight = 0.88},
    {.kind = "alcotest-failure",
     .why = "failed test of Alcotest",
     .title = "│ \\[FAIL] %|-- % \\[%] Failed --%|\\[FAIL] %",
     .body = RunBody::until,
     .stop =
         "──────%|\\[OK] %|\\[FAIL] %|The full test results%|Full test results%|Logs saved to %|\\[----]%",
     .weight = 0.82},
    {.kind = "ounit-failure",
     .why = "failed test of OUnit",
     .title = "Error: %:#:%.|Failure: %:#:%|Error: %:#|Error: %:#:%",
     .previous = "=====%",
     .body = RunBody::until,
     .stop = "------%|=====%|Ran: # tests%",
     .weight = 0.88},
    {.kind = "julia-failure",
     .why = "failed test of Julia",
     .title = "%: Test Failed at %:#|%Error During Test at %:#|Test Failed at %:#|Error During Test at "
              "%:#|Test Failed|Error During Test",
     .body = RunBody::until,
     .stop = "Test Summary:%|%: Test Failed at %|%Error During Test at %|ERROR: LoadError: %",
     .weight = 0.92},
    {.kind = "rackunit-failure",
     .why = "failed check of RackUnit",
     .title = "FAILURE|ERROR",
     .next = "actual:%|name:%|location:%|expected:%|params:%|message:%",
     .body = RunBody::until,
     .stop = "------%",
     .weight = 0.5},
    {.kind = "fiveam-failure",
     .why = "failed test of FiveAM",
     .title = "Failure Details:",
     .body = RunBody::until,
     .stop = "Did # check%|Skip Details:%",
     .weight = 0.75},
    {.kind = "zunit-cram-diff",
     .why = "difference to the expected output",
     .title = "--- %.t",
     .next = "+++ %.t.err",
     .body = RunBody::until,
     .stop = "\\# Ran # tests%|--- %.t",
     .weight = 0.85},
    {.kind = "crystal-spec",
     .why = "failed examples of Crystal",
     .title = "crystal spec %:# \\# %",
     .body = RunBody::same,
     .weight = 0.5},
};

constexpr std::string_view kCounts =
    "=% @ failed%in %s%=|=% @ error%in %s%=|@ failed%in %s|@ failing|FAILED (%failures=@%|FAILED (%errors=@%|"
    "FAILED (failed=@%|FAILED (%|Tests: %@ failed%|Test Suites: %@ failed%|Tests  @ failed%|Test Files  @ "
    "failed%|"
    "Tests run: %Failures: @%|Tests run: %Errors: @%|Tests: # run%@ failed%|Tests: #%Failures: @%|Tests: "
    "#%Errors: @%|"
    "# examples, @ failure%|# examples, # failures, @ error%|# example, @ failure%|# runs, %@ failure%|# "
    "runs, %@ error%|"
    "# tests, %@ failure%|# tests, %@ error%|# tests, @ failed%|test result: FAILED.%|# tests completed, @ "
    "failed%|"
    "#% tests passed, @ test% failed out of %|@ FAILED TEST%|@ failure%|Executed # test%with @ failure%|"
    "Failed!  - Failed: % @, %|@ test% failed%|# scenario% (%@ failed%|# step%(%@ failed%|# spec%@ failure%|"
    "Executed # of # %(@ FAILED)%|*** @ failure% detected in %|*** @ failure%|test cases: %@ "
    "failed%|assertions: %@ failed%|"
    "\\# FAIL: % @|\\# ERROR: % @|\\# fail  @|\\# fail @|\\# Looks like you failed @ test%|Failed: Total #, "
    "Failed @%|"
    "Failed: Total #, Failed #, Errors @%|*** @ FAILED ***%|*** @ TEST% FAILED ***|*** @ TEST FAILED ***|"
    "@ of # tests failed%|@ out of # tests failed%|Ran # of # Specs %|FAIL! -- %|@ successes / @ failure%|"
    "# success% / @ failure%|\\[ FAIL @ %|Tests passed: #, Failed: @%|Tests Passed: #, Failed: @%|Failed: @%|"
    "Totals: # passed, @ failed%|@ checks failed%|Result: FAIL|# passed, @ failed%|# passing%@ failing%|@ of "
    "# failed|"
    "# pass%@ fail%|TOTAL: @ FAILED%|Cases: #  Tried: #  Errors: #  Failures: @|@ out of # tests failed (%|"
    "Results: % @ failed%|Total tests: #%Failures: @%|Test suite %: FAIL|There were failing tests%|> There "
    "were failing tests%|"
    "Fail:%@|Number of failed tests: @|Tests failed   : %@ %";

constexpr RunShape kSummaries[] = {
    {.kind = "test-counts", .why = "counts failed tests", .title = kCounts, .weight = 0.25},
    {.kind = "test-error",
     .why = "says that tests failed",
     .title = "error: test failed, to rerun pass %|There are test failures.|There were test failures.|"
              "Errors while running CTest%|error Test failed.%|Some tests failed%|Execution failed for task "
              "'%test'.|"
              "(Test / test) %|(% / Test / test%) %|(%test:test%) %|Error: testthat unit tests failed%|Tests "
              "failed.|"
              "Test suite failed%|FAILED TESTS%|!!! Test %failed%|Error: Test failures%",
     .weight = 0.3},
};

}  // namespace

RunShapes shapes_of_further_tests() {
  return kShapes;
}

RunShapes shapes_of_summaries() {
  return kSummaries;
}

}  // namespace runneriq::diagnosis
