#include "scheduler/leases.hpp"

#include "tests/support/leased_runner.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using Kind = Seen::Kind;
using Tags = std::vector<std::string>;

const Tags kLong{"runneriq:long"};
const Tags kTwo{"runneriq:long", "runneriq:medium"};
const std::string kMarker{kSteeredTag};
const std::string kManaged{kManagedTag};
const std::string kPreferred = "runneriq:preferred-fast";

class Leases : public testing::Test, public LeasedRunner {
 protected:
  // Seen at rest, then cut, written and seen as written.
  void cut(const Tags& withhold = kTwo) {
    look();
    want({wants(withhold)});
    settle();
    ASSERT_TRUE(is_steered());
  }
  std::vector<std::string> live_tags() const {
    Tags found;
    for (const Lease& lease : book.live(now)) found.push_back(lease.tag);
    std::ranges::sort(found);
    return found;
  }
  void expect_at_rest(const Tags& rest = managed_tags({"docker"})) {
    settle();
    EXPECT_EQ(tags.tags, rest);
    EXPECT_FALSE(target());
  }
};

// ---- making and ending --------------------------------------------------------------------

TEST_F(Leases, ALeaseTakesItsTagOnceItIsWrittenAndPutsTheMarkerInItsPlace) {
  EXPECT_EQ(look(), Kind::as_expected);
  want({wants(kTwo)});
  ASSERT_EQ(changes.made.size(), 2U);
  EXPECT_EQ(changes.made[0].cause, kDeploy);
  EXPECT_EQ(changes.made[0].expires, now.wall + 5min);
  EXPECT_EQ(look(), Kind::to_be_written);
  EXPECT_EQ(*target(), with_tags(without_tags(managed_tags({"docker"}), {kTwo[0], kTwo[1]}), {kMarker}));
  EXPECT_TRUE(write());
  EXPECT_EQ(look(), Kind::as_expected);
  EXPECT_FALSE(write());
}

TEST_F(Leases, WhatIsNotWantedAnyMoreGoesBackAndOnlyTheDifferenceChanges) {
  cut(kTwo);
  want({wants({"runneriq:short", "runneriq:medium"})});
  ASSERT_EQ(changes.made.size(), 1U);
  EXPECT_EQ(changes.made[0].tag, "runneriq:short");
  ASSERT_EQ(changes.ended.size(), 1U);
  EXPECT_EQ(changes.ended[0].tag, "runneriq:long");
  EXPECT_EQ(changes.ended_because.size(), 1U);
  EXPECT_TRUE(changes.renewed.empty());
  want({});
  EXPECT_EQ(changes.ended.size(), 2U);
  expect_at_rest();
}

TEST_F(Leases, ALeaseIsRenewedAfterTwoMinutesAndNotBefore) {
  cut(kLong);
  pass(119s);
  want({wants(kLong)});
  EXPECT_TRUE(changes.empty());
  pass(1s);
  want({wants(kLong)});
  ASSERT_EQ(changes.renewed.size(), 1U);
  EXPECT_EQ(changes.renewed[0].expires, now.wall + 5min);
  EXPECT_EQ(changes.renewed[0].created, now.wall - 2min);
  pass(4min);
  EXPECT_TRUE(book.pass_time(now).empty());
  EXPECT_EQ(live_tags(), kLong);
}

TEST_F(Leases, AnotherCauseKeepsTheLeaseAndTakesItOverAtOnce) {
  cut(kLong);
  const auto id = book.live(now)[0].id;
  want({wants(kLong, {}, kHotfix)});
  EXPECT_TRUE(changes.made.empty());
  ASSERT_EQ(changes.renewed.size(), 1U);
  EXPECT_EQ(changes.renewed[0].id, id);
  EXPECT_EQ(changes.renewed[0].cause, kHotfix);
  EXPECT_EQ(changes.renewed[0].decision, "d4712");
}

TEST_F(Leases, ACutAndAGrantForDifferentJobsStandOnOneRunner) {
  look();
  want({wants(kLong), wants({}, {kPreferred}, kHotfix)});
  ASSERT_EQ(changes.made.size(), 2U);
  EXPECT_EQ(changes.made[1].kind, LeaseKind::grant);
  EXPECT_EQ(changes.made[1].cause, kHotfix);
  settle();
  EXPECT_EQ(tags.tags,
            with_tags(without_tags(managed_tags({"docker"}), {"runneriq:long"}), {kMarker, kPreferred}));
  want({});
  expect_at_rest();
}

