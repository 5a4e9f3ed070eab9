// `lanes install`, `lanes remove`, `reset-tags`, `revert-expired`.
#include "core/tag_names.hpp"
#include "tests/support/fake_tags.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/sample_tick.hpp"

namespace runneriq::cli {
namespace {

using Tags = std::vector<std::string>;

const Tags kAtRest{"docker",           "runneriq:critical", "runneriq:high", "runneriq:long",
                   "runneriq:managed", "runneriq:medium",   "runneriq:short"};
const Tags kCut{"docker", "runneriq:critical", "runneriq:managed", "runneriq:steered"};

struct TagCommands : testing::Test {
  FakeGitLab gitlab;
  FakeSession fake{kSampleNow};
  MemorySteering store;
  std::optional<bool> answer;
  std::vector<std::string> questions;
  TagCommands() {
    fake.session.actor = "user:alice";
    fake.session.open_tags = [this]() -> Result<std::unique_ptr<TagDesks>> {
      return std::unique_ptr<TagDesks>(std::make_unique<FakeDesks>(gitlab));
    };
    fake.session.steering_store = [this]() -> Result<scheduler::SteeringStore*> { return &store; };
    fake.session.ask = [this](std::string_view question) {
      questions.emplace_back(question);
      return answer;
    };
  }
  std::vector<std::string> events() const {
    std::vector<std::string> all;
    for (const auto& entry : gitlab.audit.entries) all.push_back(entry.event + " by " + entry.actor);
    return all;
  }
  std::string talk() const {
    std::string all;
    for (const std::string& line : fake.out.talked) all += line + "\n";
    return all;
  }
};

TEST_F(TagCommands, InstallShowsAsksAndWrites) {
  gitlab.add(7, "build-1", {"docker"});
  answer = true;
  EXPECT_EQ(run_words(fake, {"lanes", "install"}), Exit::fine);
  EXPECT_EQ(gitlab.tags.tags_of(7), kAtRest);
  EXPECT_EQ(questions.size(), 1U);
  EXPECT_NE(talk().find("runner 7 (build-1): would change, +runneriq:critical"), std::string::npos) << talk();
  EXPECT_NE(fake.out.results.find("done"), std::string::npos);
  EXPECT_EQ(events(), (std::vector<std::string>{"lanes_installed by user:alice",
                                                "lanes_installed_outcome by user:alice"}));
}

TEST_F(TagCommands, PlanAndResultAreToldApart) {
  gitlab.add(7, "build-1", {"docker"});
  gitlab.add(8, "build-2", kAtRest);
  EXPECT_EQ(run_words(fake, {"lanes", "install", "--yes"}), Exit::fine);
  EXPECT_NE(talk().find("runner 7 (build-1): would change, +"), std::string::npos) << talk();
  EXPECT_EQ(talk().find("runner 8"), std::string::npos) << talk();
  EXPECT_NE(fake.out.results.find("runner 7 (build-1): done, +"), std::string::npos) << fake.out.results;
  EXPECT_NE(fake.out.results.find("runner 8 (build-2): is so already"), std::string::npos)
      << fake.out.results;
}

TEST_F(TagCommands, NothingIsWrittenWithoutConsent) {
  gitlab.add(7, "build-1", {"docker"});
  for (const std::optional<bool> told : {std::optional<bool>{}, std::optional<bool>{false}}) {
    answer = told;
    EXPECT_EQ(run_words(fake, {"lanes", "install"}), Exit::no);
  }
  EXPECT_TRUE(gitlab.tags.writes.empty());
  EXPECT_TRUE(gitlab.audit.entries.empty());
  EXPECT_NE(talk().find("say --yes"), std::string::npos);
}

TEST_F(TagCommands, InstallTwiceChangesNothing) {
  gitlab.add(7, "build-1", {"docker"});
  EXPECT_EQ(run_words(fake, {"lanes", "install", "--yes"}), Exit::fine);
  EXPECT_EQ(run_words(fake, {"lanes", "install", "--yes"}), Exit::fine);
  EXPECT_EQ(gitlab.tags.writes.size(), 1U);
  EXPECT_NE(fake.out.results.find("is so already"), std::string::npos);
}

TEST_F(TagCommands, OnlyNamedRunnersAreTouched) {
  gitlab.add(7, "build-1", {"docker"});
  gitlab.add(8, "build-2", {"docker"});
  gitlab.add(9, "build-3", {"docker"});
  EXPECT_EQ(run_words(fake, {"lanes", "install", "8", "build-3", "--yes"}), Exit::fine);
  EXPECT_EQ(gitlab.tags.tags_of(7), Tags{"docker"});
  EXPECT_EQ(gitlab.tags.tags_of(8), kAtRest);
  EXPECT_EQ(gitlab.tags.tags_of(9), kAtRest);
  EXPECT_EQ(run_words(fake, {"lanes", "install", "nobody", "--yes"}), Exit::gitlab);
  EXPECT_NE(talk().find("no runner has the id or description nobody"), std::string::npos);
}

TEST_F(TagCommands, WhatCannotBeRecordedIsNotInstalled) {
  gitlab.add(7, "build-1", {"docker"});
  gitlab.audit.outage = Error{Errc::unavailable, "disk full"};
  EXPECT_EQ(run_words(fake, {"lanes", "install", "--yes"}), Exit::gitlab);
  EXPECT_TRUE(gitlab.tags.writes.empty());
  EXPECT_NE(fake.out.results.find("could not be recorded"), std::string::npos);
}

TEST_F(TagCommands, ARefusalIsToldForItsRunner) {
  gitlab.add(7, "build-1", {"docker"});
  gitlab.add(8, "build-2", {"docker"});
  gitlab.tags.refusals[RunnerId{7}] = {Errc::permission, "403 Forbidden"};
  EXPECT_EQ(run_words(fake, {"lanes", "install", "--yes"}), Exit::no);
  EXPECT_NE(fake.out.results.find("runner 7 (build-1): not changed: 403 Forbidden"), std::string::npos)
      << fake.out.results;
  EXPECT_EQ(gitlab.tags.tags_of(8), kAtRest);
}

TEST_F(TagCommands, AnEditBetweenPreviewAndWriteIsKept) {
  gitlab.add(7, "build-1", {"docker"});
  answer = true;
  fake.session.ask = [this](std::string_view) {
    gitlab.tags.runners[RunnerId{7}].tags = {"docker", "gpu"};
    return std::optional<bool>{true};
  };
  EXPECT_EQ(run_words(fake, {"lanes", "install"}), Exit::fine);
  const Tags now = gitlab.tags.tags_of(7);
  EXPECT_NE(std::ranges::find(now, "gpu"), now.end());
}

TEST_F(TagCommands, RemoveTakesTheBaselineOffAndLeavesTheUsersTags) {
  gitlab.add(7, "build-1", kAtRest);
  EXPECT_EQ(run_words(fake, {"lanes", "remove", "--yes"}), Exit::fine);
  EXPECT_EQ(gitlab.tags.tags_of(7), Tags{"docker"});
}

TEST_F(TagCommands, RemoveNamesTheJobsThatWouldWaitForEver) {
  gitlab.add(7, "build-1", kAtRest);
  gitlab.add_job(4711, "deploy", {"docker", "runneriq:critical"});
  EXPECT_EQ(run_words(fake, {"lanes", "remove"}), Exit::no);
  EXPECT_NE(talk().find("job 4711 'deploy' of project 7"), std::string::npos) << talk();
  EXPECT_EQ(gitlab.tags.tags_of(7), kAtRest);
  EXPECT_EQ(run_words(fake, {"lanes", "remove", "--yes"}), Exit::fine);
  EXPECT_EQ(gitlab.tags.tags_of(7), Tags{"docker"});
}

TEST_F(TagCommands, ARunnerThatRefusesUntaggedJobsIsNotLeftWithoutTags) {
  gitlab.add(7, "build-1", {"runneriq:critical", "runneriq:managed"}, false);
  EXPECT_EQ(run_words(fake, {"lanes", "remove", "--yes"}), Exit::gitlab);
  EXPECT_TRUE(gitlab.tags.writes.empty());
  EXPECT_NE(fake.out.results.find("without tags"), std::string::npos);
}

TEST_F(TagCommands, ResetRestoresWithoutAskingAndWithoutAnyRecord) {
  gitlab.add(7, "build-1", kCut);
  gitlab.add(8, "granted", {"docker", "runneriq:preferred-blue"});
  gitlab.add(9, "theirs", {"docker"});
  gitlab.has_trail = false;
  EXPECT_EQ(run_words(fake, {"reset-tags"}), Exit::fine);
  EXPECT_EQ(gitlab.tags.tags_of(7), kAtRest);
  EXPECT_EQ(gitlab.tags.tags_of(8), Tags{"docker"});
  EXPECT_EQ(gitlab.tags.tags_of(9), Tags{"docker"});
  EXPECT_EQ(gitlab.tags.writes.size(), 2U);
  EXPECT_TRUE(questions.empty());
}

TEST_F(TagCommands, ResetGoesOnWhenTheTrailCannotBeWritten) {
  gitlab.add(7, "build-1", kCut);
  gitlab.audit.outage = Error{Errc::unavailable, "disk full"};
  EXPECT_EQ(run_words(fake, {"reset-tags"}), Exit::fine);
  EXPECT_EQ(gitlab.tags.tags_of(7), kAtRest);
}

TEST_F(TagCommands, PurgeAsksAndTakesEverythingOfOurs) {
  gitlab.add(7, "build-1", kCut);
  gitlab.add(8, "odd", {"docker", "runneriq:unheard-of"});
  EXPECT_EQ(run_words(fake, {"reset-tags", "--purge"}), Exit::no);
  EXPECT_TRUE(gitlab.tags.writes.empty());
  EXPECT_EQ(run_words(fake, {"reset-tags", "--purge", "--yes"}), Exit::fine);
  EXPECT_EQ(gitlab.tags.tags_of(7), Tags{"docker"});
  EXPECT_EQ(gitlab.tags.tags_of(8), Tags{"docker"});
}

TEST_F(TagCommands, RevertExpiredLeavesLiveLeasesAndTakesBackTheRest) {
  gitlab.add(7, "dead", kCut);
  gitlab.add(8, "alive", kCut);
  for (const char* tag : {"runneriq:high", "runneriq:long", "runneriq:medium", "runneriq:short"}) {
    scheduler::Lease lease;
    lease.id = static_cast<std::int64_t>(store.memory.leases.size()) + 1;
    lease.runner = {gitlab.url, RunnerId{8}};
    lease.tag = tag;
    lease.created = lease.renewed = kSampleNow - std::chrono::minutes{1};
    lease.expires = kSampleNow + std::chrono::minutes{4};
    store.memory.leases.push_back(lease);
    lease.runner.runner = RunnerId{7};
    lease.expires = kSampleNow - std::chrono::seconds{1};
    store.memory.leases.push_back(lease);
  }
  for (const std::int64_t id : {7, 8}) {
    store.memory.at_rest.push_back(
        {{gitlab.url, RunnerId{id}}, Tags{kAtRest.begin() + 1, kAtRest.end()}, std::nullopt});
  }
  EXPECT_EQ(run_words(fake, {"revert-expired"}), Exit::fine);
  EXPECT_EQ(gitlab.tags.tags_of(7), kAtRest);
  EXPECT_EQ(gitlab.tags.tags_of(8), kCut);
}

TEST_F(TagCommands, RevertExpiredWorksWithoutAStateFile) {
  gitlab.add(7, "dead", kCut);
  gitlab.add(8, "dead and released", {"docker", "runneriq:steered", "runneriq:preferred-blue"});
  store.outage = Error{Errc::not_found, "nothing has been recorded"};
  EXPECT_EQ(run_words(fake, {"revert-expired"}), Exit::fine);
  EXPECT_EQ(gitlab.tags.tags_of(7), kAtRest);
  const Tags released = gitlab.tags.tags_of(8);
  EXPECT_EQ(std::ranges::find(released, kSteeredTag), released.end());
  EXPECT_EQ(std::ranges::find(released, "runneriq:preferred-blue"), released.end());
}

}  // namespace
}  // namespace runneriq::cli
