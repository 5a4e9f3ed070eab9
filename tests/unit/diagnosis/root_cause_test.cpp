#include "diagnosis/root_cause.hpp"

#include "diagnosis/classification.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace runneriq::diagnosis {
namespace {

using std::string_literals::operator""s;

const std::string kEsc = "\x1b[0K";

std::string section(std::string_view name, std::string_view body) {
  return "section_start:1700000000:"s + std::string{name} + "\r" + kEsc + std::string{body} +
         "section_end:1700000001:" + std::string{name} + "\r" + kEsc + "\n";
}

std::string echoed(std::string_view command) {
  return "\x1b[32;1m$ " + std::string{command} + "\x1b[0;m\n";
}

// A job as gitlab-runner writes it: `script` is what stands in step_script, `afterwards` what comes behind
// it.
std::string job(std::string_view script, std::string_view afterwards = "",
                std::string_view last_words = "ERROR: Job failed: exit code 1") {
  return section("prepare_executor",
                 "Preparing the \"docker\" executor\n"
                 "Using Docker executor with image debian:12 ...\n") +
         section("get_sources",
                 "Getting source from Git repository\n"
                 "Fetching changes with git depth set to 20...\n") +
         section("step_script", "Executing \"step_script\" stage of the job script\n" + std::string{script}) +
         std::string{afterwards} +
         section("cleanup_file_variables", "Cleaning up project directory and file based variables\n") +
         "\x1b[31;1m" + std::string{last_words} + "\x1b[0;m\n";
}

std::string passed_steps() {
  std::string text = echoed("make all");
  for (int i = 1; i <= 40; ++i) text += "compiling unit_" + std::string(1 + i % 7, 'x') + ".c\n";
  return text;
}

std::string text_of(const ReadLog& log, const ShownBlock& block) {
  std::string text;
  for (std::size_t i = block.first; i <= block.last; ++i) text += std::string{log.lines[i].text} + "\n";
  return text;
}

class RootCauseOf : public testing::Test {
 protected:
  void read(const std::string& raw, const RootCauseTerms& terms = {}) {
    log = read_log(raw, rules());
    cause = root_cause_of(log, terms);
  }
  std::string shown(std::size_t index) const {
    return index < cause.blocks.size() ? text_of(log, cause.blocks[index]) : "";
  }
  std::string all_shown() const {
    std::string text;
    for (std::size_t i = 0; i < cause.blocks.size(); ++i) text += shown(i);
    return text;
  }
  std::string command() const {
    return cause.command < 0 ? "" : std::string{log.commands[static_cast<std::size_t>(cause.command)].text};
  }
  static RuleBook& rules() {
    static RuleBook book;
    return book;
  }
  ReadLog log;
  RootCause cause;
};

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// ---- what says why ---------------------------------------------------------------------------------------

struct Why {
  std::string_view name, command, output, says;
};

class RootCauseOfAJob : public RootCauseOf, public testing::WithParamInterface<Why> {};

TEST_P(RootCauseOfAJob, IsShownFirstWithItsCommand) {
  const Why& why = GetParam();
  read(job(passed_steps() + echoed(why.command) + std::string{why.output}));
  EXPECT_TRUE(holds(shown(0), why.says)) << shown(0);
  EXPECT_EQ(command(), why.command);
}

INSTANTIATE_TEST_SUITE_P(
    GitLab, RootCauseOfAJob,
    testing::Values(
        Why{"gcc", "make parser",
            "cc -c lexer.c\nparser.c:41:9: error: unknown type name 'nod'\n   41 |         nod *next;\n"
            "      |         ^~~\nmake: *** [Makefile:12: parser.o] Error 1\n",
            "unknown type name 'nod'"},
        Why{"pytest", "pytest -q",
            "..F.                                                     [100%]\n"
            "=================================== FAILURES ===================================\n"
            "_________________________________ test_total __________________________________\n\n"
            "    def test_total():\n>       assert total([1, 2]) == 4\nE       assert 3 == 4\n\n"
            "tests/test_sums.py:7: AssertionError\n"
            "=========================== short test summary info ============================\n"
            "FAILED tests/test_sums.py::test_total - assert 3 == 4\n1 failed, 3 passed in 0.12s\n",
            "assert 3 == 4"},
        Why{"go", "go test ./...",
            "ok  \texample.org/shop/cart\t0.01s\n--- FAIL: TestPrice (0.00s)\n"
            "    price_test.go:12: got 7, want 9\nFAIL\nFAIL\texample.org/shop/price\t0.02s\nFAIL\n",
            "got 7, want 9"},
        Why{"traceback", "python manage.py migrate",
            "Operations to perform:\nTraceback (most recent call last):\n"
            "  File \"manage.py\", line 22, in <module>\n    main()\n"
            "ModuleNotFoundError: No module named 'shop'\n",
            "No module named 'shop'"},
        Why{"npm", "npm ci",
            "npm ERR! code ERESOLVE\nnpm ERR! ERESOLVE could not resolve\nnpm ERR! \n"
            "npm ERR! While resolving: react-thing@1.2.0\n",
            "ERESOLVE could not resolve"},
        Why{"shell", "./deploy.sh", "/bin/bash: line 150: ./deploy.sh: Permission denied\n",
            "./deploy.sh: Permission denied"},
        Why{"disk", "docker build .",
            "Step 4/9 : COPY . /src\nwrite /var/lib/docker/tmp/x: no space left on device\n",
            "no space left on device"},
        Why{"no_error_word", "tools/check_docs", "docs/install.md is older than docs/install.md.in\n",
            "is older than"}),
    [](const auto& test) { return std::string{test.param.name}; });

TEST_F(RootCauseOf, AnUploadThatFailedTheJobIsShownAndNoCommand) {
  read(
      job(passed_steps(),
          section("upload_artifacts_on_success",
                  "Uploading artifacts for successful job\nUploading artifacts...\n"
                  "dist/: found 8120 matching artifact files and directories \n"
                  "ERROR: Uploading artifacts as \"archive\" to coordinator... 413 Request Entity Too Large\n"
                  "FATAL: too large\n")));
  EXPECT_TRUE(holds(shown(0), "413 Request Entity Too Large")) << shown(0);
  EXPECT_EQ(cause.command, -1);
  EXPECT_EQ(class_of(log, cause).failure_class, FailureClass::configuration);
}

TEST_F(RootCauseOf, WrappersDoNotHideWhatTheProgramItselfSaidLast) {
  read(job(passed_steps() + echoed("npm run lint") +
           "> shop@1.0.0 lint\n> styles --strict\n\n"
           "The header is not of the palette\nThe footer is not of the palette\n\n"
           "npm ERR! code ELIFECYCLE\nnpm ERR! errno 1\nnpm ERR! shop@1.0.0 lint: `styles --strict`\n"
           "npm ERR! Exit status 1\nnpm ERR! \nnpm ERR! A complete log of this run can be found in:\n"
           "npm ERR!     /root/.npm/_logs/2026-01-01T00_00_00_000Z-debug.log\n"));
  EXPECT_TRUE(holds(all_shown(), "not of the palette")) << all_shown();
}

TEST_F(RootCauseOf, OfSeveralFailedTestsTheFirstComesFirst) {
  read(job(echoed("go test ./...") + "--- FAIL: TestFirst (0.00s)\n    a_test.go:1: got 1, want 2\n" +
           "ok  \tshop/b\t0.01s\n"
           "--- FAIL: TestSecond (0.00s)\n    c_test.go:1: got 3, want 4\nFAIL\n"));
  EXPECT_TRUE(holds(shown(0), "TestFirst")) << shown(0);
}

TEST_F(RootCauseOf, TheRunnersReasonSaysWhyWhereItIsNoExitCode) {
  read(job(passed_steps() + echoed("make check") + "running 400 checks\nerror: slow disk, going on\n", "",
           "ERROR: Job failed: execution took longer than 1h0m0s seconds"));
  EXPECT_TRUE(holds(shown(0), "took longer than")) << shown(0);
}

TEST_F(RootCauseOf, ATravisLogNamesTheFirstCommandThatFailed) {
  read("travis_time:start:0\r" + kEsc + "$ ./configure\nchecking for cc... cc\ntravis_time:end:0\r" + kEsc +
       "\nThe command \"./configure\" exited with 0.\n"
       "travis_time:start:1\r" +
       kEsc + "$ make\nmain.c:3:1: error: expected ';'\ntravis_time:end:1\r" + kEsc +
       "\nThe command \"make\" exited with 2.\n"
       "travis_time:start:2\r" +
       kEsc + "$ make docs\nerror: no doxygen\ntravis_time:end:2\r" + kEsc +
       "\nThe command \"make docs\" exited with 1.\n\nDone. Your build exited with 1.\n");
  EXPECT_EQ(command(), "make");
  EXPECT_TRUE(holds(shown(0), "expected ';'")) << shown(0);
}

// ---- decoys ----------------------------------------------------------------------------------------------

const std::string kReal = "price_test.rb:8: the price is 7, not 9\n";
std::string failing(const std::string& before = "") {
  return passed_steps() + before + echoed("tools/check_prices") + kReal;
}

TEST_F(RootCauseOf, ADownloadThatGotThroughOnTheSecondTryIsNone) {
  read(job(echoed("bundle install") +
           "error: connection reset by peer while fetching https://gems.example.org/a.gem\n"
           "Retrying download (1/3)\nDownloaded a.gem\n" +
           std::string(900, '.') + "\n" +
           failing("Installing a\nInstalling b\nInstalling c\nInstalling d\nInstalling e\nInstalling f\n")));
  EXPECT_TRUE(holds(shown(0), "the price is 7")) << shown(0);
}

TEST_F(RootCauseOf, WithinOneCommandARetriedDownloadIsNoneEither) {
  std::string built;
  for (int i = 0; i < 30; ++i) built += "unit " + std::to_string(i) + " built\n";
  read(job(echoed("./build") + "error: connection timed out: mirror.example.org\nRetrying in 5 seconds...\n" +
           built + "link.ld:3: unknown section .tex\n"));
  EXPECT_TRUE(holds(shown(0), "unknown section")) << shown(0);
}

TEST_F(RootCauseOf, ADownloadOfWhichAllTriesFailedIsTheCause) {
  read(job(echoed("./fetch") +
           "error: connection timed out: mirror.example.org\nRetrying in 5 seconds...\n"
           "error: connection timed out: mirror.example.org\nGiving up after 2 attempts\n"));
  EXPECT_TRUE(holds(shown(0), "connection timed out")) << shown(0);
}

TEST_F(RootCauseOf, ASummaryThatCountsNoFailureIsNone) {
  read(job(echoed("./run_all") + kReal +
           "suite b\nTests run: 12, Failures: 0, Errors: 0, Skipped: 0\n"
           "12 tests, 0 failures, 0 errors\n"));
  EXPECT_TRUE(holds(shown(0), "the price is 7")) << shown(0);
}

TEST_F(RootCauseOf, OutputOfAfterScriptIsNone) {
  read(job(failing(), section("after_script",
                              "Running after_script\nRunning after script...\n" + echoed("docker rm -f db") +
                                  "Error: No such container: db\nfatal: cannot remove volume\n"
                                  "panic: runtime error: index out of range\n")));
  EXPECT_TRUE(holds(shown(0), "the price is 7")) << all_shown();
}

TEST_F(RootCauseOf, WarningsOfArtifactsAndCachesAreNone) {
  read(job(
      failing(),
      section("upload_artifacts_on_failure",
              "Uploading artifacts...\nWARNING: report.xml: no matching files. Ensure that the artifact path "
              "is relative to the working directory\nERROR: No files to upload\n")));
  EXPECT_TRUE(holds(shown(0), "the price is 7")) << all_shown();
  EXPECT_FALSE(holds(shown(0), "No files to upload"));
}

TEST_F(RootCauseOf, TheExitCodeAsTheRunnersLastWordIsNone) {
  read(job(failing()));
  EXPECT_FALSE(holds(all_shown(), "Job failed")) << all_shown();
}

TEST_F(RootCauseOf, AFailureThatTheScriptForgesHidesNothing) {
  read(job(passed_steps() + echoed("cat notes.txt") +
           "ERROR: Job failed: exit code 1\nERROR: Job failed (system failure): no host\n" +
           failing("all is well\n")));
  EXPECT_TRUE(holds(shown(0), "the price is 7")) << all_shown();
  EXPECT_EQ(command(), "tools/check_prices");
}

TEST_F(RootCauseOf, ASectionEndThatTheScriptForgesHidesNothing) {
  read(job(passed_steps() + echoed("cat notes.txt") + "section_end:1700000001:step_script\r" + kEsc +
           "\nsection_start:1700000001:after_script\r" + kEsc + "Running after_script\n" + failing()));
  EXPECT_TRUE(holds(all_shown(), "the price is 7")) << all_shown();
}

TEST_F(RootCauseOf, AStatementOfFailureThatTheScriptPrintsDoesNotTakeTheBlame) {
  read(job(passed_steps() + echoed("cat old.log") +
           "error: old trouble\nThe command \"make\" exited with 2.\n" + failing()));
  EXPECT_TRUE(holds(shown(0), "the price is 7")) << all_shown();
}

// ---- history ---------------------------------------------------------------------------------------------

const std::string kNoise =
    "error: cannot read /etc/shop.conf, going on with defaults\n\n"
    "simulating\nsimulating\n\nerror: no GPU was found: using the slow path\n\n";

std::string simulation(const std::string& seed, const std::string& finding) {
  return passed_steps() + echoed("./simulate " + seed) + "reading\n\n" + kNoise + finding +
         "\nwriting the report of run " + seed + "\n\n" + kNoise;
}

TEST_F(RootCauseOf, WhatALogThatPassedSaysAsWellIsNone) {
  const std::string raw = job(simulation("4711", "warning: mesh of 7 parts is torn at 0x51\n"));
  LogHistory history;
  history.green.add(read_log(job(simulation("4710", ""), "", "Job succeeded"), rules()));
  read(raw);
  EXPECT_FALSE(holds(shown(0), "is torn")) << "the example must be hard without history";
  read(raw, {.history = &history});
  EXPECT_TRUE(holds(shown(0), "is torn")) << all_shown();
}

TEST_F(RootCauseOf, WhatEarlierFailuresSaidCountsMore) {
  const std::string raw = job(
      echoed("./all") + "lamps\n\nerror: lamp 3 is off\n\nwaiting\nwaiting again\n\n" +
      "error: quota of lab A is used up\n\nwaiting\nwaiting again\n\n" + "error: lamp 4 is off\n\ndone\n");
  read(raw);
  EXPECT_FALSE(holds(shown(0), "quota of lab A")) << "the example must be hard without history";
  LogHistory history;
  history.failed.add("error: quota of lab A is used up");
  read(raw, {.history = &history});
  EXPECT_TRUE(holds(shown(0), "quota of lab A")) << all_shown();
}

// ---- bounds ----------------------------------------------------------------------------------------------

TEST_F(RootCauseOf, NoMoreLinesAreShownThanAskedForAndNoneTwice) {
  std::string output;
  for (int i = 0; i < 300; ++i) {
    output += "src/a" + std::to_string(i) + ".c:" + std::to_string(i) + ":1: error: bad thing\n";
    if (i % 9 == 0) output += "\n\nchecking more\n\n";
  }
  for (const std::size_t most : {std::size_t{1}, std::size_t{5}, kMostShownLines}) {
    read(job(echoed("make -k") + output), {.lines = most});
    std::vector<std::size_t> lines;
    for (const ShownBlock& block : cause.blocks) {
      for (std::size_t i = block.first; i <= block.last; ++i) lines.push_back(i);
      EXPECT_LE(block.first, block.head);
      EXPECT_LE(block.head, block.last);
    }
    EXPECT_LE(lines.size(), most);
    EXPECT_FALSE(lines.empty());
    std::ranges::sort(lines);
    EXPECT_EQ(std::ranges::adjacent_find(lines), lines.end());
  }
}

TEST_F(RootCauseOf, TheMostLikelyComesFirst) {
  read(job(failing("error: a\n\n\nwarning: b is deprecated\n\n\n")));
  for (std::size_t i = 1; i < cause.blocks.size(); ++i) {
    EXPECT_LE(cause.blocks[i].score, cause.blocks[i - 1].score);
  }
}

TEST_F(RootCauseOf, ALogWithoutTextHasNone) {
  for (const std::string_view raw : {"", "\n\n\n", " \r\n\t\n"}) {
    read(std::string{raw});
    EXPECT_TRUE(cause.blocks.empty()) << all_shown();
  }
}

TEST_F(RootCauseOf, ALogOfOneLineIsItsOwnCause) {
  read("it broke");
  EXPECT_EQ(shown(0), "it broke\n");
}

TEST_F(RootCauseOf, AnExtractorThatIsLeftOutFindsNothing) {
  RootCauseTerms terms;
  std::ranges::fill(terms.extractors.use, false);
  read(job(failing()), terms);
  EXPECT_TRUE(std::ranges::all_of(cause.blocks, [](const ShownBlock& b) { return b.kind == "last-lines"; }));
}

}  // namespace
}  // namespace runneriq::diagnosis
