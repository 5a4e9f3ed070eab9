// Steering over ticks: gate, trust, leases and writes together, on a small GitLab with faults. The laws
// are those of architecture.md section 6.
#include "scheduler/action_bridge/bridge_steering.hpp"

#include "core/tag_names.hpp"
#include "tests/support/fleet_maker.hpp"
#include "tests/support/steering_fakes.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using Fault = FakeRunners::Fault;
using Kind = SteeringStep::Kind;

constexpr int kFleet = 6;
const TagList kRest{"docker",           "runneriq:critical", "runneriq:high", "runneriq:long",
                    "runneriq:managed", "runneriq:medium",   "runneriq:short"};
const TagList kCut{"docker", "runneriq:critical", "runneriq:managed", "runneriq:steered"};

TagList users_of(TagList tags) {
  std::erase_if(tags, is_ours);
  return tags;
}

class SteeringTest : public testing::Test {
 protected:
  SteeringJournal journal;
  SteeringClock clock;
  FakeRunners runners{journal};
  MemoryStore store{journal};
  MemoryAudit audit{journal};
  bool killed = false;
  SteeringSettings settings;
  BridgePorts ports{.gitlabs = {{kGitLab, &runners}},
                    .store = &store,
                    .audit = &audit,
                    .now = [this] { return clock.moment; },
                    .stopped_by_kill_switch = [this] { return killed; }};
  std::unique_ptr<BridgeSteering> steering;

  SteeringTest() {
    settings.trust.options.mode = TrustMode::autonomous;
    settings.trust.execute = true;
    settings.digest = [](std::string_view text) {
      return std::to_string(std::hash<std::string_view>{}(text));
    };
    for (int id = 1; id <= kFleet; ++id) runners.add(id, kRest);
  }

  BridgeSteering& it() {
    if (!steering) steering = std::make_unique<BridgeSteering>(settings, ports);
    return *steering;
  }
  // As after a crash: only the state file is left.
  void start_anew() { steering.reset(); }

  // All runners are full; a CRITICAL job waits, or none.
  [[nodiscard]] FleetSnapshot fleet(bool waits) const {
    std::vector<FleetRunner> list;
    for (const auto& [id, runner] : runners.runners) {
      list.push_back(runner_with(id.value(), runner.tags, 1, 1));
      list.back().description = "docker-" + std::to_string(id.value());
    }
    std::vector<PendingJob> jobs;
    if (waits) jobs.push_back(job_with(9, {"docker", "runneriq:critical"}));
    FleetSnapshot snapshot = fleet_of(std::move(list), std::move(jobs));
    snapshot.now = clock.moment.wall;
    return snapshot;
  }
  Tick tick_of(BridgeSteering& of, FleetSnapshot snapshot) {
    Tick tick;
    tick.now = clock.moment.wall;
    of.put_at_rest(snapshot);
    for (std::size_t at = 0; at < snapshot.jobs.size(); ++at) {
      JobDecision decision;
      decision.job = at;
      decision.calibrated = decision.job_class = JobClass::critical;
      tick.decisions.jobs.push_back(std::move(decision));
    }
    tick.snapshot = std::move(snapshot);
    return tick;
  }
  SteeringReport step(bool waits = true) {
    journal.clear();
    return it().step(tick_of(it(), fleet(waits)));
  }
  SteeringReport step_later(bool waits = true, Duration later = 30s) {
    clock.pass(later);
    return step(waits);
  }
  [[nodiscard]] int cut() const {
    return static_cast<int>(std::ranges::count_if(runners.runners, [](const auto& runner) {
      return std::ranges::count(runner.second.tags, std::string(kSteeredTag)) > 0;
    }));
  }
  [[nodiscard]] int at_rest() const {
    return static_cast<int>(std::ranges::count_if(
        runners.runners, [](const auto& runner) { return runner.second.tags == kRest; }));
  }
  [[nodiscard]] std::size_t place(std::string_view what) const {
    return static_cast<std::size_t>(std::ranges::find(journal, what) - journal.begin());
  }
  static std::string words(const SteeringReport& report) {
    std::string all;
    for (const std::string& sentence : report.sentences) all += sentence + "\n";
    return all;
  }
};

