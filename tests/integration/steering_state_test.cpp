// What steering keeps, on a real file.
#include "scheduler/sqlite/steering_state.hpp"

#include "platform/digest.hpp"
#include "platform/sqlite.hpp"
#include "platform/state_file.hpp"
#include "scheduler/sqlite/fleet_schema.hpp"
#include "tests/support/leased_runner.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <array>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using platform::Database;
using State = Proposal::State;

const Time kNow{std::chrono::hours{480'000}};

Lease lease(std::int64_t id, const std::string& tag = "runneriq:long") {
  return {.id = id,
          .runner = kRunner,
          .tag = tag,
          .kind = LeaseKind::withhold,
          .reason = "CRITICAL deploy waits",
          .decision = "d1",
          .cause = kDeploy,
          .created = kNow - 1min,
          .renewed = kNow,
          .expires = kNow + 5min};
}

Proposal proposal() {
  Proposal made;
  made.action = {.gitlab = kRunner.gitlab,
                 .tag = "runneriq:critical",
                 .job = kDeploy,
                 .job_class = JobClass::critical,
                 .runners = {kRunner},
                 .reason = "CRITICAL deploy waits"};
  made.digest = digest_of(made.action, platform::sha256_hex);
  made.created = kNow;
  made.expires = kNow + 30min;
  return made;
}

Proposal approved(Proposal proposal, const std::string& by = "user:alice") {
  return *decided(std::move(proposal), {.approve = true, .standing = {}, .by = by}, TrustTerms{},
                  kNow + 1min);
}

class SteeringStateFile : public testing::Test {
 protected:
  SteeringStateFile() : state(*open()) {}

  std::string path() const { return folder.path() + "/state.db"; }
  Result<SteeringState> open() const { return SteeringState::open({.path = path()}); }
  SteeringMemory memory(Time now = kNow) {
    auto loaded = open()->load(now);
    EXPECT_TRUE(loaded) << loaded.error().message;
    return loaded ? *loaded : SteeringMemory{};
  }
  void put(const LeaseChanges& changes) {
    const auto recorded = state.record(changes, kNow);
    ASSERT_TRUE(recorded) << recorded.error().message;
  }
  Proposal make() {
    ProposalChanges changes{.made = {proposal()}, .changed = {}};
    EXPECT_TRUE(state.record(changes, kNow));
    return changes.made[0];
  }
  Result<void> change(const Proposal& proposal) {
    ProposalChanges changes{.made = {}, .changed = {proposal}};
    return state.record(changes, kNow);
  }
  void run(std::string_view sql) {
    ASSERT_TRUE(Database::open(path(), Database::Missing::is_error)->execute(sql)) << sql;
  }
  std::int64_t count(const std::string& table) const {
    return *Database::open(path(), Database::Missing::is_error)->number("SELECT count(*) FROM " + table);
  }

  TemporaryFolder folder;
  SteeringState state;
};

TEST_F(SteeringStateFile, LeasesComeBackAsTheyWere) {
  Lease grant = lease(2, "runneriq:preferred-fast");
  grant.kind = LeaseKind::grant;
  put({.made = {lease(1), grant}});
  const auto leases = memory().leases;
  ASSERT_EQ(leases.size(), 2U);
  EXPECT_EQ(leases[0].runner, kRunner);
  EXPECT_EQ(leases[0].tag, "runneriq:long");
  EXPECT_EQ(leases[0].reason, "CRITICAL deploy waits");
  EXPECT_EQ(leases[0].decision, "d1");
  EXPECT_EQ(leases[0].cause, kDeploy);
  EXPECT_EQ(leases[0].created, kNow - 1min);
  EXPECT_EQ(leases[0].renewed, kNow);
  EXPECT_EQ(leases[0].expires, kNow + 5min);
  EXPECT_EQ(leases[1].kind, LeaseKind::grant);
}

TEST_F(SteeringStateFile, WhatHasEndedNeverComesBackAndItsIdIsNotGivenAgain) {
  put({.made = {lease(1), lease(2)}});
  put({.ended = {lease(2)}, .ended_because = {"it is not needed any more"}});
  put({.renewed = {lease(2)}});
  EXPECT_EQ(memory().leases.size(), 1U);
  EXPECT_EQ(memory().last_lease_id, 2);
  EXPECT_FALSE(state.record(LeaseChanges{.made = {lease(2)}}, kNow)) << "an id is given once";
}

TEST_F(SteeringStateFile, ARenewalIsKeptEvenInAFileThatWasStartedAnew) {
  put({.made = {lease(1)}});
  Lease renewed = lease(1);
  renewed.expires += 2min;
  renewed.cause = kHotfix;
  Lease unknown = lease(7);
  put({.renewed = {renewed, unknown}});
  const auto leases = memory().leases;
  ASSERT_EQ(leases.size(), 2U);
  EXPECT_EQ(leases[0].expires, kNow + 7min);
  EXPECT_EQ(leases[0].cause, kHotfix);
}

TEST_F(SteeringStateFile, ARecordIsAllOrNothing) {
  put({.made = {lease(1)}});
  LeaseChanges half{.made = {lease(2), lease(1)},
                    .at_rest = {{.runner = kRunner, .ours = {}, .left_alone_until = {}}}};
  EXPECT_FALSE(state.record(half, kNow));
  EXPECT_EQ(memory().leases.size(), 1U);
  EXPECT_TRUE(memory().at_rest.empty());
}

TEST_F(SteeringStateFile, RestStatesAreReplacedAndForgotten) {
  const RestState first{.runner = kRunner, .ours = managed_tags(), .left_alone_until = {}};
  const RestState second{.runner = kRunner, .ours = {"runneriq:managed"}, .left_alone_until = kNow + 15min};
  put({.at_rest = {first}});
  EXPECT_EQ(memory().at_rest, std::vector{first});
  put({.at_rest = {second}});
  EXPECT_EQ(memory().at_rest, std::vector{second});
  put({.forgotten = {kRunner}});
  EXPECT_TRUE(memory().at_rest.empty());
}

TEST_F(SteeringStateFile, EndedLeasesAreKeptForAWeekAndTheLastIdForGood) {
  put({.made = {lease(1), lease(2), lease(3)}});
  put({.ended = {lease(1), lease(3)}, .ended_because = {"a", "b"}});
  ASSERT_TRUE(state.record(LeaseChanges{.renewed = {lease(2)}}, kNow + 24h * 7));
  EXPECT_EQ(count("leases"), 3);
  ASSERT_TRUE(state.record(LeaseChanges{.renewed = {lease(2)}}, kNow + 24h * 7 + 1ms));
  EXPECT_EQ(count("leases"), 2);
  EXPECT_EQ(memory().last_lease_id, 3);
}

TEST_F(SteeringStateFile, ADamagedRowIsLeftOutAndTold) {
  put({.made = {lease(1), lease(2), lease(3), lease(4), lease(5)},
       .at_rest = {{.runner = kRunner, .ours = managed_tags(), .left_alone_until = {}}}});
  make();
  make();
  run("UPDATE leases SET kind = 7 WHERE id = 1");
  run("UPDATE leases SET tag = 'docker' WHERE id = 2");
  run("UPDATE leases SET gitlab = 99 WHERE id = 3");
  run("UPDATE leases SET expires = 0 WHERE id = 4");
  run("UPDATE rest_states SET ours = '[\"docker\"]'");
  run("UPDATE proposals SET runners = '{]' WHERE id = 1");
  run("INSERT INTO trust VALUES (1, 9, '', NULL, NULL)");
  auto loaded = state.load(kNow);
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->leases.size(), 1U);
  EXPECT_EQ(loaded->leases[0].id, 5);
  EXPECT_TRUE(loaded->at_rest.empty());
  ASSERT_EQ(loaded->proposals.size(), 1U);
  EXPECT_EQ(loaded->proposals[0].id, 2);
  EXPECT_EQ(loaded->trust.demoted_to, TrustMode::advisory);
  EXPECT_EQ(loaded->last_lease_id, 5);
  EXPECT_EQ(state.notices().size(), 7U);
  EXPECT_NE(state.notices()[0].find("lease 1"), std::string::npos) << state.notices()[0];
}

TEST_F(SteeringStateFile, AnApprovalThatNobodyGaveIsNone) {
  make();
  run("UPDATE proposals SET state = 1, expires = 9999999999999");
  EXPECT_TRUE(memory().proposals.empty());
}

TEST_F(SteeringStateFile, ProposalsGetTheirIdsHereAndComeBackAsTheyWere) {
  EXPECT_EQ(make().id, 1);
  EXPECT_EQ(make().id, 2);
  const auto known = memory().proposals;
  ASSERT_EQ(known.size(), 2U);
  EXPECT_EQ(known[0].digest, digest_of(known[0].action, platform::sha256_hex))
      << "all of the action is there";
  EXPECT_EQ(known[0].digest, proposal().digest);
  EXPECT_EQ(known[0].action.reason, "CRITICAL deploy waits");
  EXPECT_EQ(known[0].expires, kNow + 30min);
  run("DELETE FROM proposals");
  EXPECT_EQ(make().id, 3) << "a number that a person has read is not given again";
}

TEST_F(SteeringStateFile, APromotionComesBackAsItWasProposed) {
  TrustTerms terms;
  terms.execute = true;
  terms.options.mode = TrustMode::autonomous;
  const TrustRecord lost = demoted({}, TrustMode::autonomous, Breach::revert_failed, kNow);
  Proposal made = proposal();
  made.action = *promotion_to_propose(terms, lost, {}, kNow);
  made.digest = digest_of(made.action, platform::sha256_hex);
  ProposalChanges changes{.made = {made}, .changed = {}};
  ASSERT_TRUE(state.record(changes, kNow));
  const auto known = state.proposals(kNow);
  ASSERT_EQ(known->size(), 1U);
  EXPECT_EQ(digest_of(known->front().action, platform::sha256_hex), made.digest);
  ProposalChanges decision{.made = {}, .changed = {approved(known->front())}};
  ASSERT_TRUE(state.record(decision, kNow + 1min));
  EXPECT_FALSE(restored(lost, *state.proposals(kNow + 2min)).demoted_to);
}

TEST_F(SteeringStateFile, WhatAnotherProcessDecidesIsSeen) {
  const Proposal made = make();
  auto other = open();
  ProposalChanges verdict{.made = {}, .changed = {approved(made)}};
  ASSERT_TRUE(other->record(verdict, kNow));
  const auto seen = state.proposals(kNow);
  ASSERT_TRUE(seen);
  ASSERT_EQ(seen->size(), 1U);
  EXPECT_EQ(seen->front().state, State::approved);
  EXPECT_EQ(seen->front().decided_by, "user:alice");
  EXPECT_EQ(seen->front().decided, kNow + 1min);
}

TEST_F(SteeringStateFile, TheFirstDecisionStandsAndAPersonWhoComesTooLateIsTold) {
  const Proposal made = make();
  ASSERT_TRUE(change(approved(made)));
  const auto late = change(approved(made, "user:bob"));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::conflict);
  EXPECT_NE(late.error().message.find("user:alice"), std::string::npos) << late.error().message;
  Proposal expired = made;
  expired.state = State::expired;
  EXPECT_TRUE(change(expired)) << "the program itself just gives way";
  EXPECT_EQ(memory().proposals[0].state, State::approved);
  Proposal gone = approved(made);
  gone.id = 77;
  EXPECT_EQ(change(gone).error().code, Errc::not_found);
}

