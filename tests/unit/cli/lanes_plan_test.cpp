// `lanes plan`: reads a file, asks the GitLab that it may ask, prints a patch or says why not.
#include "cli/lanes_plan.hpp"

#include "config/yaml/ci_config_document.hpp"
#include "core/json_text.hpp"
#include "platform/files.hpp"
#include "tests/support/fake_tags.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/sample_tick.hpp"
#include "tests/support/temporary_folder.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::cli {
namespace {

const std::vector<std::string> kAllLanes{"docker",        "runneriq:critical", "runneriq:high",
                                         "runneriq:long", "runneriq:medium",   "runneriq:short"};

struct LanesPlan : testing::Test {
  TemporaryFolder folder;
  FakeGitLab gitlab;
  FakeSession fake{kSampleNow};
  std::string file = folder.path() + "/ci.yml";
  CiPorts ports{
      .parse = config::parse_ci_config,
      .lanes = {},
      .rules = scheduler::PriorityRules::defaults(),
      .project = {},
      .merged_ci_config = [] { return Result<std::string>(fail(Errc::permission, "403 Forbidden")); },
      .durations =
          [](std::span<const scheduler::HistoryKey>) {
            return Result<std::vector<scheduler::JobHistory>>(fail(Errc::not_found, "none"));
          }};
  LanesPlan() {
    write("a:\n  script: x\n  tags: [docker]\n");
    fake.session.open_ci = [this] { return ports; };
    fake.session.open_tags = [this]() -> Result<std::unique_ptr<TagDesks>> {
      return std::unique_ptr<TagDesks>(std::make_unique<FakeDesks>(gitlab));
    };
    gitlab.reader.reading.projects.push_back({.id = ProjectId{7}, .path = "acme/shop"});
  }
  void write(std::string_view text) { ASSERT_TRUE(platform::replace_file(file, text)); }
  bool says(std::string_view words) const { return fake.out.results.find(words) != std::string::npos; }
};

TEST_F(LanesPlan, PrintsReasonsAndAPatchWithoutAGitLab) {
  EXPECT_EQ(run_words(fake, {"lanes", "plan", file}), Exit::fine);
  EXPECT_TRUE(says("# the default branch: high (job 'a' is HIGH there (75.0); no history)\n"))
      << fake.out.results;
  EXPECT_TRUE(says("# note: the runners were not checked"));
  EXPECT_TRUE(says("\n--- a/ci.yml\n+++ b/ci.yml\n@@ "));
  EXPECT_TRUE(says("-  tags: [docker]\n+  tags: [docker, \"runneriq:$RUNNERIQ_LANE\"]\n"));
}

TEST_F(LanesPlan, ReadsTheRunnersOfTheProject) {
  ports.project = "acme/shop";
  gitlab.add(1, "build-1", kAllLanes);
  EXPECT_EQ(run_words(fake, {"lanes", "plan", file}), Exit::fine);
  EXPECT_FALSE(says("the runners were not checked"));
  EXPECT_TRUE(says("# note: included files are not seen: 403 Forbidden\n"));
}

TEST_F(LanesPlan, RefusesWithExitCodeOneWhatWouldStrandJobs) {
  ports.project = "7";
  gitlab.add(1, "build-1", {"docker"});
  EXPECT_EQ(run_words(fake, {"lanes", "plan", file}), Exit::no);
  EXPECT_TRUE(says("# refused: job 'a': runner 1 (build-1) could take it today")) << fake.out.results;
  EXPECT_TRUE(says("lanes install"));
  EXPECT_FALSE(says("+++"));
}

TEST_F(LanesPlan, GoesOnWithoutAFleetThatCannotBeRead) {
  ports.project = "7";
  gitlab.reader.outage = Error{Errc::unavailable, "503"};
  EXPECT_EQ(run_words(fake, {"lanes", "plan", file}), Exit::fine);
  EXPECT_TRUE(says("# note: the fleet could not be read: 503\n"));
  EXPECT_TRUE(says("the runners were not checked"));
}

TEST_F(LanesPlan, TellsSharesAndWorkFromHistory) {
  ports.project = "7";
  gitlab.add(1, "build-1", kAllLanes);
  for (std::int64_t id = 1; id <= 12; ++id) {
    gitlab::Job job;
    job.id = JobId{id};
    job.project = ProjectId{7};
    job.pipeline = PipelineId{id};
    job.name = "a";
    job.stage = "test";
    job.ref = id <= 3 ? "main" : "feature/x";
    job.status = gitlab::JobStatus::success;
    job.ran = std::chrono::minutes{10};
    job.finished_at = kSampleNow;
    gitlab.reader.reading.finished.push_back(job);
  }
  EXPECT_EQ(run_words(fake, {"lanes", "plan", file}), Exit::fine);
  EXPECT_TRUE(says("about 10 min of work")) << fake.out.results;
  EXPECT_TRUE(says("75 % of the fleet's last 12 jobs"));
}

TEST_F(LanesPlan, PrintsADocument) {
  EXPECT_EQ(run_words(fake, {"lanes", "plan", file, "--output", "json", "--per-job"}), Exit::fine);
  const auto document = json_in(fake.out.results);
  EXPECT_EQ(document["scope"], "job");
  EXPECT_EQ(document["jobs"][0]["lane"], "medium");
  EXPECT_EQ(document["jobs"][0]["line"], 1);
  EXPECT_FALSE(document["runners_checked"]);
  EXPECT_NE(document["patch"].get<std::string>().find("+++ b/ci.yml"), std::string::npos);
}

TEST_F(LanesPlan, ExitsTwoForAFileThatIsNone) {
  EXPECT_EQ(run_words(fake, {"lanes", "plan", file + "x"}), Exit::usage);
  write("a: [\n");
  EXPECT_EQ(run_words(fake, {"lanes", "plan", file}), Exit::usage);
  EXPECT_NE(fake.out.talked.back().find("ci.yml: line "), std::string::npos) << fake.out.talked.back();
}

TEST(NameInPatch, IsRelativeAndPlain) {
  EXPECT_EQ(*name_in_patch("./.gitlab-ci.yml"), ".gitlab-ci.yml");
  EXPECT_EQ(*name_in_patch("ci/build.yml"), "ci/build.yml");
  EXPECT_EQ(*name_in_patch("/etc/x/ci.yml"), "ci.yml");
  EXPECT_EQ(*name_in_patch("../ci.yml"), "ci.yml");
  EXPECT_FALSE(name_in_patch("a\nb.yml"));
  EXPECT_FALSE(name_in_patch("a\"b.yml"));
  EXPECT_FALSE(name_in_patch("/etc/"));
}

}  // namespace
}  // namespace runneriq::cli