TEST_F(SteeringTest, CutsAllRunnersButTheOpenOneWhileACriticalJobWaits) {
  const SteeringReport report = step();
  EXPECT_EQ(cut(), kFleet - 1) << words(report);
  EXPECT_EQ(at_rest(), 1);
  EXPECT_EQ(report.mode, TrustMode::autonomous);
  EXPECT_EQ(report.writes, kFleet - 1);
  EXPECT_EQ(report.leases.size(), std::size_t{(kFleet - 1) * 4});
  ASSERT_FALSE(report.steps.empty());
  EXPECT_EQ(report.steps[0].kind, Kind::applied);
  EXPECT_TRUE(report.steps[0].description.starts_with("docker-"));
  for (const auto& [id, runner] : runners.runners) EXPECT_TRUE(runner.tags == kRest || runner.tags == kCut);
}

TEST_F(SteeringTest, RecordsLeasesAndIntentsBeforeTheFirstWrite) {
  (void)step();
  const std::size_t first_put = static_cast<std::size_t>(
      std::ranges::find_if(journal, [](const auto& what) { return what.starts_with("put"); }) -
      journal.begin());
  ASSERT_LT(first_put, journal.size());
  EXPECT_LT(place("leases"), first_put);
  EXPECT_LT(place("audit cut"), first_put);
  bool recorded = true;
  clock.pass(10min);
  runners.before_write = [&](const gitlab::TagWrite& write) {
    if (users_of(write.tags).size() == write.tags.size()) return;
    const bool cuts = std::ranges::count(write.tags, std::string(kSteeredTag)) > 0;
    const bool known = std::ranges::any_of(
        store.leases, [&](const auto& lease) { return lease.second.runner.runner == write.runner; });
    recorded = recorded && (!cuts || known);
  };
  for (int at = 0; at < 4; ++at) (void)step_later(at % 2 == 0, 7min);
  EXPECT_TRUE(recorded);
}

TEST_F(SteeringTest, TakesEverythingBackAtOnceWhenNothingWaits) {
  (void)step();
  const SteeringReport report = step_later(false);
  EXPECT_EQ(at_rest(), kFleet);
  EXPECT_TRUE(report.leases.empty());
  EXPECT_TRUE(store.leases.empty());
  EXPECT_EQ(audit.count("reverted"), kFleet - 1);
}

TEST_F(SteeringTest, WritesNothingAgainWhileTheSameJobWaits) {
  (void)step();
  runners.writes.clear();
  for (int poll = 0; poll < 20; ++poll) (void)step_later();
  EXPECT_TRUE(runners.writes.empty());
  EXPECT_EQ(cut(), kFleet - 1);  // renewed beyond the TTL
}

TEST_F(SteeringTest, SeesTheFleetAtRestWhileItIsCut) {
  (void)step();
  FleetSnapshot snapshot = fleet(true);
  it().put_at_rest(snapshot);
  for (const FleetRunner& runner : snapshot.runners) EXPECT_EQ(runner.traits.tags, kRest);
}

TEST_F(SteeringTest, MovesGrantTagsOfJobsToWhereTheAssignerSeesThem) {
  FleetSnapshot snapshot = fleet(true);
  snapshot.jobs[0].traits.tags = {"docker", "runneriq:preferred-fast"};
  PendingJob elsewhere = snapshot.jobs[0];
  elsewhere.key.gitlab = GitLabUrl{"https://other.example.com"};
  snapshot.jobs.push_back(elsewhere);
  it().put_at_rest(snapshot);
  EXPECT_EQ(snapshot.jobs[0].traits.tags, TagList{"docker"});
  EXPECT_EQ(snapshot.jobs[0].wanted_grants, TagList{"runneriq:preferred-fast"});
  EXPECT_EQ(snapshot.jobs[1].traits.tags.size(), 2U);  // nobody there could grant it
  EXPECT_TRUE(snapshot.jobs[1].wanted_grants.empty());
}

// ---- reverts, whatever happens ------------------------------------------------------------