TEST_F(Leases, NothingButLanesAtRestIsWithheldAndNothingButGrantsIsGranted) {
  tags.tags = with_tags(tags.tags, {"runneriq:preferred-own", "runneriq:old"});
  look();
  want({wants({kManaged, kMarker, "docker", "runneriq:none", "runneriq:old", "runneriq:preferred-own"},
              {"docker2", "runneriq:new", kMarker, "runneriq:preferred-", "runneriq:preferred-own",
               "runneriq:long"})});
  EXPECT_TRUE(changes.empty());
  EXPECT_FALSE(target());
}

TEST_F(Leases, NothingIsLeasedOnRunnersThatAreUnknownOrNotManaged) {
  want({wants(kLong)});
  EXPECT_TRUE(changes.empty());
  tags.tags = without_tags(tags.tags, {kManaged});
  EXPECT_EQ(look(), Kind::not_ours);
  want({wants(kLong)});
  EXPECT_TRUE(changes.empty());
  EXPECT_EQ(book.at_rest(kRunner), nullptr);
}

TEST_F(Leases, IdsGrowAndAreNotGivenTwice) {
  book = LeaseBook{Lanes{}, LeaseTerms{}, {}, {}, 41};
  look();
  want({wants(kLong)});
  EXPECT_EQ(changes.made[0].id, 42);
  want({});
  want({wants(kLong)});
  EXPECT_EQ(changes.made[0].id, 43);
  EXPECT_EQ(book.last_id(), 43);
}

TEST_F(Leases, ARevertEndsAllOfOneRunnerOrOfEvery) {
  cut(kTwo);
  EXPECT_EQ(book.end(kRunner, "asked for").ended.size(), 2U);
  expect_at_rest();
  want({wants(kTwo)});
  const auto ended = book.end_all("the program ends");
  EXPECT_EQ(ended.ended_because, (Tags{"the program ends", "the program ends"}));
  expect_at_rest();
}

// ---- time ---------------------------------------------------------------------------------

TEST_F(Leases, ALeaseRunsOutByTheWallClockOrByTheSteadyOneWhicheverIsFirst) {
  const auto after = [&](Duration wall, Duration steady) {
    return Moment{.wall = now.wall + wall, .steady = now.steady + steady};
  };
  cut(kLong);
  const Lease lease = book.live(now)[0];
  EXPECT_TRUE(book.is_live(lease, after(5min - 1ms, 5min - 1ms)));
  EXPECT_FALSE(book.is_live(lease, after(5min, 1min)));
  EXPECT_FALSE(book.is_live(lease, after(1min, 5min)));
  EXPECT_FALSE(book.is_live(lease, after(-1ms, 1min))) << "it lies in the future";
  EXPECT_EQ(book.live(after(5min, 1min)).size(), 0U);
}

TEST_F(Leases, PassingTimeEndsWhatHasRunOutAndTheRunnerStaysUnderWatchUntilItIsSeenAtRest) {
  cut(kLong);
  book.pass_time(now);
  pass(5min);
  const auto over = book.pass_time(now);
  ASSERT_EQ(over.ended.size(), 1U);
  EXPECT_EQ(over.ended_because[0], "it has run out");
  EXPECT_TRUE(book.pass_time(now).empty());
  pass(10min);
  EXPECT_EQ(book.under_watch(now), std::vector{kRunner});
  expect_at_rest();
  EXPECT_EQ(book.under_watch(now), std::vector{kRunner}) << "just written to";
  pass(6min);
  EXPECT_TRUE(book.under_watch(now).empty());
}

