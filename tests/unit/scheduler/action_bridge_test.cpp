// The one writer of tags: what it writes, in what order, and what it makes of every kind of trouble.
#include "scheduler/action_bridge/action_bridge.hpp"

#include "core/tag_names.hpp"
#include "tests/support/fleet_maker.hpp"
#include "tests/support/steering_fakes.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using Fault = FakeRunners::Fault;
using Kind = SteeringStep::Kind;

const TagList kLanes{"runneriq:critical", "runneriq:high",   "runneriq:long",
                     "runneriq:managed",  "runneriq:medium", "runneriq:short"};
const std::vector<std::string> kLow{"runneriq:short", "runneriq:medium", "runneriq:long"};

RunnerKey key(std::int64_t id) {
  return {kGitLab, RunnerId{id}};
}

TagList and_users(TagList tags, const TagList& users) {
  tags.insert(tags.end(), users.begin(), users.end());
  std::ranges::sort(tags);
  return tags;
}

const TagList kRest = and_users(kLanes, {"docker", "linux"});
const TagList kCut = and_users({"runneriq:critical", "runneriq:high", "runneriq:managed", "runneriq:steered"},
                               {"docker", "linux"});

class Bridging : public testing::Test {
 protected:
  SteeringJournal journal;
  SteeringClock clock;
  FakeRunners runners{journal};
  MemoryStore store{journal};
  MemoryAudit audit{journal};
  WriteBudget budget{30};
  bool killed = false;
  LeaseBook book{Lanes{}, LeaseTerms{}};
  BridgePorts ports{.gitlabs = {{kGitLab, &runners}},
                    .store = &store,
                    .audit = &audit,
                    .now = [this] { return clock.moment; },
                    .stopped_by_kill_switch = [this] { return killed; },
                    .budget = &budget};

  Bridging() {
    for (const std::int64_t id : {1, 2, 3}) runners.add(id, kRest);
  }

  BridgeRound settle(ActionBridge& bridge, std::vector<RunnerKey> of,
                     TrustMode mode = TrustMode::autonomous) {
    journal.clear();
    return bridge.settle(of, mode, clock.moment.wall + 20s);
  }
  // Looked at once, so that it may be leased.
  ActionBridge bridge(std::vector<RunnerKey> known = {key(1), key(2), key(3)}) {
    ActionBridge it(ports, book);
    (void)book.pass_time(clock.moment);
    (void)settle(it, std::move(known));
    return it;
  }
  void want_cut(const std::vector<RunnerKey>& wanted) {
    std::vector<Wanted> wants;
    for (const RunnerKey& runner : wanted) {
      wants.push_back({.runner = runner,
                       .withhold = kLow,
                       .grant = {},
                       .reason = "CRITICAL deploy (job 9) waits",
                       .decision = "cut/9",
                       .cause = {kGitLab, JobId{9}}});
    }
    (void)store.record(book.want(wants, clock.moment), clock.moment.wall);
  }
  void cut(ActionBridge& bridge, std::vector<RunnerKey> wanted = {key(1)}) {
    want_cut(wanted);
    (void)settle(bridge, wanted);
  }
  void end(ActionBridge& bridge) {
    const LeaseChanges changes = book.end_all("job 9 waits no more");
    bridge.memory().explain(changes);
    (void)store.record(changes, clock.moment.wall);
  }
  [[nodiscard]] std::size_t place(const std::string& what) const {
    return static_cast<std::size_t>(std::ranges::find(journal, what) - journal.begin());
  }
};

