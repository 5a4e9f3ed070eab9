#include "diagnosis/signature.hpp"

#include "core/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::diagnosis {
namespace {

std::string headline(std::string_view excerpt) {
  const auto found = headline_of(excerpt);
  return found ? found->text : "none";
}

std::string signature(std::string_view excerpt) {
  const auto found = headline_of(excerpt);
  return found ? signature_of(*found) : "none";
}

TEST(Headline, IsTheLineThatNamesTheError) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"gcc -c a.c\na.c:3:1: error: expected ';'\n  int x\n      ^\nmake: *** [a.o] Error 1\n",
       "a.c:3:1: error: expected ';'"},
      {"a.c:1:1: error: first\na.c:2:1: error: second\n", "a.c:1:1: error: first"},
      {"a.c:1:1: warning: unused variable 'error'\na.c:2:1: error: real\n", "a.c:2:1: error: real"},
      {"Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\n    f()\nValueError: no "
       "value\n",
       "ValueError: no value"},
      {"____ test_a ____\n>  assert x == 1\nE   AssertionError: assert 2 == 1\n1 failed, 3 passed in 0.1s\n",
       "E   AssertionError: assert 2 == 1"},
      {"--- FAIL: TestOrder (0.02s)\n    order_test.go:7: got 2\nFAIL\nexit status 1\n",
       "--- FAIL: TestOrder (0.02s)"},
      {"thread 'main' panicked at 'index out of bounds', src/main.rs:4:5\nnote: run with RUST_BACKTRACE\n",
       "thread 'main' panicked at 'index out of bounds', src/main.rs:4:5"},
      {"/usr/bin/ld: a.o: undefined reference to `f'\ncollect2: error: ld returned 1 exit status\n",
       "/usr/bin/ld: a.o: undefined reference to `f'"},
      {"$ ./run\n./run: line 1: foo: command not found\n", "./run: line 1: foo: command not found"},
      {"tar: write error\nNo space left on device\n", "No space left on device"},
      {"Exception in thread \"main\" java.lang.NullPointerException: x\n\tat a.B.c(B.java:3)\n",
       "Exception in thread \"main\" java.lang.NullPointerException: x"},
      {"npm ERR! code ELIFECYCLE\nnpm ERR! errno 1\nsrc/a.ts(1,2): error TS2345: no\n",
       "src/a.ts(1,2): error TS2345: no"},
      {"$ make\nok 1\nok 2 error is raised\nall is fine\nKilled\n", "Killed"},
      {"Compiled with 0 errors, 0 failures\nthe cake is burnt\n", "the cake is burnt"},
      {"rake aborted!\nNo Rakefile found (looking for: rakefile)\n",
       "No Rakefile found (looking for: rakefile)"},
      {"fatal: unable to access 'https://x/': Could not resolve host: x\n",
       "fatal: unable to access 'https://x/': Could not resolve host: x"},
      {"reading error.c and tests/errors.txt\nbye\n", "bye"},
      {"warning: cannot cache\nbuilding\ncannot link\n", "cannot link"},
      {"$ ./silent\n", "$ ./silent"},
  };
  for (const auto& [excerpt, line] : rows) EXPECT_EQ(headline(excerpt), line) << excerpt;
}

TEST(Headline, IsOfTheLastBlock) {
  std::string log = "error: could not fetch, trying again\n";
  for (int i = 0; i < 100; ++i) log += "compiling\n";
  EXPECT_EQ(headline(log + "error: type mismatch\nerror: second\n"), "error: type mismatch");
}

TEST(Headline, IsNeverTheRunnersWord) {
  const std::string closing =
      "Uploading artifacts for failed job\nUploading artifacts...\nWARNING: report.xml: no matching files\n"
      "ERROR: No files to upload\nCleaning up project directory and file based variables\nERROR: Job failed: "
      "exit code 1\n";
  EXPECT_EQ(
      headline("Running with gitlab-runner 17.0.0 (abc)\nPreparing the \"docker\" executor\nit broke\n" +
               closing),
      "it broke");
  EXPECT_EQ(headline(closing), "none");
  for (const std::string none :
       {"", "\n\n", " \t\r\n", "ERROR: Job failed: exit code 137", "ERROR: Job failed: exit status 2",
        "ERROR: Job failed: Process exited with status 1. Reason was:  ()", "ERROR: Job failed", "Terminated",
        "\x1B[0;m\x1B[31;1mERROR: Job failed: command terminated with exit code 1\x1B[0;m\n"})
    EXPECT_EQ(headline(none), "none") << none;
}