TEST_F(Leases, AJumpOfTheClockEndsEverything) {
  for (const Duration jump : {Duration{5001ms}, Duration{-5001ms}, Duration{-24h}}) {
    LeasedRunner one;
    one.look();
    one.want({wants(kLong)});
    one.book.pass_time(one.now);
    one.now.steady += 30s;
    one.now.wall += 30s + jump;
    const auto over = one.book.pass_time(one.now);
    ASSERT_EQ(over.ended.size(), 1U) << jump.count();
    EXPECT_NE(over.ended_because[0].find("clock"), std::string::npos) << over.ended_because[0];
  }
  cut(kLong);
  book.pass_time(now);
  pass(30s);
  now.wall += 5s;
  EXPECT_TRUE(book.pass_time(now).empty()) << "so much is tolerated";
}

TEST_F(Leases, LeasesFromAFileThatLieInTheFutureOrAreTooLongOrOverEndAtTheFirstLook) {
  const auto loaded = [&](Duration created, Duration renewed, Duration expires) {
    return Lease{.id = 1,
                 .runner = kRunner,
                 .tag = "runneriq:long",
                 .reason = "r",
                 .decision = "d",
                 .cause = kDeploy,
                 .created = now.wall + created,
                 .renewed = now.wall + renewed,
                 .expires = now.wall + expires};
  };
  const std::vector<std::pair<Lease, bool>> cases{
      {loaded(-1min, -1min, 4min), true},  {loaded(-1h, -1min, 4min), true},
      {loaded(1ms, 1ms, 4min), false},     {loaded(-1min, 1ms, 4min), false},
      {loaded(-1min, -1min, 5min), false}, {loaded(-5min, -5min, 0min), false},
      {loaded(-1h, -1h, 4min), false},
  };
  for (const auto& [lease, goes_on] : cases) {
    LeaseBook read{Lanes{}, LeaseTerms{}, {lease}, {}, 1};
    const auto over = read.pass_time(now);
    EXPECT_EQ(over.ended.empty(), goes_on);
    EXPECT_EQ(read.live(now).size(), goes_on ? 1U : 0U);
    EXPECT_EQ(read.under_watch(now), std::vector{kRunner});
  }
}

TEST_F(Leases, ALeaseFromAFileIsBoundByTheSteadyClockToo) {
  cut(kLong);
  restart();
  book.pass_time(now);
  now.steady += 5min;  // the wall clock stands still
  EXPECT_TRUE(book.live(now).empty());
}

// ---- what could not be recorded -----------------------------------------------------------

TEST_F(Leases, WhatCouldNotBeRecordedIsAsIfItHadNeverBeenWanted) {
  look();
  want({wants(kLong)});
  book.take_back(changes);
  EXPECT_TRUE(book.live(now).empty());
  EXPECT_FALSE(target());
}

TEST_F(Leases, ARenewalThatCouldNotBeRecordedLeavesTheOldEnd) {
  cut(kLong);
  const Lease before = book.live(now)[0];
  pass(3min);
  want({wants(kLong, {}, kHotfix)});
  book.take_back(changes);
  const Lease after = book.live(now)[0];
  EXPECT_EQ(after.expires, before.expires);
  EXPECT_EQ(after.cause, kDeploy);
  pass(2min);
  EXPECT_TRUE(book.live(now).empty());
}

TEST_F(Leases, EndsThatCouldNotBeRecordedStayEndedAndAreToldAgain) {
  cut(kLong);
  want({});
  const LeaseChanges lost = changes;
  book.take_back(lost);
  EXPECT_TRUE(book.live(now).empty());
  const auto again = book.pass_time(now);
  ASSERT_EQ(again.ended.size(), 1U);
  EXPECT_EQ(again.ended[0].id, lost.ended[0].id);
  EXPECT_EQ(again.ended_because, lost.ended_because);
  EXPECT_TRUE(book.pass_time(now).empty());
}

TEST_F(Leases, ARestStateThatCouldNotBeRecordedIsToldAgainAsItIsByThen) {
  look();
  book.take_back(changes);
  tags.tags = without_tags(tags.tags, {"runneriq:long"});
  look();
  const auto again = book.pass_time(now);
  ASSERT_EQ(again.at_rest.size(), 1U);
  EXPECT_EQ(again.at_rest[0], *book.at_rest(kRunner));
}

// ---- the first look -----------------------------------------------------------------------