TEST_F(Bridging, WithholdsLanesAndKeepsTheUsersTags) {
  ActionBridge it = bridge();
  want_cut({key(1)});
  const BridgeRound round = settle(it, {key(1)});
  EXPECT_EQ(runners.tags(1), kCut);
  ASSERT_EQ(round.steps.size(), 1U);
  EXPECT_EQ(round.steps[0].kind, Kind::applied);
  EXPECT_EQ(round.steps[0].removed, (TagList{"runneriq:long", "runneriq:medium", "runneriq:short"}));
  EXPECT_TRUE(round.steps[0].added.empty());
  EXPECT_EQ(round.steps[0].job, (JobKey{kGitLab, JobId{9}}));
  EXPECT_EQ(round.steps[0].reason, "CRITICAL deploy (job 9) waits");
  EXPECT_EQ(round.writes, 1);
  EXPECT_TRUE(round.breaches.empty());
}

TEST_F(Bridging, WritesTheUsersTagsAsTheyWereReadLast) {
  ActionBridge it = bridge();
  want_cut({key(1)});
  runners.set(1, and_users(kLanes, {"docker", "gpu"}));
  (void)settle(it, {key(1)});
  EXPECT_TRUE(std::ranges::binary_search(runners.tags(1), std::string("gpu")));
  EXPECT_FALSE(std::ranges::binary_search(runners.tags(1), std::string("linux")));
}

TEST_F(Bridging, WritesNothingWhereNothingDiffers) {
  ActionBridge it = bridge();
  cut(it);
  runners.writes.clear();
  EXPECT_EQ(settle(it, {key(1), key(2)}).writes, 0);
  EXPECT_TRUE(runners.writes.empty());
}

TEST_F(Bridging, RecordsTheIntentBeforeTheFirstChangeLeavesAndTheOutcomeAfterIt) {
  ActionBridge it = bridge();
  want_cut({key(1), key(2)});
  int announced = 0;
  runners.before_write = [&](const gitlab::TagWrite&) { announced = audit.count("cut"); };
  (void)settle(it, {key(1), key(2)});
  EXPECT_EQ(announced, 2);
  EXPECT_LT(place("audit cut"), place("put 1"));
  EXPECT_LT(place("put 2"), place("audit cut_applied"));
  EXPECT_EQ(audit.entries.front().document,
            R"({"added":[],"decision":"cut/9","gitlab":"https://gitlab.example.com","job":{"gitlab":)"
            R"("https://gitlab.example.com","id":9},"reason":"CRITICAL deploy (job 9) waits","removed":)"
            R"(["runneriq:long","runneriq:medium","runneriq:short"],"runner":1})");
}

TEST_F(Bridging, RevertsBeforeItChanges) {
  ActionBridge it = bridge();
  cut(it, {key(2)});
  want_cut({key(1)});  // and no more 2
  (void)settle(it, {key(1), key(2)});
  EXPECT_LT(place("put 2"), place("audit cut"));
  EXPECT_LT(place("audit cut"), place("put 1"));
  EXPECT_EQ(runners.tags(2), kRest);
}

TEST_F(Bridging, ChangesNothingWhileARevertIsNotCertain) {
  ActionBridge it = bridge();
  cut(it, {key(2)});
  for (const Fault fault : {Fault::refuse, Fault::lose_write}) {
    want_cut({key(1)});
    runners.fault_next_write(fault);
    const BridgeRound round = settle(it, {key(1), key(2)});
    EXPECT_EQ(runners.tags(1), kRest);
    EXPECT_EQ(runners.tags(2), kCut);
    EXPECT_EQ(round.owed.size(), 2U);
  }
  (void)settle(it, {key(1), key(2)});
  EXPECT_EQ(runners.tags(1), kCut);
  EXPECT_EQ(runners.tags(2), kRest);
}

TEST_F(Bridging, ChangesNothingWhileARunnerThatShouldBeOpenCannotBeRead) {
  ActionBridge it = bridge();
  cut(it, {key(2)});
  want_cut({key(1)});
  runners.unreadable[RunnerId{2}] = {Errc::unavailable, "503"};
  const BridgeRound round = settle(it, {key(1), key(2)});
  EXPECT_EQ(runners.tags(1), kRest);
  EXPECT_EQ(round.unread, (std::vector<RunnerKey>{key(2)}));
}