// What the runner says of itself is all there is when the script never came to speak.
TEST(Headline, IsTheRunnersReasonWhereNoLineIsBetter) {
  const std::string over = "Cleaning up project directory and file based variables\n";
  for (const std::string reason :
       {"ERROR: Job failed: failed to pull image \"r.acme.com/img:1\" with specified policies [always]: "
        "denied",
        "ERROR: Job failed (system failure): prepare environment: image pull failed: Back-off pulling image",
        "ERROR: Job failed: prepare environment: exit status 2. Check the docs for more information",
        "ERROR: Job failed: execution took longer than 1h0m0s seconds",
        "ERROR: Job failed (system failure): pod gone"}) {
    EXPECT_EQ(headline(reason), reason);
    EXPECT_EQ(headline("$ make\n1 failed, 2 passed\n" + over + reason + "\n"), reason);
    EXPECT_EQ(headline("cannot link\n" + over + reason + "\n"), "cannot link");
  }
}

TEST(Headline, NamesTheTestThatFailed) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"[ERROR] Tests run: 12, Failures: 1, Errors: 0\n[ERROR] com.acme.CartTest.total:42 expected:<3> but "
       "was:<4>\n",
       "[ERROR] com.acme.CartTest.total:42 expected:<3> but was:<4>"},
      {"[INFO] Results:\n[ERROR] Failures: \n[ERROR]   CartTest.adds:12->check:30 expected:<3> but "
       "was:<4>\n[ERROR] There are test failures.\n[ERROR] -> [Help 1]\n",
       "[ERROR]   CartTest.adds:12->check:30 expected:<3> but was:<4>"},
      {"The following tests FAILED:\n\t  3 - cart_test (Failed)\n\t  7 - b (Timeout)\nErrors while running "
       "CTest\n",
       "3 - cart_test (Failed)"},
      {"The following tests FAILED:\n\t  3 - cart (SEGFAULT)      unit\n", "3 - cart (SEGFAULT)      unit"},
      {"FAIL src/cart.test.js (11.3 s)\n  ● Cart › adds tax\n\n    expect(received).toBe(expected)\nTests: 1 "
       "failed, 2 passed\n",
       "● Cart › adds tax"},
      {"FAIL src/cart.test.js\n  ● adds tax\n    expect(received).toBe(expected)\nTests: 1 failed\n",
       "FAIL src/cart.test.js"},
      {"FAIL  src/cart.test.ts > Cart > adds tax\nAssertionError: expected 1 to be 2\n",
       "FAIL  src/cart.test.ts > Cart > adds tax"},
      {"npm ERR! code E404\nnpm ERR! 404 Not Found - GET https://registry.npmjs.org/left-pad\n",
       "npm ERR! 404 Not Found - GET https://registry.npmjs.org/left-pad"},
      {"npm error code E404\nnpm error 404 Not Found - GET https://registry.npmjs.org/left-pad\n",
       "npm error 404 Not Found - GET https://registry.npmjs.org/left-pad"},
      {"E   AssertionError: assert 2 == 1\nFAILED tests/cart_test.py::test_adds - assert 2 == 1\n1 failed\n",
       "FAILED tests/cart_test.py::test_adds - assert 2 == 1"},
      {"E   ConnectionError: db refused\nFAILED tests/cart_test.py::test_adds - ConnectionError\n",
       "E   ConnectionError: db refused"},
      {"E   fixture 'db' not found\nERROR tests/cart_test.py::test_adds\n", "E   fixture 'db' not found"},
      {"=== RUN TestAdds\n--- FAIL: TestAdds (0.01s)\n    cart_test.go:12: got 3\nFAIL\tacme/cart\t0.015s\n",
       "--- FAIL: TestAdds (0.01s)"},
      {"cart_test.cc:7: Failure\nExpected equality\n[  FAILED  ] Cart.Total (3 ms)\n[  FAILED  ] 1 test, "
       "listed "
       "below:\n[  FAILED  ] Cart.Total\n 1 FAILED TEST\n",
       "[  FAILED  ] Cart.Total (3 ms)"},
      {"CartTest > adds() FAILED\n    org.opentest4j.AssertionFailedError: no at CartTest.java:12\n> Task "
       ":test "
       "FAILED\n",
       "CartTest > adds() FAILED"},
      {"java.lang.AssertionError: expected:<3>\nCartTest > adds FAILED\n", "CartTest > adds FAILED"},
      {"  1) Cart adds\n     Failure/Error: expect(1).to eq 2\n2 examples, 1 failure\n\nFailed "
       "examples:\n\nrspec ./spec/x_spec.rb:12 # Cart adds\n",
       "rspec ./spec/x_spec.rb:12 # Cart adds"},
      {"test cart::adds ... FAILED\n\nfailures:\n---- cart::adds stdout ----\nthread 'cart::adds' panicked "
       "at "
       "src/lib.rs:10:5:\ntest result: FAILED. 1 passed; 1 failed; 0 ignored\n",
       "test cart::adds ... FAILED"},
      {"There was 1 failure:\n\n1) CartTest::testAdds\nFailed asserting that 4 matches expected "
       "3.\n\nFAILURES!\nTests: 2, Assertions: 2, Failures: 1.\n",
       "1) CartTest::testAdds"},
      {"  1) test adds (CartTest)\n     Assertion with == failed\n", "1) test adds (CartTest)"},
      {"  1) Failure:\nCartTest#test_adds [test/cart_test.rb:12]:\nMinitest::Assertion: Expected "
       "true\nError: will "
       "not go on due to exit code 1\n",
       "CartTest#test_adds [test/cart_test.rb:12]:"},
      {"FAIL: test_adds (tests.CartTest)\nAssertionError: 1 != 2\nFAILED (failures=1)\n",
       "FAIL: test_adds (tests.CartTest)"},
      {"not ok 3 - adds\n# Failed test 'adds'\n", "not ok 3 - adds"},
      {"cannot link\n> Task :cart > jar FAILED\n", "cannot link"},
      {"1) install\n2) test\n3 - b (of 4)\nit broke\n", "it broke"},
  };
  for (const auto& [excerpt, line] : rows) EXPECT_EQ(headline(excerpt), line) << excerpt;
}