TEST_F(SteeringTest, RevertsWithinTheBoundWithoutAnyTick) {
  (void)step();
  for (int sweep = 0; sweep < 11; ++sweep) {
    clock.pass(30s);
    (void)it().step_without_tick();
  }
  EXPECT_EQ(at_rest(), kFleet);
}

TEST_F(SteeringTest, MakesNoNewCutWithoutATick) {
  runners.fault_next_write(Fault::lose_write);
  (void)step();
  const int before = cut();
  EXPECT_EQ(before, kFleet - 2);
  clock.pass(30s);
  (void)it().step_without_tick();
  EXPECT_EQ(cut(), before);
}

TEST_F(SteeringTest, RevertsAfterACrashWithTheStateFile) {
  (void)step();
  start_anew();
  clock.pass(6min);
  (void)it().step_without_tick();
  EXPECT_EQ(at_rest(), kFleet);
}

TEST_F(SteeringTest, RevertsWhenTheStateFileIsLost) {
  (void)step();
  start_anew();
  store.leases.clear();
  store.at_rest.clear();
  (void)step_later(false);
  EXPECT_EQ(at_rest(), kFleet);
}

TEST_F(SteeringTest, RestoresLanesThatAManagedRunnerLacks) {
  runners.set(2, {"docker", "runneriq:critical", "runneriq:managed"});
  (void)step(false);
  EXPECT_EQ(runners.tags(2), kRest);
}

TEST_F(SteeringTest, RevertsButCutsNothingWhileTheStateFileCannotBeRead) {
  (void)step();
  start_anew();
  store.unreadable = {Errc::corrupt, "malformed"};
  const SteeringReport blind = step_later();
  EXPECT_EQ(at_rest(), kFleet);
  EXPECT_NE(words(blind).find("malformed"), std::string::npos);
  (void)step_later();
  EXPECT_EQ(at_rest(), kFleet);
  store.unreadable.reset();
  (void)step_later();
  EXPECT_EQ(cut(), kFleet - 1);
}

TEST_F(SteeringTest, RevertsButCutsNothingWhileTheStateFileCannotBeWritten) {
  store.outage = {Errc::unavailable, "disk full"};
  EXPECT_NE(words(step()).find("disk full"), std::string::npos);
  EXPECT_EQ(at_rest(), kFleet);
  store.outage.reset();
  (void)step_later();
  EXPECT_EQ(cut(), kFleet - 1);
  store.outage = {Errc::unavailable, "disk full"};
  (void)step_later(false);
  EXPECT_EQ(at_rest(), kFleet);
}

TEST_F(SteeringTest, EndsLeasesThatItCannotRenewInTheStateFile) {
  (void)step();
  store.outage = {Errc::unavailable, "disk full"};
  for (int poll = 0; poll < 11; ++poll) (void)step_later();
  EXPECT_EQ(at_rest(), kFleet);
}

TEST_F(SteeringTest, WithoutAStateFileOrAnAuditTrailCutsNothing) {
  ports.store = nullptr;
  EXPECT_EQ(step().writes, 0);
  start_anew();
  ports.store = &store;
  ports.audit = nullptr;
  EXPECT_EQ(step().writes, 0);
}

TEST_F(SteeringTest, GivesEverythingBackWhenTheKillSwitchAppears) {
  (void)step();
  killed = true;
  (void)step_later();
  EXPECT_EQ(at_rest(), kFleet);
  runners.writes.clear();
  (void)step_later();
  EXPECT_TRUE(runners.writes.empty());
  killed = false;
  (void)step_later();
  EXPECT_EQ(cut(), kFleet - 1);
  killed = true;
  clock.pass(30s);
  (void)it().step_without_tick();
  EXPECT_EQ(at_rest(), kFleet);
}

TEST_F(SteeringTest, GivesEverythingBackWhenTheClockJumps) {
  for (const Duration jump : {Duration{-1h}, Duration{1h}, Duration{1min}}) {
    start_anew();
    (void)step();
    ASSERT_EQ(cut(), kFleet - 1);
    clock.moment.wall += jump;
    clock.moment.steady += 30s;
    (void)it().step_without_tick();
    EXPECT_EQ(at_rest(), kFleet);
    clock.pass(20min);
  }
}