struct HindranceCase {
  std::string name;
  std::function<void(MemoryStore&, MemoryAudit&, BridgePorts&, bool&)> plant;
  TrustMode mode = TrustMode::autonomous;
};
class Hindered : public Bridging, public testing::WithParamInterface<HindranceCase> {};

TEST_P(Hindered, ChangesNothingButReverts) {
  ActionBridge first = bridge();
  cut(first, {key(2)});
  want_cut({key(1)});
  // A person's change, so that there is something to record.
  runners.set(3, and_users({"runneriq:critical", "runneriq:managed"}, {"docker"}));
  runners.writes.clear();
  GetParam().plant(store, audit, ports, killed);
  ActionBridge it(ports, book);
  const BridgeRound round = settle(it, {key(1), key(2), key(3)}, GetParam().mode);
  EXPECT_EQ(runners.tags(1), kRest);
  EXPECT_EQ(runners.tags(2), kRest);
  EXPECT_EQ(runners.writes.size(), 1U);
  EXPECT_EQ(std::ranges::count(round.steps, Kind::planned, &SteeringStep::kind), 1);
}

INSTANTIATE_TEST_SUITE_P(
    By, Hindered,
    testing::Values(
        HindranceCase{"AdvisoryMode", [](auto&, auto&, auto&, auto&) {}, TrustMode::advisory},
        HindranceCase{"TheKillSwitch", [](auto&, auto&, auto&, bool& killed) { killed = true; }},
        HindranceCase{"NoStateFile", [](auto&, auto&, BridgePorts& ports, auto&) { ports.store = nullptr; }},
        HindranceCase{"NoAuditTrail", [](auto&, auto&, BridgePorts& ports, auto&) { ports.audit = nullptr; }},
        HindranceCase{"AFullDisk",
                      [](MemoryStore& store, auto&, auto&, auto&) {
                        store.outage = {Errc::unavailable, "disk full"};
                      }},
        HindranceCase{"ABrokenAuditTrail",
                      [](auto&, MemoryAudit& audit, auto&, auto&) {
                        audit.outage = {Errc::unavailable, "disk full"};
                      }}),
    [](const auto& given) { return given.param.name; });

TEST_F(Bridging, SaysThatTheAuditTrailCannotBeWritten) {
  ActionBridge it = bridge();
  want_cut({key(1)});
  audit.outage = {Errc::unavailable, "disk full"};
  const BridgeRound round = settle(it, {key(1)});
  EXPECT_EQ(round.breaches, std::vector{Breach::audit_unwritable});
  EXPECT_EQ(runners.tags(1), kRest);
}

TEST_F(Bridging, StopsAtAKillSwitchThatAppearsWhileTheIntentIsWritten) {
  int asked = 0;
  ports.stopped_by_kill_switch = [&asked] { return ++asked > 1; };
  ActionBridge it = bridge();
  want_cut({key(1)});
  asked = 0;
  (void)settle(it, {key(1)});
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(runners.tags(1), kRest);
}

TEST_F(Bridging, SendsNothingForALeaseThatEndsWhileTheIntentIsWritten) {
  bool slow = false;
  ports.stopped_by_kill_switch = [&] {
    if (slow) clock.pass(6min);
    return false;
  };
  ActionBridge it = bridge();
  want_cut({key(1)});
  slow = true;
  const BridgeRound round = it.settle(std::vector{key(1)}, TrustMode::autonomous, clock.moment.wall + 1h);
  EXPECT_EQ(round.writes, 0);
  EXPECT_EQ(runners.tags(1), kRest);
}

// ---- outcomes -----------------------------------------------------------------------------