TEST_F(Leases, ARunnerThatIsNotOursIsLeftAsItIs) {
  for (const Tags& foreign : {Tags{}, Tags{"docker"}, Tags{"runneriq:long"}, Tags{kPreferred}}) {
    LeasedRunner one;
    one.tags.tags = foreign;
    EXPECT_EQ(one.look(), Kind::not_ours);
    EXPECT_FALSE(one.target());
    EXPECT_TRUE(one.changes.empty());
    EXPECT_TRUE(one.book.under_watch(one.now).empty());
  }
}

TEST_F(Leases, AManagedRunnerThatNobodyRemembersGetsItsMissingLanesBack) {
  tags.tags = {"docker", kManaged, "runneriq:critical"};
  EXPECT_EQ(look(), Kind::to_be_written);
  EXPECT_TRUE(changes.at_rest.empty()) << "on record they would read as taken away by a person";
  EXPECT_EQ(look(), Kind::to_be_written) << "the write failed";
  want({wants(kLong)});
  EXPECT_TRUE(changes.empty()) << "not before it is at rest";
  restart();
  book = LeaseBook{Lanes{}, LeaseTerms{}};
  EXPECT_EQ(look(), Kind::to_be_written) << "nor was it on record";
  EXPECT_TRUE(book.is_revert(kRunner, tags, *book.target(kRunner, tags, now)));
  EXPECT_TRUE(write());
  EXPECT_EQ(look(), Kind::as_expected);
  EXPECT_EQ(changes.at_rest.size(), 1U);
  expect_at_rest();
}

TEST_F(Leases, GrantsOfARunnerThatNobodyRemembersStayUnlessTheMarkerSaysThatTheyAreLeased) {
  tags.tags = with_tags(tags.tags, {kPreferred});
  EXPECT_EQ(look(), Kind::as_expected);
  EXPECT_FALSE(target());
  book = LeaseBook{Lanes{}, LeaseTerms{}};
  tags.tags = with_tags(without_tags(tags.tags, {"runneriq:long"}), {kMarker});
  EXPECT_EQ(look(), Kind::to_be_written);
  EXPECT_EQ(changes.at_rest.size(), 1U);
  expect_at_rest();
}

TEST_F(Leases, AChangeOfOursThatOutlivedEverythingGoesBackOnceFromARunnerThatIsNotManaged) {
  tags.tags = {"docker", "runneriq:critical", kMarker, kPreferred};
  EXPECT_EQ(look(), Kind::released);
  EXPECT_TRUE(write());
  EXPECT_EQ(tags.tags, without_tags(managed_tags({"docker"}), {kManaged}));
  EXPECT_EQ(look(), Kind::released);
  EXPECT_EQ(changes.forgotten, std::vector{kRunner});
  EXPECT_FALSE(target());
  EXPECT_EQ(look(), Kind::not_ours);
}

TEST_F(Leases, RestWithoutMemoryKeepsTheUsersTags) {
  const Lanes lanes;
  EXPECT_EQ(rest_without_memory(Tags{"docker", kManaged, kMarker, kPreferred}, lanes),
            managed_tags({"docker"}));
  EXPECT_EQ(rest_without_memory(Tags{"docker", kManaged, kPreferred}, lanes),
            managed_tags({"docker", kPreferred}));
}

// ---- persons ------------------------------------------------------------------------------

TEST_F(Leases, APersonsChangeOfARunnerThatIsNotSteeredBecomesHowItIsAtRest) {
  look();
  tags.tags = with_tags(without_tags(tags.tags, {"runneriq:long"}), {kPreferred});
  const Seen seen = look_closely();
  EXPECT_EQ(seen.kind, Kind::changed_by_a_person);
  EXPECT_EQ(seen.added, Tags{kPreferred});
  EXPECT_EQ(seen.removed, kLong);
  ASSERT_EQ(changes.at_rest.size(), 1U);
  EXPECT_FALSE(target());
  EXPECT_FALSE(book.is_left_alone(kRunner, now)) << "nothing of ours was in the way";
  EXPECT_EQ(look(), Kind::as_expected);
  want({wants(kTwo, {kPreferred})});
  ASSERT_EQ(changes.made.size(), 1U);
  EXPECT_EQ(changes.made[0].tag, "runneriq:medium");
}