TEST_F(SteeringTest, EndsWithEverythingAtRest) {
  (void)step();
  runners.fault_next_write(Fault::lose_write);
  runners.fault_next_write(Fault::refuse);
  const SteeringReport report = it().revert_all("the program ends");
  EXPECT_EQ(at_rest(), kFleet);
  EXPECT_TRUE(report.leases.empty());
  EXPECT_EQ(words(report).find("may not be back"), std::string::npos) << words(report);
}

TEST_F(SteeringTest, SaysWhichRunnerMayNotBeAtRestInTheEnd) {
  (void)step();
  const RunnerId stuck = store.leases.begin()->second.runner.runner;
  runners.unwritable[stuck] = {Errc::invalid_argument, "422"};
  const SteeringReport report = it().revert_all("the program ends");
  EXPECT_EQ(at_rest(), kFleet - 1);
  EXPECT_NE(words(report).find("runner " + std::to_string(stuck.value()) + " may not be back"),
            std::string::npos);
}

TEST_F(SteeringTest, ForgetsARunnerThatIsDeletedButNotOneThatIsStillListed) {
  (void)step();
  const RunnerKey gone = store.leases.begin()->second.runner;
  runners.unreadable[gone.runner] = {Errc::not_found, "404"};
  (void)step_later();
  EXPECT_TRUE(store.at_rest.contains(gone));
  runners.runners.erase(gone.runner);
  (void)step_later();
  EXPECT_FALSE(store.at_rest.contains(gone));
}

TEST_F(SteeringTest, ForgetsNothingThatIsNotFoundBeforeAListWasRead) {
  TagList without_long = kRest;
  std::erase(without_long, "runneriq:long");
  (void)step();
  (void)step_later(false);
  runners.set(2, without_long);
  (void)step_later(false);
  (void)step_later();
  ASSERT_GT(cut(), 0);
  const auto known = store.at_rest.size();
  start_anew();
  for (const auto& [id, runner] : runners.runners) runners.unreadable[id] = {Errc::not_found, "404"};
  clock.pass(30s);
  const SteeringReport blind = it().step_without_tick();
  EXPECT_EQ(words(blind).find("is gone"), std::string::npos) << words(blind);
  EXPECT_EQ(store.at_rest.size(), known);
  runners.unreadable.clear();
  (void)step_later(false);
  EXPECT_EQ(runners.tags(2), without_long);
  EXPECT_EQ(at_rest(), kFleet - 1);
}

TEST_F(SteeringTest, ForgetsNothingByTheListOfAnotherGitLab) {
  (void)step();
  start_anew();
  FleetSnapshot others = fleet(false);
  for (FleetRunner& runner : others.runners) runner.key.gitlab = GitLabUrl{"https://other.example.com"};
  const auto known = store.at_rest.size();
  const auto there = std::exchange(runners.runners, {});
  clock.pass(30s);
  (void)it().step(tick_of(it(), others));
  EXPECT_EQ(store.at_rest.size(), known);
  runners.runners = there;
  (void)step_later(false);
  EXPECT_EQ(at_rest(), kFleet);
}

// ---- people -------------------------------------------------------------------------------

TEST_F(SteeringTest, YieldsToAPersonWhoTakesALaneAway) {
  (void)step(false);
  TagList without_long = kRest;
  std::erase(without_long, "runneriq:long");
  (void)step_later();
  (void)step_later(false);
  runners.set(2, without_long);
  (void)step_later(false);
  (void)step_later(false);
  EXPECT_EQ(runners.tags(2), without_long);
  EXPECT_EQ(audit.count("changed_by_person"), 1);
}

TEST_F(SteeringTest, LeavesARunnerAloneThatIsNoLongerManaged) {
  (void)step();
  for (auto& [id, runner] : runners.runners) std::erase(runner.tags, std::string(kManagedTag));
  (void)step_later();
  (void)step_later();
  EXPECT_EQ(cut(), 0);
  for (const auto& [id, runner] : runners.runners) {
    EXPECT_EQ(runner.tags.size(), kRest.size() - 1);
    EXPECT_EQ(users_of(runner.tags), TagList{"docker"});
  }
}

// ---- trust --------------------------------------------------------------------------------