TEST_F(Bridging, LearnsByReadingWhatBecameOfAWriteWithoutAnAnswer) {
  for (const Fault fault : {Fault::lose_reply, Fault::lose_write}) {
    for (const std::int64_t id : {1, 2, 3}) runners.set(id, kRest);
    book = LeaseBook{Lanes{}, LeaseTerms{}};
    ActionBridge it = bridge();
    want_cut({key(1)});
    runners.fault_next_write(fault);
    audit.entries.clear();
    const BridgeRound round = settle(it, {key(1)});
    const bool done = fault == Fault::lose_reply;
    ASSERT_EQ(round.steps.size(), 1U);
    EXPECT_EQ(round.steps[0].kind, done ? Kind::applied : Kind::planned);
    EXPECT_EQ(audit.count("cut_applied"), done ? 1 : 0);
    EXPECT_EQ(audit.count("write_unknown"), done ? 0 : 1);
    EXPECT_EQ(place("read 1"), 0U);
    EXPECT_EQ(std::ranges::count(journal, "read 1"), 2);
    EXPECT_EQ(std::ranges::count(journal, "put 1"), 1);
  }
}

TEST_F(Bridging, TakesBackAWriteThatArrivesAfterItsLease) {
  ActionBridge it = bridge();
  want_cut({key(1)});
  runners.fault_next_write(Fault::come_late);
  (void)settle(it, {key(1)});
  end(it);
  (void)settle(it, book.under_watch(clock.moment));
  runners.deliver_late();
  EXPECT_EQ(runners.tags(1), kCut);
  clock.pass(5min);
  (void)book.pass_time(clock.moment);
  const BridgeRound round = settle(it, book.under_watch(clock.moment));
  EXPECT_EQ(runners.tags(1), kRest);
  EXPECT_TRUE(round.breaches.empty());
}

TEST_F(Bridging, NoticesThatALateWriteUndidWhatAPersonHadChangedSince) {
  ActionBridge it = bridge();
  want_cut({key(1)});
  runners.fault_next_write(Fault::come_late);
  (void)settle(it, {key(1)});
  end(it);
  runners.set(1, and_users(kLanes, {"docker", "gpu", "linux"}));
  EXPECT_TRUE(settle(it, {key(1)}).breaches.empty());
  runners.deliver_late();
  const BridgeRound round = settle(it, {key(1)});
  EXPECT_EQ(round.breaches, std::vector{Breach::user_tags_differ});
  EXPECT_TRUE(settle(it, {key(1)}).breaches.empty());
}

TEST_F(Bridging, NoticesThatTheUsersTagsCameOutOtherwiseThanTheyWereSent) {
  ActionBridge it = bridge();
  want_cut({key(1)});
  runners.fault_next_write(Fault::drop_a_tag);
  const BridgeRound round = settle(it, {key(1)});
  EXPECT_EQ(round.breaches, std::vector{Breach::user_tags_differ});
}

TEST_F(Bridging, KeepsWhatAPersonChangesAfterItsWrite) {
  ActionBridge it = bridge();
  want_cut({key(1)});
  runners.after_write = [&](const gitlab::TagWrite& write) {
    runners.set(1, and_users(write.tags, {"gpu"}));
  };
  EXPECT_TRUE(settle(it, {key(1)}).breaches.empty());
  runners.after_write = nullptr;
  end(it);
  (void)settle(it, {key(1)});
  EXPECT_EQ(runners.tags(1), and_users(kRest, {"gpu"}));
}

TEST_F(Bridging, LetsAPersonWinWhoChangesATagOfOurs) {
  ActionBridge it = bridge();
  cut(it);
  auto changed = and_users(kCut, {"runneriq:long"});
  runners.set(1, changed);
  const BridgeRound round = settle(it, {key(1)});
  EXPECT_TRUE(book.live_of(key(1), clock.moment).empty());
  EXPECT_TRUE(store.leases.empty());
  EXPECT_EQ(audit.count("changed_by_person"), 1);
  ASSERT_FALSE(round.sentences.empty());
  EXPECT_NE(round.sentences[0].find("runner 1"), std::string::npos);
}