TEST_F(Leases, APersonsChangeIsSeenAfterARestartToo) {
  look();
  tags.tags = without_tags(tags.tags, {"runneriq:long"});
  restart();
  EXPECT_EQ(look(), Kind::changed_by_a_person);
  EXPECT_FALSE(target());
}

TEST_F(Leases, OtherTagsThanOursAreNoConflictAndAreKept) {
  cut(kLong);
  tags.tags = with_tags(without_tags(tags.tags, {"docker"}), {"gpu", "arm"});
  EXPECT_EQ(look(), Kind::as_expected);
  EXPECT_FALSE(target());
  want({});
  expect_at_rest(managed_tags({"gpu", "arm"}));
}

TEST_F(Leases, APersonWhoPutsARunnerBackWinsAndItIsLeftAloneForAQuarterOfAnHour) {
  cut(kTwo);
  tags.tags = managed_tags({"docker"});
  EXPECT_EQ(look(), Kind::changed_by_a_person);
  EXPECT_EQ(changes.ended.size(), 2U);
  EXPECT_FALSE(target());
  EXPECT_TRUE(book.is_left_alone(kRunner, now));
  ASSERT_EQ(changes.at_rest.size(), 1U);
  EXPECT_EQ(changes.at_rest[0].left_alone_until, now.wall + 15min);
  pass(15min - 1ms);
  want({wants(kTwo)});
  EXPECT_TRUE(changes.empty());
  pass(1ms);
  want({wants(kTwo)});
  EXPECT_EQ(changes.made.size(), 2U);
}

TEST_F(Leases, APersonsChangeOfASteeredRunnerEndsAllAndItGoesBackToRest) {
  const std::vector<std::pair<Tags, Tags>> cases{
      {{"runneriq:medium"}, {}},                  // one withheld lane put back
      {{}, {"runneriq:critical"}},                // one more taken
      {{kPreferred}, {}},                         // a grant
      {{"runneriq:medium"}, {"runneriq:short"}},  // both
  };
  for (const auto& [added, removed] : cases) {
    LeasedRunner one;
    one.look();
    one.want({wants(kTwo)});
    one.settle();
    one.tags.tags = with_tags(without_tags(one.tags.tags, {removed.begin(), removed.end()}),
                              {added.begin(), added.end()});
    const Seen seen = one.look_closely();
    EXPECT_EQ(seen.kind, Kind::changed_by_a_person);
    EXPECT_EQ(seen.added, added);
    EXPECT_EQ(seen.removed, removed);
    EXPECT_EQ(one.changes.ended.size(), 2U);
    EXPECT_TRUE(one.book.is_left_alone(kRunner, one.now));
    one.settle();
    EXPECT_EQ(one.tags.tags, managed_tags({"docker"}));
  }
}

TEST_F(Leases, ALaneThatAPersonAddsToASteeredRunnerStays) {
  look();
  tags.tags = without_tags(tags.tags, {"runneriq:high"});
  look();
  want({wants(kLong)});
  settle();
  tags.tags = with_tags(tags.tags, {"runneriq:high"});
  EXPECT_EQ(look(), Kind::changed_by_a_person);
  expect_at_rest(managed_tags({"docker"}));
}

TEST_F(Leases, APersonsChangeBeforeTheFirstWriteWins) {
  look();
  want({wants(kLong)});
  tags.tags = without_tags(tags.tags, {"runneriq:high"});
  EXPECT_EQ(look(), Kind::changed_by_a_person);
  EXPECT_EQ(changes.ended.size(), 1U);
  EXPECT_FALSE(target());
}

TEST_F(Leases, WithoutTheMarkerWhatDiffersIsAPersons) {
  cut(kLong);
  tags.tags = without_tags(tags.tags, {kMarker});
  EXPECT_EQ(look(), Kind::changed_by_a_person);
  EXPECT_FALSE(target());
  EXPECT_EQ(book.at_rest(kRunner)->ours, without_tags(managed_tags(), {"runneriq:long"}));
}

TEST_F(Leases, ALeftAloneTimeThatLiesTooFarAheadIsOfAWrongClock) {
  book = LeaseBook{Lanes{},
                   LeaseTerms{},
                   {},
                   {{.runner = kRunner, .ours = managed_tags(), .left_alone_until = now.wall + 16min}}};
  EXPECT_FALSE(book.is_left_alone(kRunner, now));
  pass(1min);
  EXPECT_TRUE(book.is_left_alone(kRunner, now));
}