TEST_F(SteeringTest, SendsNothingWithoutExecute) {
  settings.trust.execute = false;
  runners.set(2, kCut);
  const SteeringReport report = step();
  EXPECT_EQ(report.mode, TrustMode::advisory);
  EXPECT_EQ(report.writes, 0);
  (void)it().step_without_tick();
  (void)it().revert_all("end");
  EXPECT_TRUE(runners.writes.empty());
}

TEST_F(SteeringTest, AsksForAnApprovalAndUsesItOnce) {
  settings.trust.options.mode = TrustMode::supervised;
  const SteeringReport asked = step();
  EXPECT_EQ(asked.writes, 0);
  ASSERT_EQ(asked.proposals.size(), 1U) << words(asked);
  store.known[0].state = Proposal::State::approved;
  store.known[0].decided_by = "user:alice";
  store.known[0].expires = clock.moment.wall + 30min;
  (void)step_later();
  EXPECT_EQ(cut(), kFleet - 1);
  EXPECT_EQ(store.known[0].used.size(), std::size_t{kFleet - 1});
  EXPECT_LT(place("proposals"), place("audit cut"));
  (void)step_later();
  EXPECT_EQ(cut(), kFleet - 1);  // what was approved goes on
  (void)step_later(false);
  (void)step_later();
  EXPECT_EQ(cut(), 0);  // the approval is used up
}

TEST_F(SteeringTest, AnApprovalOfSomethingElseThanWasProposedDoesNotCount) {
  settings.trust.options.mode = TrustMode::supervised;
  (void)step();
  Proposal& approved = store.known.at(0);
  approved.state = Proposal::State::approved;
  approved.expires = clock.moment.wall + 30min;
  approved.digest = "what a person was shown";
  const SteeringReport report = step_later();
  EXPECT_EQ(cut(), 0);
  EXPECT_NE(words(report).find("does not count"), std::string::npos) << words(report);
}

TEST_F(SteeringTest, CutsNothingWhoseApprovalCouldNotBeUsedUp) {
  settings.trust.options.mode = TrustMode::supervised;
  (void)step();
  store.known.at(0).state = Proposal::State::approved;
  store.proposals_outage = true;
  (void)step_later();
  (void)step_later();
  EXPECT_EQ(at_rest(), kFleet);
  EXPECT_TRUE(store.leases.empty());
}

struct BreachCase {
  std::string name;
  std::function<void(FakeRunners&, MemoryAudit&)> plant;
};
class LosingTrust : public SteeringTest, public testing::WithParamInterface<BreachCase> {};

TEST_P(LosingTrust, StepsDownOnceAndRecordsIt) {
  (void)step(false);
  GetParam().plant(runners, audit);
  const SteeringReport report = step_later();
  EXPECT_EQ(report.mode, TrustMode::supervised) << words(report);
  EXPECT_EQ(store.trust.demoted_to, TrustMode::supervised);
  start_anew();
  audit.outage.reset();
  runners.unwritable.clear();
  EXPECT_EQ(step_later().mode, TrustMode::supervised);
}

TEST_F(SteeringTest, AnApprovedPromotionGivesLostTrustBack) {
  (void)step(false);
  runners.fault_next_write(Fault::drop_a_tag);
  (void)step_later();
  EXPECT_EQ(step_later().mode, TrustMode::supervised);
  const auto asked = std::ranges::find_if(
      store.known, [](const Proposal& each) { return each.action.kind == Action::Kind::promotion; });
  ASSERT_NE(asked, store.known.end());
  asked->state = Proposal::State::approved;
  asked->decided_by = "user:alice";
  const SteeringReport report = step_later();
  EXPECT_EQ(report.mode, TrustMode::autonomous) << words(report);
  EXPECT_FALSE(store.trust.demoted_to);
}

INSTANTIATE_TEST_SUITE_P(
    By, LosingTrust,
    testing::Values(BreachCase{"ALostScope",
                               [](FakeRunners& runners, auto&) {
                                 for (int id = 1; id <= kFleet; ++id)
                                   runners.unwritable[RunnerId{id}] = {Errc::permission, "403"};
                               }},
                    BreachCase{"ALostTag", [](FakeRunners& runners,
                                              auto&) { runners.fault_next_write(Fault::drop_a_tag); }},
                    BreachCase{"AnUnwritableAuditTrail",
                               [](auto&, MemoryAudit& audit) {
                                 audit.outage = {Errc::unavailable, "disk full"};
                               }}),
    [](const auto& given) { return given.param.name; });