struct RefusalCase {
  std::string name;
  Error refusal;
  std::vector<Breach> breaches;
};
class Refused : public Bridging, public testing::WithParamInterface<RefusalCase> {};

TEST_P(Refused, IsSaidAndTriedOnceOnly) {
  ActionBridge it = bridge();
  want_cut({key(1)});
  runners.unwritable[RunnerId{1}] = GetParam().refusal;
  const BridgeRound round = settle(it, {key(1)});
  EXPECT_EQ(round.breaches, GetParam().breaches);
  ASSERT_EQ(round.steps.size(), 1U);
  EXPECT_EQ(round.steps[0].kind, Kind::refused);
  EXPECT_NE(round.steps[0].reason.find(GetParam().refusal.message), std::string::npos);
  EXPECT_EQ(audit.count("write_refused"), 1);
  EXPECT_EQ(std::ranges::count(journal, "put 1"), 1);
}

INSTANTIATE_TEST_SUITE_P(
    With, Refused,
    testing::Values(RefusalCase{"Unauthorized", {Errc::permission, "401"}, {Breach::token_lost_scope}},
                    RefusalCase{"Forbidden", {Errc::permission, "403"}, {Breach::token_lost_scope}},
                    RefusalCase{"NotFound", {Errc::not_found, "404"}, {}},
                    RefusalCase{"BadRequest", {Errc::invalid_argument, "400"}, {}},
                    RefusalCase{"Conflict", {Errc::invalid_argument, "409"}, {}},
                    RefusalCase{"TooManyRequests", {Errc::unavailable, "429"}, {}}),
    [](const auto& given) { return given.param.name; });

TEST_F(Bridging, SaysThatARevertHasFailedWhenItIsOwedForMoreThanTwoPolls) {
  ActionBridge it = bridge();
  cut(it);
  end(it);
  runners.unwritable[RunnerId{1}] = {Errc::invalid_argument, "422"};
  for (const Duration waited : {0s, 30s, 30s}) {
    clock.pass(waited);
    EXPECT_TRUE(settle(it, {key(1)}).breaches.empty());
  }
  clock.pass(30s);
  EXPECT_EQ(settle(it, {key(1)}).breaches, std::vector{Breach::revert_failed});
  clock.pass(30s);
  EXPECT_TRUE(settle(it, {key(1)}).breaches.empty());
}

TEST_F(Bridging, DoesNotBlameItselfForARevertWhileGitLabCannotBeReached) {
  ActionBridge it = bridge();
  cut(it);
  end(it);
  runners.unwritable[RunnerId{1}] = {Errc::invalid_argument, "422"};
  for (int poll = 0; poll < 6; ++poll) {
    const bool down = poll % 2 == 1;
    if (down) runners.unreadable[RunnerId{1}] = {Errc::unavailable, "503"};
    EXPECT_TRUE(settle(it, {key(1)}).breaches.empty()) << poll;
    runners.unreadable.clear();
    clock.pass(50s);
  }
}

TEST_F(Bridging, RevertsWithTheReasonForWhichTheLeaseEnded) {
  ActionBridge it = bridge();
  cut(it);
  end(it);
  const BridgeRound round = settle(it, {key(1)});
  ASSERT_EQ(round.steps.size(), 1U);
  EXPECT_EQ(round.steps[0].kind, Kind::reverted);
  EXPECT_EQ(round.steps[0].reason, "job 9 waits no more");
  EXPECT_EQ(round.steps[0].job, (JobKey{kGitLab, JobId{9}}));
  EXPECT_EQ(audit.count("reverted"), 1);
}

TEST_F(Bridging, ReportsADeletedRunnerAsGone) {
  ActionBridge it = bridge();
  cut(it);
  runners.runners.erase(RunnerId{1});
  const BridgeRound round = settle(it, {key(1)});
  EXPECT_EQ(round.gone, (std::vector<RunnerKey>{key(1)}));
  EXPECT_TRUE(round.unread.empty());
}

