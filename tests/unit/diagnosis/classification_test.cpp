#include "diagnosis/classification.hpp"

#include "diagnosis/class_advice.hpp"
#include "diagnosis/failing_command.hpp"
#include "diagnosis/retried.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {
namespace {

// A log in which one command ran; blocks of it are shown as the test says.
class Log {
 public:
  explicit Log(const std::vector<std::string_view>& lines, std::string_view command = "./run") {
    log_.commands.push_back({.text = command, .line = 0, .exit_code = std::nullopt});
    cause_.command = 0;
    for (const std::string_view text : lines) add(text);
  }

  Log& shows(std::size_t first, std::size_t last, std::size_t head,
             FailureClass failure_class = FailureClass::unknown) {
    cause_.blocks.push_back({.first = first,
                             .last = last,
                             .head = head,
                             .score = 0.9,
                             .extractor = Extractor::generic,
                             .kind = "block-of-test",
                             .why = "",
                             .failure_class = failure_class});
    return *this;
  }
  Log& ends_with(std::string_view exit_code) {
    log_.exit_code = exit_code;
    return *this;
  }
  [[nodiscard]] Classification answer() const { return class_of(log_, cause_); }
  [[nodiscard]] FailureClass failure_class() const { return answer().failure_class; }
  [[nodiscard]] const ReadLog& read() const { return log_; }

 private:
  void add(std::string_view text) {
    static RuleBook book;
    const auto hits = book.match(text);
    log_.lines.push_back({.number = static_cast<std::int64_t>(log_.lines.size()) + 1,
                          .text = text,
                          .part = LogPart::script,
                          .reading = reading_of(text),
                          .command = 0,
                          .hits_at = static_cast<std::uint32_t>(log_.hits.size()),
                          .hit_count = static_cast<std::uint16_t>(hits.size())});
    log_.hits.insert(log_.hits.end(), hits.begin(), hits.end());
  }