TEST_F(SteeringStateFile, TheRunnersOfAnApprovalThatIsUsedAddUp) {
  Proposal one = approved(make());
  ASSERT_TRUE(change(one));
  Proposal two = one;
  one.used = {kRunner};
  two.used = {{kRunner.gitlab, RunnerId{8}}};
  ASSERT_TRUE(change(one));
  ASSERT_TRUE(change(two));
  EXPECT_EQ(memory().proposals[0].used.size(), 2U);
}

TEST_F(SteeringStateFile, AnApprovalThatHasBeenUsedUpStaysSo) {
  const Proposal approval = approved(make());
  ASSERT_TRUE(change(approval));
  ASSERT_TRUE(change(used_up(approval, kNow + 1min)));
  EXPECT_EQ(memory().proposals[0].expires, kNow + 1min);
  ASSERT_TRUE(change(approval));  // by a process that does not know yet
  EXPECT_EQ(memory().proposals[0].expires, kNow + 1min);
}

TEST_F(SteeringStateFile, OldDecisionsAreNotToldAndThenRemoved) {
  Proposal rejected = make();
  rejected = *decided(rejected, {.approve = false, .standing = {}, .by = "user:alice"}, TrustTerms{}, kNow);
  ASSERT_TRUE(change(rejected));
  Proposal superseded = make();
  superseded.state = State::superseded;
  ASSERT_TRUE(change(superseded));
  make();
  EXPECT_EQ(memory(kNow + 24h * 90).proposals.size(), 2U) << "the rejected and the open one";
  EXPECT_EQ(memory(kNow + 24h * 90 + 1ms).proposals.size(), 1U);
  ProposalChanges more{.made = {proposal()}, .changed = {}};
  ASSERT_TRUE(state.record(more, kNow + 24h * 91));
  EXPECT_EQ(count("proposals"), 2);
}