TEST(Headline, IsNotOfWhatOnlyCounts) {
  for (const std::string count :
       {"[ERROR] Tests run: 12, Failures: 1, Errors: 0", "Tests run: 12, Failures: 1", "FAILED (failures=1)",
        "The following tests FAILED:", "Errors while running CTest", "[  FAILED  ] 2 tests, listed below:",
        "test result: FAILED. 1 passed; 1 failed", "Tests: 1 failed, 3 passed", "npm ERR! code E404",
        "[ERROR] Failures:", "Failed tests:", "failures:", "passed 79, failed 4, total 83",
        "Error: Process exited with code: 5"})
    EXPECT_EQ(headline(count + "\ncannot link\n"), "cannot link") << count;
}

TEST(ExitCode, IsOfTheRunnersLastWord) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"$ make\n\x1B[31;1mERROR: Job failed: exit code 137\x1B[0;m\n", "137"},
      {"ERROR: Job failed: exit status 2", "2"},
      {"ERROR: Job failed: command terminated with exit code 1\r\n", "1"},
      {"ERROR: Job failed: Process exited with status 3. Reason was:  ()", "3"},
      {"ERROR: Job failed: exit code 1\nERROR: Job failed: exit code 3221225477\n", "3221225477"},
      {"ERROR: Job failed: exit code", ""},
      {"ERROR: Job failed: prepare environment: exit status 2", ""},
      {"make: exit code 3\nno word of it", ""},
      {"", ""},
  };
  for (const auto& [excerpt, code] : rows) EXPECT_EQ(exit_code_of(excerpt), code) << excerpt;
}

TEST(Headline, IsNotOfWhatComesAfterTheScript) {
  const std::string log =
      "section_start:1700000000:step_script\r\x1B[0K\x1B[32;1m$ make\x1B[0;m\n"
      "a.c:1:1: error: real\n"
      "section_end:1700000009:step_script\r\x1B[0Ksection_start:1700000009:after_script\r\x1B[0KRunning "
      "after_script\n"
      "fatal error: of the clean-up\n"
      "section_end:1700000010:after_script\r\x1B[0K\nsection_start:1700000010:upload_artifacts_on_"
      "failure\r\x1B[0K"
      "\nERROR: no such file\nsection_end:1700000010:upload_artifacts_on_failure\r\x1B[0K\n";
  EXPECT_EQ(headline(log), "a.c:1:1: error: real");
}