TEST_F(Bridging, ReportsARunnerThatIsDeletedBetweenReadingAndWriting) {
  ActionBridge it = bridge();
  want_cut({key(1)});
  runners.before_write = [&](const gitlab::TagWrite&) { runners.runners.erase(RunnerId{1}); };
  const BridgeRound round = settle(it, {key(1)});
  EXPECT_EQ(round.steps.at(0).kind, Kind::refused);
  EXPECT_TRUE(round.breaches.empty());
}

TEST_F(Bridging, RefusesToPassFiftyTags) {
  TagList users;
  for (int at = 0; at < 44; ++at) users.push_back("tag-" + std::to_string(at));
  runners.set(1,
              and_users(users, {"runneriq:managed", "runneriq:critical", "runneriq:high", "runneriq:short"}));
  ActionBridge it(ports, book);
  runners.writes.clear();
  const BridgeRound full = settle(it, {key(1)});
  EXPECT_EQ(full.writes, 1);  // 50 in all
  EXPECT_EQ(runners.tags(1).size(), 50U);
  runners.set(2, and_users(users, {"one-more", "runneriq:managed"}));
  const BridgeRound round = settle(it, {key(2)});
  EXPECT_EQ(round.writes, 0);
  ASSERT_EQ(round.steps.size(), 1U);
  EXPECT_EQ(round.steps[0].kind, Kind::refused);
}

TEST_F(Bridging, WritesEachGitLabForItself) {
  const GitLabUrl other{"https://other.example.com"};
  SteeringJournal elsewhere;
  FakeRunners others(elsewhere);
  others.add(1, kRest);
  ports.gitlabs[other] = &others;
  ActionBridge it(ports, book);
  const RunnerKey theirs{other, RunnerId{1}};
  (void)settle(it, {theirs, key(1)});
  want_cut({theirs});
  (void)settle(it, {theirs, key(1)});
  EXPECT_EQ(others.tags(1), kCut);
  EXPECT_EQ(runners.tags(1), kRest);
  const BridgeRound lost = settle(it, {{GitLabUrl{"https://unknown"}, RunnerId{1}}});
  EXPECT_EQ(lost.unread.size(), 1U);
}

// ---- budget -------------------------------------------------------------------------------

TEST(TheWriteBudget, IsForAnyMinuteByTheSteadyClock) {
  WriteBudget budget{3};
  SteeringClock clock;
  for (int at = 0; at < 3; ++at) {
    budget.take(clock.moment);
    clock.pass(10s);
  }
  EXPECT_EQ(budget.left(clock.moment), 0);
  clock.moment.wall += 1h;  // somebody sets the clock
  EXPECT_EQ(budget.left(clock.moment), 0);
  clock.pass(29s);
  EXPECT_EQ(budget.left(clock.moment), 0);
  clock.pass(1s);
  EXPECT_EQ(budget.left(clock.moment), 1);
  clock.pass(1min);
  EXPECT_EQ(budget.left(clock.moment), 3);
}

TEST_F(Bridging, LeavesChangesOverTheBudgetButNeverARevert) {
  budget = WriteBudget{1};
  ActionBridge it = bridge();
  want_cut({key(1), key(2), key(3)});
  EXPECT_EQ(settle(it, {key(3), key(1), key(2)}).writes, 1);
  EXPECT_EQ(runners.tags(3), kCut);  // the first of the list
  clock.pass(61s);
  EXPECT_EQ(settle(it, {key(3), key(1), key(2)}).writes, 1);
  end(it);
  EXPECT_EQ(settle(it, {key(1), key(2), key(3)}).writes, 2);
  for (const std::int64_t id : {1, 2, 3}) EXPECT_EQ(runners.tags(id), kRest);
}

}  // namespace
}  // namespace runneriq::scheduler