TEST_F(SteeringStateFile, AStandingApprovalIsKeptAsLongAsItHolds) {
  const Verdict verdict{.approve = true, .standing = 24h * 30, .by = "user:alice"};
  ASSERT_TRUE(change(*decided(make(), verdict, TrustTerms{}, kNow)));
  const auto known = memory(kNow + 24h * 29).proposals;
  ASSERT_EQ(known.size(), 1U);
  EXPECT_TRUE(known[0].standing);
  EXPECT_EQ(known[0].expires, kNow + 24h * 30);
}

TEST_F(SteeringStateFile, TrustIsKept) {
  EXPECT_EQ(memory().trust.demoted_to, std::nullopt);
  ASSERT_TRUE(state.record(demoted({}, TrustMode::autonomous, Breach::revert_failed, kNow)));
  const auto trust = memory().trust;
  EXPECT_EQ(trust.demoted_to, TrustMode::supervised);
  EXPECT_EQ(trust.demoted_because, to_text(Breach::revert_failed));
  EXPECT_EQ(trust.demoted_at, kNow);
  EXPECT_EQ(trust.last_failed_revert, kNow);
  ASSERT_TRUE(state.record(TrustRecord{}));
  EXPECT_EQ(memory().trust.demoted_to, std::nullopt);
}

