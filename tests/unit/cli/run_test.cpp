#include "cli/command_line.hpp"
#include "cli/json_text.hpp"
#include "cli/tick_document.hpp"
#include "cli/tick_text.hpp"
#include "tests/support/fake_session.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/sample_tick.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::cli {
namespace {

using nlohmann::json;

struct RunOnce : testing::Test {
  FakeSession fake{kSampleNow};
  RunOnce() { fake.source.ticks = {sample_tick()}; }
};

TEST_F(RunOnce, PrintsTheDocument) {
  EXPECT_EQ(run_words(fake, {"run", "--once", "--output", "json"}), Exit::fine);
  const json expected =
      tick_document(sample_tick(), {.depth = scheduler::Depth::full, .pipeline = {}, .run = "run-1"});
  EXPECT_EQ(parse_document(fake.out.results).value(), expected);
  EXPECT_TRUE(fake.out.talked.empty());
}

TEST_F(RunOnce, PrintsTextMadeFromTheDocument) {
  EXPECT_EQ(run_words(fake, {"run", "--once"}), Exit::fine);
  const json document =
      tick_document(sample_tick(), {.depth = scheduler::Depth::full, .pipeline = {}, .run = "run-1"});
  EXPECT_EQ(fake.out.results, tick_text(document, Colour::off));
  fake.out.coloured = true;
  EXPECT_EQ(run_words(fake, {"run", "--once"}), Exit::fine);
  EXPECT_NE(fake.out.results.find('\x1b'), std::string::npos);
}

TEST_F(RunOnce, LeavesNothingBehind) {
  EXPECT_EQ(run_words(fake, {"run", "--once", "--dry-run"}), Exit::fine);
  EXPECT_TRUE(fake.decisions.kept.empty());
  EXPECT_TRUE(fake.trail.records.empty());
  EXPECT_EQ(fake.claims, 0);
}

TEST_F(RunOnce, OpensTheSourceThatTheFlagsName) {
  using Kind = SourceRequest::Kind;
  using scheduler::Depth;
  EXPECT_EQ(run_words(fake, {"run", "--once"}), Exit::fine);
  EXPECT_EQ(run_words(fake, {"run", "--once", "--mock", "--mode", "analyze-only"}), Exit::fine);
  EXPECT_EQ(run_words(fake, {"run", "--once", "--snapshot", "f.json", "--mode", "monitor-only"}), Exit::fine);
  EXPECT_EQ(run_words(fake, {"run", "--once", "--snapshot", "-", "--mode", "full"}), Exit::fine);
  ASSERT_EQ(fake.source.opened.size(), 4U);
  EXPECT_EQ(fake.source.opened[0].kind, Kind::gitlab);
  EXPECT_EQ(fake.source.opened[0].depth, Depth::full);
  EXPECT_EQ(fake.source.opened[1].kind, Kind::mock);
  EXPECT_EQ(fake.source.opened[1].depth, Depth::analyze_only);
  EXPECT_EQ(fake.source.opened[2].kind, Kind::snapshot);
  EXPECT_EQ(fake.source.opened[2].snapshot_file, "f.json");
  EXPECT_EQ(fake.source.opened[2].depth, Depth::monitor_only);
  EXPECT_EQ(fake.source.opened[3].snapshot_file, "-");
}

TEST_F(RunOnce, ShowsOnePipeline) {
  EXPECT_EQ(run_words(fake, {"run", "--once", "--pipeline", "900", "--output", "json"}), Exit::fine);
  EXPECT_EQ(parse_document(fake.out.results).value()["analyzer"]["jobs"].size(), 1U);
}

TEST_F(RunOnce, SavesTheSnapshotThatItDecidedOn) {
  EXPECT_EQ(run_words(fake, {"run", "--once", "--save-snapshot", "fleet.json"}), Exit::fine);
  ASSERT_EQ(fake.written.size(), 1U);
  EXPECT_EQ(fake.written[0].first, "fleet.json");
  EXPECT_EQ(parse_document(fake.written[0].second).value()["jobs"].size(), 3U);
  fake.writing = fail(Errc::permission, "fleet.json cannot be written");
  EXPECT_EQ(run_words(fake, {"run", "--once", "--save-snapshot", "fleet.json"}), Exit::usage);
}

struct WrongCase {
  std::string name;
  std::vector<std::string_view> words;
  std::string sentence;
};

class WrongFlags : public testing::TestWithParam<WrongCase> {};

TEST_P(WrongFlags, AreRefusedBeforeAnythingIsRead) {
  FakeSession fake{kSampleNow};
  EXPECT_EQ(run_words(fake, GetParam().words), Exit::usage);
  ASSERT_EQ(fake.out.talked.size(), 1U);
  EXPECT_NE(fake.out.talked[0].find(GetParam().sentence), std::string::npos) << fake.out.talked[0];
  EXPECT_TRUE(fake.out.results.empty());
  EXPECT_TRUE(fake.source.opened.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Run, WrongFlags,
    testing::Values(
        WrongCase{"ExecuteOnASnapshot", {"run", "--execute", "--snapshot", "f"}, "--execute needs a GitLab"},
        WrongCase{"ExecuteAndDryRun", {"run", "--execute", "--dry-run"}, "contradict each other"},
        WrongCase{"TwoFleets", {"run", "--once", "--mock", "--snapshot", "f"}, "--mock and --snapshot"},
        WrongCase{"StandardInputInALoop", {"run", "--snapshot", "-"}, "add --once"},
        WrongCase{"PipelineThatIsNoNumber", {"run", "--once", "--pipeline", "x1"}, "not 'x1'"},
        WrongCase{"PipelineZero", {"status", "--pipeline", "0"}, "not '0'"},
        WrongCase{"JobThatIsNoNumber", {"explain", "deploy"}, "not 'deploy'"},
        WrongCase{"JobOfTooManyDigits", {"explain", "99999999999999999999"}, "a positive number"}),
    [](const auto& one) { return one.param.name; });

struct ErrorCase {
  std::string name;
  Errc code;
  std::vector<std::string_view> flags;
  Exit expected;
};

class Errors : public testing::TestWithParam<ErrorCase> {};

TEST_P(Errors, DecideTheExitCode) {
  for (const std::string_view command : {"run", "status", "queue", "explain"}) {
    for (const bool when_opening : {true, false}) {
      SCOPED_TRACE(std::string(command) + (when_opening ? " opening" : " reading"));
      FakeSession fake{kSampleNow};
      const Error error{GetParam().code, "no luck with \x1b[2J"};
      if (when_opening) fake.source.cannot_open = error;
      fake.source.ticks = {fail(error)};
      std::vector<std::string_view> words{command};
      if (command == "run") words.push_back("--once");
      if (command == "explain") words.push_back("4711");
      words.insert(words.end(), GetParam().flags.begin(), GetParam().flags.end());
      EXPECT_EQ(run_words(fake, words), GetParam().expected);
      EXPECT_EQ(fake.out.talked, std::vector<std::string>{"runneriq: no luck with \\x1b[2J"});
      EXPECT_TRUE(fake.out.results.empty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    OfGitLab, Errors,
    testing::Values(ErrorCase{"Permission", Errc::permission, {}, Exit::gitlab},
                    ErrorCase{"NotFound", Errc::not_found, {}, Exit::gitlab},
                    ErrorCase{"Unavailable", Errc::unavailable, {}, Exit::gitlab},
                    ErrorCase{"TimedOut", Errc::timed_out, {}, Exit::gitlab},
                    ErrorCase{"InvalidArgument", Errc::invalid_argument, {}, Exit::usage},
                    ErrorCase{"NoSuchSnapshot", Errc::not_found, {"--snapshot", "f"}, Exit::usage},
                    ErrorCase{"BadSnapshot", Errc::invalid_argument, {"--snapshot", "f"}, Exit::usage}),
    [](const auto& one) { return one.param.name; });

TEST(BadConfiguration, StopsWhateverDecides) {
  for (const std::string_view command : {"run", "status", "queue", "explain"}) {
    SCOPED_TRACE(command);
    FakeSession fake{kSampleNow};
    fake.session.problems = {{"/etc/runneriq/runneriq.yaml:3", "unknown option 'x'"}};
    EXPECT_EQ(run_words(fake, command == "explain" ? std::vector<std::string_view>{command, "1"}
                                                   : std::vector<std::string_view>{command}),
              Exit::usage);
    EXPECT_EQ(fake.out.talked,
              std::vector<std::string>{"runneriq: /etc/runneriq/runneriq.yaml:3: unknown option 'x'"});
    EXPECT_TRUE(fake.source.opened.empty());
  }
}

}  // namespace
}  // namespace runneriq::cli