TEST(Headline, IsNotOfTheRunnersSections) {
  for (const std::string section : {"after_script", "archive_cache_on_failure", "upload_artifacts_on_failure",
                                    "cleanup_file_variables"}) {
    const std::string marker = ":1700000000:" + section + "\r\x1B[0K";
    const std::string log = "error: real\n" + std::string(100, '\n') + "section_start" + marker +
                            "\nfatal: late\nsection_end" + marker;
    EXPECT_EQ(headline(log), "error: real") << section;
    EXPECT_EQ(headline(log + "fatal: later\n"), "fatal: later") << section;
  }
}

TEST(Headline, IsClean) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"\x1B[31;1merror:\x1B[0m bad \x1B[1mthing\x1B[K", "error: bad thing"},
      {"\x1B]8;;https://evil.example\x1B\\error: link\x1B]8;;\x07 end", "error: link end"},
      {"\x1B]0;title without end error: x", "0;title without end error: x"},
      {"10 %\r50 %\rerror: at the end\r", "error: at the end"},
      {"10 %\r50 %\rerror: at the end\r\n", "error: at the end"},
      {"error: at the end\r \t\r", "error: at the end"},
      {"it broke\nerror: erased\r\x1B[K", "it broke"},
      {"error: over\b\b\bwritten\x01\x7F", "error: overwritten"},
      {"2026-06-05T11:59:14.281330Z 01E error: stamped", "error: stamped"},
      {"2026-06-05T11:59:14.281330Z 00O+error: goes on", "error: goes on"},
      {"2026-06-05T11:59:14Z error: of another program", "error: of another program"},
      {"2026-06-05T11:59:14.281330Z 01O section_start:1700000000:x[collapsed=true]\r\x1B[0Kerror: behind a "
       "marker",
       "error: behind a marker"},
      {"error: \xFF\xFE bytes", "error: \xEF\xBF\xBD\xEF\xBF\xBD bytes"},
      {std::string("error: a\0b", 10), "error: ab"},
      {"\t  error: indented \t ", "error: indented"},
  };
  for (const auto& [line, text] : rows) EXPECT_EQ(headline(line), text) << line;
}

TEST(Headline, IsBounded) {
  std::string line = "error: ";
  for (int i = 0; i < 100'000; ++i) line += "ä";
  const std::string text = headline(line);
  EXPECT_EQ(text.size(), 499U);
  EXPECT_TRUE(is_utf8(text));
}

TEST(Normalised, ReplacesWhatChanges) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"a.c:12:5: error", "a.c:<n>:<n>: error"},
      {"took 3.25s", "took <duration>"},
      {"took 3 seconds, then 1m 23s", "took <duration>, then <duration>"},
      {"in 250 ms", "in <duration>"},
      {"5 minutes ago", "<duration> ago"},
      {"5 months ago", "<n> months ago"},
      {"1,234.5 of 99%", "<n> of <n>%"},
      {"version 1.2.3-rc1", "version <n>-rc<n>"},
      {"commit deadbeef1234567890", "commit <hex>"},
      {"commit facade", "commit facade"},
      {"at 0x7ffe12ab", "at <hex>"},
      {"id 123e4567-e89b-12d3-a456-426614174000 gone", "id <uuid> gone"},
      {"pod build-5f7c9d-x8z2q", "pod build-<id>-<id>"},
      {"runner-abc-project-12-concurrent-0", "runner-abc-project-<n>-concurrent-<n>"},
      {"2026-06-05T11:59:14.281Z boom", "<time> boom"},
      {"2026-06-05 11:59:14,281 +0200 boom", "<time> boom"},
      {"[11:59:14] boom", "[<time>] boom"},
      {"on 2026/06/05", "on <time>"},
      {"Fri Jun  5 11:59:14 2026", "<time> <time> <n>"},
      {"Jun 05 11:59:14 host", "<time> <time> host"},
      {"connect 10.0.3.17:8080", "connect <ip>:<n>"},
      {"connect fe80::1", "connect <ip>"},
      {"std::vector and a::b", "std::vector and a::b"},
      {"GET https://x.example/a?b=1: failed", "GET <url>: failed"},
      {"open /builds/acme/shop/src/main.c failed", "open <path>/main.c failed"},
      {"open /tmp/tmp12ab", "open <path>"},
      {"open C:\\Users\\x\\main.c:3", "open <path>/main.c:<n>"},
      {"~/x/y.txt", "<path>/y.txt"},
      {"src/main.c and 3 / 4", "src/main.c and <n> / <n>"},
      {"./src/main.c", "./src/main.c"},
      {"</div>", "</div>"},
      {"expected '5 apples' got \"6\"", "expected '<n> apples' got \"<n>\""},
      {"No module named 'boto3'", "No module named 'boto<n>'"},
      {"exit code 137", "exit code 137"},
      {"exit status: 2", "exit status: 2"},
      {"HTTP 404 but status 12345", "HTTP 404 but status <n>"},
      {"signal 11", "signal 11"},
      {"FAILED tests/cart2.py::test_case1[3-4] - 5 of 6",
       "FAILED tests/cart2.py::test_case1[<n>-<n>] - <n> of <n>"},
      {"FAILED t.py::test_a2 - got case2", "FAILED t.py::test_a2 - got case<n>"},
      {"--- FAIL: TestAdds2 (0.01s)", "--- FAIL: TestAdds2 (<duration>)"},
      {"[  FAILED  ] Cart2.Total_3 (3 ms)", "[ FAILED ] Cart2.Total_3 (<duration>)"},
      {"[ERROR]   Cart2Test.adds3:12 expected:<3> but was:<4>",
       "[ERROR] Cart2Test.adds3:<n> expected:<<n>> but was:<<n>>"},
      {"test_case1 failed", "test_case<n> failed"},
      {"npm ERR! 404 Not Found - GET https://r.example/@acme%2fpad - Not found",
       "npm ERR! <n> Not Found - GET <url>/@acme%<n>fpad - Not found"},
      {"npm ERR! 404 Not Found - GET https://r.example/pad/-/left-pad-1.3.0.tgz",
       "npm ERR! <n> Not Found - GET <url>/left-pad-<n>.tgz"},
      {"  a \t b\x01 c  ", "a b c"},
      {"größe 5 \xFF", "größe <n> \xEF\xBF\xBD"},
      {"", ""},
      {" ", ""},
  };
  for (const auto& [line, text] : rows) EXPECT_EQ(normalised(line), text) << line;
}