// ---- our own writes -----------------------------------------------------------------------

TEST_F(Leases, AWriteThatIsUnderwayIsNoPersonsChange) {
  look();
  want({wants(kLong)});
  book.has_written(kRunner, now);  // and no answer
  EXPECT_EQ(look(), Kind::to_be_written);
  EXPECT_EQ(look(), Kind::to_be_written);
  EXPECT_TRUE(changes.empty());
}

TEST_F(Leases, ALateWriteOfAnEndedLeaseIsReverted) {
  look();
  want({wants(kLong)});
  const auto late = *target();
  want({});
  EXPECT_EQ(look(), Kind::as_expected);
  tags.tags = late;
  EXPECT_EQ(look(), Kind::to_be_written);
  EXPECT_TRUE(book.is_revert(kRunner, tags, *book.target(kRunner, tags, now)));
  EXPECT_TRUE(changes.at_rest.empty());
  expect_at_rest();
}

TEST_F(Leases, ALateWriteOfAnotherCutIsNotTakenForAPersons) {
  look();
  want({wants(kTwo)});
  const auto late = *target();
  book.has_written(kRunner, now);
  want({wants(kLong)});
  settle();
  tags.tags = late;
  EXPECT_EQ(look(), Kind::to_be_written);
  EXPECT_TRUE(write());
  EXPECT_EQ(look(), Kind::as_expected);
  pass(6min - 1ms);
  book.pass_time(now);
  want({wants(kLong)});
  settle();
  tags.tags = late;
  EXPECT_EQ(look(), Kind::to_be_written) << "the write of before may still arrive";
}

TEST_F(Leases, WhatNoLateWriteExplainsIsAPersonsAndNeverTakesLanesForGood) {
  cut(kLong);
  pass(4min);
  want({wants(kLong)});
  pass(3min);
  book.pass_time(now);
  tags.tags = without_tags(tags.tags, {"runneriq:medium"});
  EXPECT_EQ(look(), Kind::changed_by_a_person);
  expect_at_rest();
}

TEST_F(Leases, AfterARestartARunnerInAnyStateOfOursIsWrittenAsTheLeasesSay) {
  cut(kLong);
  want({wants(kTwo)});
  restart();
  EXPECT_EQ(look(), Kind::to_be_written);
  settle();
  EXPECT_EQ(look(), Kind::as_expected);
  restart();
  tags.tags = managed_tags({"docker"});
  EXPECT_EQ(look(), Kind::to_be_written) << "the write may not have happened";
}

TEST_F(Leases, EveryRunnerThatIsRememberedIsLookedAtOnceAfterARestart) {
  cut(kLong);
  want({});
  restart();  // the end was recorded, and nothing written
  EXPECT_TRUE(book.live(now).empty());
  EXPECT_EQ(book.under_watch(now), std::vector{kRunner});
  expect_at_rest();
  pass(6min);
  EXPECT_TRUE(book.under_watch(now).empty());
}

// ---- release ------------------------------------------------------------------------------

TEST_F(Leases, ARunnerThatIsReleasedWhileSteeredGetsBackWhatWeChangedAndIsForgotten) {
  tags.tags = with_tags(without_tags(tags.tags, {"runneriq:high"}), {"runneriq:preferred-own"});
  const Tags rest = tags.tags;
  restart();
  book = LeaseBook{Lanes{},
                   LeaseTerms{},
                   {},
                   {{.runner = kRunner, .ours = without_tags(rest, {"docker"}), .left_alone_until = {}}}};
  cut(kTwo);
  tags.tags = without_tags(tags.tags, {kManaged});
  EXPECT_EQ(look(), Kind::released);
  EXPECT_EQ(changes.ended.size(), 2U);
  EXPECT_TRUE(changes.forgotten.empty());
  restart();
  EXPECT_EQ(look(), Kind::released) << "the write failed";
  EXPECT_TRUE(book.is_revert(kRunner, tags, *book.target(kRunner, tags, now)));
  EXPECT_TRUE(write());
  EXPECT_EQ(tags.tags, without_tags(rest, {kManaged}));
  EXPECT_EQ(look(), Kind::released);
  EXPECT_EQ(changes.forgotten, std::vector{kRunner});
  EXPECT_FALSE(target());
  EXPECT_EQ(book.at_rest(kRunner), nullptr);
}