  ReadLog log_;
  RootCause cause_;
};

constexpr std::string_view kFull = "write failed: No space left on device";
constexpr std::string_view kTestFailed = "--- FAIL: TestTotal (0.00s)";
constexpr std::string_view kRefused = "dial tcp 192.0.2.1:5432: connect: connection refused";
constexpr std::string_view kReset = "curl: (56) Recv failure: Connection reset by peer";

TEST(Classification, OfALogThatSaysNothingIsUnknownAndUnsure) {
  const Classification answer = Log{{"all quiet"}}.shows(0, 0, 0).answer();
  EXPECT_EQ(answer.failure_class, FailureClass::unknown);
  EXPECT_LT(answer.confidence, kUnsure);
  EXPECT_TRUE(answer.decided_by.empty());
  EXPECT_FALSE(answer.suggestion.empty());
  EXPECT_EQ(class_of(ReadLog{}, RootCause{}).failure_class, FailureClass::unknown);
}

TEST(Classification, TakesTestOfTheShellForNoTest) {
  for (const std::string_view command : {"test -f deploy.lock", "[ -f deploy.lock ]", "[[ -n $TEST ]]"})
    EXPECT_EQ((Log{{"all quiet"}, command}.shows(0, 0, 0).failure_class()), FailureClass::unknown) << command;
  EXPECT_EQ((Log{{"all quiet"}, "make test"}.shows(0, 0, 0).failure_class()), FailureClass::test);
}

// What gitlab-runner says of pods, and what a test or its service says, each with another cause beside it.
TEST(Classification, TellsTheCauseFromWhatStandsBesideIt) {
  struct Said {
    std::string_view line;
    FailureClass failure_class;
  };
  for (const Said& said : {
           Said{"ERROR: Job failed: prepare environment: waiting for pod running: pulling image \"cart:9\": "
                "image pull failed: Back-off pulling image \"cart:9\". Check "
                "https://docs.gitlab.com/runner/shells/index.html#shell-profile-loading for more information",
                FailureClass::registry},
           Said{"ERROR: Job failed (system failure): prepare environment: waiting for pod running: timed out "
                "waiting for pod to start. Check "
                "https://docs.gitlab.com/runner/shells/index.html#shell-profile-loading for more information",
                FailureClass::infrastructure},
           Said{"Error: Timed out 5000ms waiting for expect(locator).toBeVisible()", FailureClass::test},
           Said{"PG::ConnectionBad: could not translate host name \"postgres\" to address: Name or service "
                "not known",
                FailureClass::infrastructure},
           Said{"error An unexpected error occurred: \"https://registry.yarnpkg.com/a.tgz: getaddrinfo "
                "ENOTFOUND registry.yarnpkg.com\".",
                FailureClass::network},
           Said{"Tests/CartTests.swift:41: error: CartTests.testAddsUp : XCTAssertTrue failed",
                FailureClass::test},
           Said{"Sources/Cart.swift:41:7: error: Line should be 120 characters or less (line_length)",
                FailureClass::lint},
           Said{"cart/total.py:41: error: Name \"total\" is not defined  [name-defined]", FailureClass::lint},
           Said{"[ERROR] src/main/java/Cart.java:[41,7] (javadoc) MissingJavadocMethod: Missing a comment.",
                FailureClass::lint},
           Said{"Error: ENOSPC: System limit for number of file watchers reached, watch '/builds/cart'",
                FailureClass::infrastructure},
           Said{"Error: P1001: Can't reach database server at `postgres:5432`", FailureClass::infrastructure},
           Said{"Unable to connect to the server: dial tcp 192.0.2.1:6443: i/o timeout",
                FailureClass::network},
           Said{"Error response from daemon: Get \"https://registry.example.com/v2/\": x509: certificate "
                "signed by unknown authority",
                FailureClass::network},
       })
    EXPECT_EQ((Log{{said.line}}.shows(0, 0, 0).failure_class()), said.failure_class) << said.line;
}

TEST(Classification, NamesTheRuleThatDecidedAndWhatToDo) {
  const Classification answer = Log{{kFull}}.shows(0, 0, 0).answer();
  EXPECT_EQ(answer.failure_class, FailureClass::disk);
  EXPECT_EQ(answer.decided_by, "no-space-left");
  EXPECT_GT(answer.confidence, 0.9);
  EXPECT_NE(answer.suggestion.find("Free space"), std::string::npos);
}

TEST(Classification, PutsTheCauseAboveItsEffectWithinABlock) {
  const Classification answer = Log{{kTestFailed, kFull}}.shows(0, 1, 0, FailureClass::test).answer();
  EXPECT_EQ(answer.failure_class, FailureClass::disk);
  ASSERT_FALSE(answer.others.empty());
  EXPECT_EQ(answer.others.front(), FailureClass::test);
}

TEST(Classification, TakesAConnectionRefusedWithinAFailedTestForTheTest) {
  EXPECT_EQ((Log{{kTestFailed, kRefused}}.shows(0, 1, 0, FailureClass::test).failure_class()),
            FailureClass::test);
  EXPECT_EQ((Log{{kRefused}}.shows(0, 0, 0).failure_class()), FailureClass::network);
}

TEST(Classification, BelievesTheFirstBlockMoreThanTheOthersAndThoseMoreThanTheRest) {
  EXPECT_EQ((Log{{kTestFailed, "x", kRefused}}.shows(0, 0, 0).shows(2, 2, 2).failure_class()),
            FailureClass::test);
  EXPECT_EQ((Log{{kTestFailed, "x", kRefused}}.shows(2, 2, 2).shows(0, 0, 0).failure_class()),
            FailureClass::network);
  EXPECT_EQ((Log{{kTestFailed, "x", kRefused}}.shows(0, 0, 0).failure_class()), FailureClass::test);
}

TEST(Classification, FallsBackToTheRestOfTheCommandWithLessConfidence) {
  const Classification shown = Log{{kTestFailed, "x"}}.shows(0, 0, 0).answer();
  const Classification elsewhere = Log{{kTestFailed, "x"}}.shows(1, 1, 1).answer();
  EXPECT_EQ(elsewhere.failure_class, FailureClass::test);
  EXPECT_LT(elsewhere.confidence, shown.confidence);
}

TEST(Classification, TakesTheWordOfAnExtractor) {
  const Classification answer = Log{{"odd words"}}.shows(0, 0, 0, FailureClass::lint).answer();
  EXPECT_EQ(answer.failure_class, FailureClass::lint);
  EXPECT_EQ(answer.decided_by, "block-of-test");
  EXPECT_EQ(answer.suggestion, advice_on(FailureClass::lint));
}

TEST(Classification, ReadsTheRunnersLastWordWhereItSaysWhy) {
  EXPECT_EQ((Log{{"sleep 1", "ERROR: Job failed: execution took longer than 1h0m0s seconds"}}
                 .shows(0, 0, 0)
                 .failure_class()),
            FailureClass::timeout);
}

TEST(Classification, ReadsExitCodesAndCommandsWhereNothingElseSpeaks) {
  EXPECT_EQ((Log{{"x"}}.shows(0, 0, 0).ends_with("137").failure_class()), FailureClass::memory);
  EXPECT_EQ((Log{{"x"}}.shows(0, 0, 0).ends_with("1").failure_class()), FailureClass::unknown);
  EXPECT_EQ((Log{{kTestFailed}}.shows(0, 0, 0).ends_with("137").failure_class()), FailureClass::test);
  const Classification by_name = Log{{"x"}, "npm run lint"}.shows(0, 0, 0).answer();
  EXPECT_EQ(by_name.failure_class, FailureClass::lint);
  EXPECT_EQ(by_name.decided_by, "command:lint");
  EXPECT_LT((Log{{"x"}, "npm test"}.shows(0, 0, 0).answer().confidence), kUnsure);
  EXPECT_EQ((Log{{"x"}}.shows(0, 0, 0).ends_with("99999999999").failure_class()), FailureClass::unknown);
}

TEST(Classification, AdvisesNothingParticularWhereItIsUnsure) {
  EXPECT_EQ((Log{{"x"}, "npm test"}.shows(0, 0, 0).answer().suggestion), advice_on(FailureClass::unknown));
}

TEST(Classification, TakesAPackageThatCouldNotBeAskedForAsNotMissing) {
  constexpr std::string_view kMissing =
      "ERROR: Could not find a version that satisfies the requirement cart (from versions: none)";
  constexpr std::string_view kGaveUp =
      "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'ReadTimeoutError': "
      "/cart/";
  constexpr std::string_view kTriesOn =
      "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'ReadTimeoutError': "
      "/cart/";
  EXPECT_EQ((Log{{kGaveUp, kMissing}}.shows(0, 1, 1, FailureClass::dependency).failure_class()),
            FailureClass::network);
  EXPECT_EQ((Log{{kTriesOn, kMissing}}.shows(0, 1, 1, FailureClass::dependency).failure_class()),
            FailureClass::dependency);
}

TEST(Classification, NamesAtMostTwoOthers) {
  const Classification answer =
      Log{{kFull, kTestFailed, kRefused, "javac: command not found"}}.shows(0, 3, 0).answer();
  EXPECT_EQ(answer.others.size(), 2U);
}

TEST(Classification, ForgetsTroubleThatALaterAttemptGotOver) {
  std::vector<std::string_view> lines{"Connection reset by peer, retrying in 5 s"};
  lines.resize(12, "compiling");
  lines.push_back("x");
  EXPECT_EQ((Log{lines}.shows(12, 12, 12).failure_class()), FailureClass::unknown);
  lines[0] = kReset;
  EXPECT_EQ((Log{lines}.shows(12, 12, 12).failure_class()), FailureClass::network);
}

TEST(Retried, IsWhatCameThroughLater) {
  constexpr std::string_view kTimedOut = "https://example.com/cart-1.0.tgz: connection timed out";
  EXPECT_TRUE(got_over(Log{{kTimedOut, "Downloaded https://example.com/cart-1.0.tgz"}}.read(), 0));
  EXPECT_FALSE(got_over(Log{{kTimedOut, "Downloaded https://example.com/other-2.0.tgz"}}.read(), 0));
  EXPECT_FALSE(got_over(Log{{kTimedOut, "https://example.com/cart-1.0.tgz is not there"}}.read(), 0));
  EXPECT_FALSE(got_over(Log{{kTimedOut}}.read(), 0));
  EXPECT_FALSE(got_over(Log{{"Connection reset by peer, retrying", "giving up"}}.read(), 0));
  EXPECT_FALSE(got_over(Log{{"Connection reset by peer, retrying", kReset, "1", "2", "3", "4", "5", "6", "7",
                             "8", "9", "10", "11"}}
                            .read(),
                        0));
}

struct CommandCase {
  std::string_view command;
  FailureClass failure_class;
};

TEST(FailingCommand, SaysWhatItIsFor) {
  for (const CommandCase& one : {CommandCase{"npm run lint:test", FailureClass::lint},
                                 {"bundle install --jobs 4", FailureClass::dependency},
                                 {"terraform fmt -check", FailureClass::lint},
                                 {"cargo test --all", FailureClass::test},
                                 {"make -j4", FailureClass::compile},
                                 {"MVN_OPTS=x mvn verify", FailureClass::test},
                                 {"helm upgrade cart ./chart", FailureClass::configuration}}) {
    const auto hint = hint_of_command(one.command);
    ASSERT_TRUE(hint.has_value()) << one.command;
    EXPECT_EQ(hint->failure_class, one.failure_class) << one.command;
  }
  for (const std::string_view command : {"", "./deploy.sh", "echo latest", "npm run linter", "./contest"})
    EXPECT_FALSE(hint_of_command(command).has_value()) << command;
}

TEST(FailingCommand, EndsWithCodesThatMeanSomething) {
  for (const auto& [code, failure_class] : {std::pair{124, FailureClass::timeout},
                                            {126, FailureClass::permission},
                                            {127, FailureClass::environment},
                                            {134, FailureClass::test},
                                            {137, FailureClass::memory},
                                            {139, FailureClass::test},
                                            {143, FailureClass::timeout}}) {
    ASSERT_TRUE(hint_of_exit_code(code).has_value()) << code;
    EXPECT_EQ(hint_of_exit_code(code)->failure_class, failure_class) << code;
    EXPECT_FALSE(hint_of_exit_code(code)->suggestion.empty()) << code;
  }
  for (const int code : {0, 1, 2, -1, 128, 255}) EXPECT_FALSE(hint_of_exit_code(code).has_value()) << code;
}

TEST(ClassAdvice, IsThereForEveryClass) {
  for (const FailureClass one : failure_classes()) EXPECT_TRUE(advice_on(one).ends_with('.')) << to_text(one);
}

}  // namespace
}  // namespace runneriq::diagnosis
