// Runners' tags over real sockets, against the simulated GitLab: what is applied, and what is not known.
#include "gitlab/rest/rest_runner_tags.hpp"
#include "tests/support/faulty_wire.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using Kind = WriteOutcome::Kind;
using Tags = std::vector<std::string>;

const Time kStart{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
constexpr int kRunners = 20;

class TagsOfASimulatedGitLab : public testing::Test {
 protected:
  TagsOfASimulatedGitLab() {
    simulator::Scenario scenario{.start = kStart};
    for (int id = 1; id <= kRunners; ++id) {
      scenario.runners.push_back({.id = id,
                                  .description = "docker",
                                  .tags = {"docker", "linux"},
                                  .run_untagged = false,
                                  .slots = 0});
    }
    gitlab_ = simulator::Simulator::start(scenario, {.time_factor = 0}).value();
    wire_ = std::make_unique<FaultyWire>(gitlab_->url(), clock_);
  }

  RestRunnerTags access(const std::string& token = "glpat-simulator") {
    RestSettings settings;
    settings.fleet.url = gitlab_->url();
    settings.token = Secret{token};
    settings.client.call_limit = 5s;
    settings.now = [this] { return clock_.now(); };
    return {settings, *wire_};
  }
  Result<RunnerTags> tags_of(std::int64_t runner) {
    RestRunnerTags reader = access();
    const std::vector<RunnerId> ids{RunnerId{runner}};
    return reader.read(ids, clock_.now() + 20s).at(0);
  }
  WriteOutcome write(RestRunnerTags& writer, Tags tags, std::int64_t runner = 3) {
    const std::vector<TagWrite> writes{{RunnerId{runner}, std::move(tags)}};
    return writer.write(writes, clock_.now() + 20s).at(0);
  }
  void fault(json fault) {
    fault["route"] = "PUT /api/v4/runners/*";
    wire_->steer("POST", "/sim/faults", fault);
  }

  ShiftedClock clock_{kStart};
  std::unique_ptr<simulator::Simulator> gitlab_;
  std::unique_ptr<FaultyWire> wire_;
};

TEST_F(TagsOfASimulatedGitLab, AreReadAndWrittenForManyRunnersAtOnce) {
  RestRunnerTags it = access();
  std::vector<RunnerId> ids;
  std::vector<TagWrite> writes;
  for (int id = kRunners; id >= 1; --id) {
    ids.emplace_back(id);
    writes.push_back({RunnerId{id}, {"docker", "linux", "number-" + std::to_string(id)}});
  }
  for (const auto& tags : it.read(ids, clock_.now() + 20s)) EXPECT_EQ(tags->tags, (Tags{"docker", "linux"}));
  const auto outcomes = it.write(writes, clock_.now() + 20s);
  const auto after = it.read(ids, clock_.now() + 20s);
  for (std::size_t at = 0; at < ids.size(); ++at) {
    EXPECT_EQ(outcomes[at].kind, Kind::applied) << outcomes[at].error.message;
    EXPECT_EQ(after[at]->runner, ids[at]);
    EXPECT_EQ(after[at]->tags, writes[at].tags);
    EXPECT_FALSE(after[at]->run_untagged);
  }
  EXPECT_EQ(it.count().mutating, kRunners);
  EXPECT_EQ(gitlab_->mutating_calls(), kRunners);
}

struct FaultCase {
  std::string name;
  json fault;
  Kind kind;
  bool done;
};
class FaultyTagWrites : public TagsOfASimulatedGitLab, public testing::WithParamInterface<FaultCase> {};

TEST_P(FaultyTagWrites, LeaveOnceAndSayWhatIsKnown) {
  fault(GetParam().fault);
  RestRunnerTags it = access();
  const Tags wanted{"docker", "linux", "runneriq:managed"};
  const WriteOutcome outcome = write(it, wanted);
  EXPECT_EQ(outcome.kind, GetParam().kind) << outcome.error.message;
  EXPECT_EQ(gitlab_->mutating_calls(), 1);
  wire_->heal();
  EXPECT_EQ(tags_of(3)->tags, GetParam().done ? wanted : (Tags{"docker", "linux"}));
}

INSTANTIATE_TEST_SUITE_P(
    Of, FaultyTagWrites,
    testing::Values(
        FaultCase{"AServerError", {{"kind", "status"}, {"status", 500}}, Kind::unknown, false},
        FaultCase{"AProxy", {{"kind", "status"}, {"status", 502}, {"body", "html"}}, Kind::unknown, false},
        FaultCase{"ALimit", {{"kind", "status"}, {"status", 429}, {"retry_after", 1}}, Kind::refused, false},
        FaultCase{"ARefusal", {{"kind", "status"}, {"status", 403}}, Kind::refused, false},
        FaultCase{"ALostReply", {{"kind", "reply_lost"}}, Kind::unknown, true},
        FaultCase{"HalfAReply", {{"kind", "reset"}}, Kind::unknown, true},
        FaultCase{"Garbage", {{"kind", "garbage"}}, Kind::unknown, true},
        FaultCase{
            "ARedirect", {{"kind", "redirect"}, {"location", "/api/v4/runners/4"}}, Kind::unknown, false}),
    [](const auto& given) { return given.param.name; });

TEST_F(TagsOfASimulatedGitLab, AreRefusedAsGitLabRefusesThem) {
  RestRunnerTags it = access();
  EXPECT_EQ(write(it, {}).kind, Kind::refused);  // it runs no untagged jobs
  EXPECT_EQ(write(it, {"a"}, 4711).error.code, Errc::not_found);
  RestRunnerTags stranger = access("glpat-wrong");
  const WriteOutcome outcome = write(stranger, {"a"});
  EXPECT_EQ(outcome.kind, Kind::refused);
  EXPECT_EQ(outcome.error.code, Errc::permission);
  EXPECT_EQ(tags_of(3)->tags, (Tags{"docker", "linux"}));
}

TEST_F(TagsOfASimulatedGitLab, CannotBeChangedWithATokenThatMayOnlyRead) {
  wire_->steer("POST", "/sim/tokens", {{"token", "glpat-reader"}, {"scopes", {"read_api"}}});
  RestRunnerTags reader = access("glpat-reader");
  const std::vector<RunnerId> ids{RunnerId{3}};
  EXPECT_TRUE(reader.read(ids, clock_.now() + 20s).at(0));
  const WriteOutcome outcome = write(reader, {"a"});
  EXPECT_EQ(outcome.kind, Kind::refused);
  EXPECT_EQ(outcome.error.code, Errc::permission);
}

TEST_F(TagsOfASimulatedGitLab, OfADeletedRunnerAreNotFound) {
  wire_->steer("DELETE", "/sim/runners/3", {});
  const auto tags = tags_of(3);
  ASSERT_FALSE(tags);
  EXPECT_EQ(tags.error().code, Errc::not_found);
}

}  // namespace
}  // namespace runneriq::gitlab