TEST_F(Leases, ARunnerThatIsReleasedAtRestIsNotWrittenAgain) {
  look();
  tags.tags = {"docker"};
  EXPECT_EQ(look(), Kind::released);
  EXPECT_EQ(changes.forgotten, std::vector{kRunner});
  EXPECT_FALSE(target());
  EXPECT_EQ(look(), Kind::not_ours);
}

TEST_F(Leases, ATargetNeverGivesBackAManagedThatAPersonHasJustRemoved) {
  cut(kLong);
  tags.tags = without_tags(tags.tags, {kManaged});
  ASSERT_TRUE(target());
  EXPECT_EQ(std::ranges::count(*target(), kManaged), 0);
}

TEST_F(Leases, ARunnerThatIsDeletedIsForgotten) {
  cut(kLong);
  const auto gone = book.forget(kRunner);
  EXPECT_EQ(gone.ended.size(), 1U);
  EXPECT_EQ(gone.forgotten, std::vector{kRunner});
  EXPECT_TRUE(book.under_watch(now).empty());
  EXPECT_TRUE(book.pass_time(now).empty());
}

// ---- bounds -------------------------------------------------------------------------------

TEST_F(Leases, NoWritePassesTheBoundOfTags) {
  for (int i = 0; i < 43; ++i) tags.tags.push_back("user-" + std::to_string(i));
  std::ranges::sort(tags.tags);
  ASSERT_EQ(tags.tags.size(), gitlab::kMostTags);
  look();
  want({wants({}, {kPreferred})});
  EXPECT_FALSE(target());
  EXPECT_NE(book.why_no_target(kRunner, tags, now).find("52 tags"), std::string::npos);
  want({wants(kLong)});
  EXPECT_TRUE(target());
  EXPECT_EQ(target()->size(), gitlab::kMostTags);
  EXPECT_EQ(book.why_no_target(kRunner, tags, now), "");
}

TEST_F(Leases, ARunnerThatRefusesUntaggedJobsIsNotLeftWithoutTags) {
  book =
      LeaseBook{Lanes{}, LeaseTerms{}, {}, {{.runner = kRunner, .ours = {kManaged}, .left_alone_until = {}}}};
  tags.tags = {kPreferred, kMarker};
  tags.run_untagged = false;
  EXPECT_EQ(look(), Kind::released);
  EXPECT_FALSE(target());
  EXPECT_NE(book.why_no_target(kRunner, tags, now).find("without tags"), std::string::npos);
  tags.run_untagged = true;
  EXPECT_EQ(*target(), Tags{});
}

TEST_F(Leases, OnlyStepsBackAreReverts) {
  cut(kTwo);
  const auto is_revert = [&](const Tags& after) {
    return book.is_revert(kRunner, tags, {.runner = kRunner.runner, .tags = after});
  };
  const Tags now_there = tags.tags;
  EXPECT_TRUE(is_revert(managed_tags({"docker"})));
  EXPECT_TRUE(is_revert(with_tags(now_there, {"runneriq:medium"}))) << "one of two";
  EXPECT_TRUE(is_revert(now_there));
  EXPECT_FALSE(is_revert(without_tags(now_there, {"runneriq:short"})));
  EXPECT_FALSE(is_revert(with_tags(now_there, {kPreferred})));
  EXPECT_FALSE(is_revert(without_tags(managed_tags({"docker"}), {kManaged})));
  EXPECT_FALSE(is_revert(managed_tags())) << "a user's tag";
  EXPECT_FALSE(is_revert(managed_tags({"docker", "arm"}))) << "a user's tag";
  EXPECT_FALSE(is_revert(without_tags(with_tags(now_there, {"runneriq:medium"}), {"runneriq:short"})));
  tags.tags = managed_tags({"docker"});
  EXPECT_FALSE(is_revert(managed_tags({"docker", kMarker})));
}

}  // namespace
}  // namespace runneriq::scheduler