TEST(Signature, IsTheSameForTheSameFailure) {
  const std::string first =
      "2026-06-05T11:59:14.281330Z 01E \x1B[31;1m/builds/a1/shop/x.py:10: ConnectionError: 10.0.0.7:5432 "
      "refused after 3.2s (id "
      "123e4567-e89b-12d3-a456-426614174000)\x1B[0m\nERROR: Job failed: exit code 1\n";
  const std::string second =
      "some other lines\n/builds/b2/shop/x.py:11: ConnectionError: 10.0.0.9:5433 refused after 12s (id "
      "00000000-e89b-12d3-a456-426614174999)\n";
  EXPECT_EQ(signature(first), signature(second));
  EXPECT_NE(signature(first), signature("x.py:10: TimeoutError: 10.0.0.7:5432\n"));
  EXPECT_NE(signature("error: exit code 1"), signature("error: exit code 137"));
}

TEST(Signature, DiffersFromTestToTest) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"npm ERR! code E404\nnpm ERR! 404 Not Found - GET https://r.example/left-pad",
       "npm ERR! code E404\nnpm ERR! 404 Not Found - GET https://r.example/right-pad"},
      {"FAILED tests/test_a.py::test_case1 - KeyError", "FAILED tests/test_a.py::test_case2 - KeyError"},
      {"E   assert 3 == 4\nFAILED t.py::test_a - assert 3 == 4",
       "E   assert 3 == 4\nFAILED t.py::test_b - assert 3 == 4"},
      {"not ok 1 - adds2", "not ok 1 - adds3"},
  };
  for (const auto& [one, other] : rows) EXPECT_NE(signature(one), signature(other)) << one;
}

// Kept in state files: a change of these numbers makes every failure new.
TEST(Signature, IsStableForEver) {
  EXPECT_EQ(signature_of(Headline{.text = "", .normalised = ""}), "392209f14dea4c24");
  EXPECT_EQ(signature("a.c:3:1: error: expected ';' before '}' token"), "9c4dd0a4b4896ddb");
  EXPECT_EQ(signature_of("acme/shop", "unit", "script_failure"), "85ba630b2f2c314c");
}

TEST(Signature, KeepsTextsApart) {
  EXPECT_NE(signature_of("ab", "c", ""), signature_of("a", "bc", ""));
  EXPECT_NE(signature_of("", "", "a"), signature_of("a", "", ""));
  EXPECT_NE(signature_of("a", "py3.8", "r"), signature_of("a", "py3.9", "r"));
  EXPECT_EQ(signature_of("", "", "").size(), 16U);
}

}  // namespace
}  // namespace runneriq::diagnosis