TEST_F(SteeringTest, GivesEverythingBackWhenItIsOnlyTrustedToAdvise) {
  settings.trust.options.mode = TrustMode::supervised;
  settings.trust.options.supervised_threshold = JobClass::critical;
  Proposal standing;
  (void)step();
  store.known.at(0).state = Proposal::State::approved;
  store.known.at(0).standing = true;
  store.known.at(0).expires = clock.moment.wall + 24h;
  runners.fault_next_write(Fault::drop_a_tag);
  const SteeringReport report = step_later();
  EXPECT_EQ(report.mode, TrustMode::advisory);
  EXPECT_EQ(cut(), 0);
  EXPECT_TRUE(store.leases.empty());
  EXPECT_EQ(audit.count("trust_demoted"), 1);
  runners.writes.clear();
  (void)step_later();
  EXPECT_TRUE(runners.writes.empty());
  store.trust = {};  // a person gives it back
  (void)step_later();
  EXPECT_GT(cut(), 0);
}

TEST_F(SteeringTest, GivesEverythingBackWhileTheAuditTrailCannotBeWritten) {
  (void)step(false);
  audit.outage = {Errc::unavailable, "disk full"};
  (void)step_later();
  EXPECT_EQ(at_rest(), kFleet);
  EXPECT_TRUE(store.leases.empty());
}

// ---- budget and company -------------------------------------------------------------------

TEST_F(SteeringTest, CutsNoMoreThanTheBudgetInAnyMinute) {
  settings.cuts_per_minute = 2;
  std::vector<Duration> cuts;
  runners.before_write = [&](const gitlab::TagWrite& write) {
    if (std::ranges::count(write.tags, std::string(kSteeredTag)) > 0) cuts.push_back(clock.moment.steady);
  };
  for (int at = 0; at < 40; ++at) (void)step_later(true, 5s);
  EXPECT_EQ(cut(), kFleet - 1);
  for (std::size_t at = 2; at < cuts.size(); ++at) EXPECT_GE(cuts[at] - cuts[at - 2], 1min);
  (void)step_later(false, 5s);
  EXPECT_EQ(at_rest(), kFleet);  // all at once
}

TEST_F(SteeringTest, TwoAtOnceNeverHarmUsersTagsAndEndWithinTheBound) {
  MemoryStore other_store{journal};
  BridgePorts other_ports = ports;
  other_ports.store = &other_store;
  BridgeSteering other(settings, other_ports);
  for (int poll = 0; poll < 40; ++poll) {
    if (poll % 7 == 3) runners.fault_next_write(Fault::come_late);
    if (poll % 5 == 4) runners.deliver_late();
    (void)step_later(poll % 3 != 0, 15s);
    clock.pass(15s);
    (void)other.step(tick_of(other, fleet(poll % 4 != 0)));
    for (const auto& [id, runner] : runners.runners) ASSERT_EQ(users_of(runner.tags), TagList{"docker"});
  }
  runners.faults.clear();
  runners.deliver_late();
  for (int sweep = 0; sweep < 13; ++sweep) {
    clock.pass(30s);
    (void)it().step_without_tick();
    (void)other.step_without_tick();
  }
  EXPECT_EQ(cut(), 0);
}

TEST_F(SteeringTest, OpensACutRunnerThatIsNotGivenTheJob) {
  (void)step();
  ASSERT_EQ(cut(), kFleet - 1);
  for (int poll = 0; poll < 3; ++poll) {
    clock.pass(30s);
    FleetSnapshot idle = fleet(true);
    for (FleetRunner& runner : idle.runners) runner.active_jobs = 0;
    (void)it().step(tick_of(it(), std::move(idle)));
  }
  EXPECT_EQ(at_rest(), kFleet);
}

}  // namespace
}  // namespace runneriq::scheduler