TEST_F(SteeringStateFile, PoolsAreRememberedForAWeek) {
  const Pool web{kRunner.gitlab,
                 {.project = ProjectId{7},
                  .project_path = "acme/web",
                  .tags = {"docker"},
                  .ref_protected = true,
                  .takes_instance_runners = false}};
  const Pool app{kRunner.gitlab, {.project = ProjectId{8}, .takes_group_runners = false}};
  EXPECT_EQ(*state.pools(std::vector{web}, kNow), std::vector{web});
  EXPECT_EQ(*open()->pools(std::vector{app}, kNow + 24h * 3), (std::vector{web, app}));
  EXPECT_EQ(*state.pools({}, kNow + 24h * 7), (std::vector{web, app}));
  EXPECT_EQ(*state.pools({}, kNow + 24h * 7 + 1ms), std::vector{app});
  EXPECT_EQ(count("pools"), 1);
}

TEST_F(SteeringStateFile, APoolThatIsSeenAllTheTimeIsNotForgottenAndSeldomWritten) {
  const Pool pool{kRunner.gitlab, {.project = ProjectId{7}}};
  const auto seen = [&] {
    return *Database::open(path(), Database::Missing::is_error)->number("SELECT seen FROM pools");
  };
  ASSERT_TRUE(state.pools(std::vector{pool}, kNow));
  ASSERT_TRUE(state.pools(std::vector{pool}, kNow + 59min));
  EXPECT_EQ(seen(), kNow.time_since_epoch().count());
  ASSERT_TRUE(state.pools(std::vector{pool}, kNow + 1h));
  EXPECT_EQ(seen(), (kNow + 1h).time_since_epoch().count());
  ASSERT_TRUE(state.pools(std::vector{pool}, kNow));
  EXPECT_EQ(seen(), kNow.time_since_epoch().count()) << "a time ahead is of a wrong clock";
}

// As the version before steering left it.
TEST(SteeringStateUpgrade, AFileOfTheFirstVersionKeepsItsContentAndGetsTheNewTables) {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/state.db";
  platform::StateFileKind first = fleet_file();
  first.steps = first.steps.first(1);
  {
    auto old = platform::StateFile::open(first, path, 5s);
    ASSERT_TRUE(old) << old.error().message;
    ASSERT_TRUE(old->change([](Database& database) {
      return database.execute("INSERT INTO gitlabs (url) VALUES ('https://gitlab.example.com')");
    }));
  }
  ASSERT_EQ(*Database::open(path, Database::Missing::is_error)->number("PRAGMA user_version"), 1);
  auto state = SteeringState::open({.path = path});
  ASSERT_TRUE(state) << state.error().message;
  ASSERT_TRUE(state->record(LeaseChanges{.made = {lease(1)}}, kNow));
  EXPECT_EQ(state->load(kNow)->leases.size(), 1U);
  EXPECT_TRUE(state->notices().empty());
  auto database = Database::open(path, Database::Missing::is_error);
  EXPECT_EQ(*database->number("PRAGMA user_version"), kFleetSchema);
  EXPECT_EQ(*database->number("SELECT count(*) FROM gitlabs"), 1);
  EXPECT_TRUE(FleetState::open({.path = path})->recall(kNow));
}

TEST_F(SteeringStateFile, AnUnreadableFileIsAnErrorAndNoEmptyMemory) {
  run("PRAGMA user_version = 1000");
  EXPECT_FALSE(open());
}

}  // namespace
}  // namespace runneriq::scheduler
