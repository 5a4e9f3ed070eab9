#include "scheduler/trust.hpp"

#include "platform/digest.hpp"
#include "tests/support/leased_runner.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

const Time kNow{std::chrono::hours{480'000}};
constexpr TrustMode kAdvisory = TrustMode::advisory;
constexpr TrustMode kSupervised = TrustMode::supervised;
constexpr TrustMode kAutonomous = TrustMode::autonomous;

TEST(Trust, TheModeInForceIsTheLeastOfWhatIsConfiguredAndWhatIsPermitted) {
  struct Row {
    bool execute;
    TrustMode configured;
    std::optional<TrustMode> demoted_to;
    TrustMode in_force;
  };
  for (const Row& row :
       {Row{false, kAutonomous, {}, kAdvisory}, Row{true, kAdvisory, {}, kSupervised},
        Row{true, kSupervised, {}, kSupervised}, Row{true, kAutonomous, {}, kAutonomous},
        Row{true, kAutonomous, kSupervised, kSupervised}, Row{true, kAutonomous, kAdvisory, kAdvisory},
        Row{true, kAdvisory, kAdvisory, kAdvisory}, Row{true, kSupervised, kAutonomous, kSupervised},
        Row{false, kAutonomous, kAutonomous, kAdvisory}}) {
    const TrustTerms terms{.options = {.mode = row.configured}, .execute = row.execute};
    EXPECT_EQ(mode_in_force(terms, {.demoted_to = row.demoted_to}), row.in_force);
  }
}

TEST(Trust, ABreachCostsOneStepAndIsNeverARaise) {
  const auto after = [](TrustMode in_force, std::optional<TrustMode> before = {}) {
    return demoted({.demoted_to = before}, in_force, Breach::audit_broken, kNow).demoted_to;
  };
  EXPECT_EQ(after(kAutonomous), kSupervised);
  EXPECT_EQ(after(kSupervised), kAdvisory);
  EXPECT_EQ(after(kAdvisory, kAdvisory), kAdvisory);
  EXPECT_EQ(after(kAutonomous, kAdvisory), kAdvisory);
  EXPECT_EQ(after(kAdvisory), std::nullopt) << "advice needs no trust";
  const auto record = demoted({}, kAutonomous, Breach::revert_failed, kNow);
  EXPECT_EQ(record.last_failed_revert, kNow);
  EXPECT_EQ(record.demoted_at, kNow);
  EXPECT_EQ(record.demoted_because, to_text(Breach::revert_failed));
  EXPECT_EQ(demoted({}, kAutonomous, Breach::audit_broken, kNow).last_failed_revert, std::nullopt);
}

TEST(Trust, WilsonsLowerEndIsAsInTheTables) {
  EXPECT_EQ(wilson_low(0, 0), 0);
  EXPECT_NEAR(wilson_low(10, 10), 0.7225, 1e-4);
  EXPECT_NEAR(wilson_low(50, 50), 0.9287, 1e-4);
  EXPECT_NEAR(wilson_low(49, 50), 0.8950, 1e-4);
  EXPECT_NEAR(wilson_low(0, 50), 0.0, 1e-12);
  EXPECT_NEAR(wilson_low(81, 263), 0.2553, 1e-4);
}

std::vector<Proposal> decisions(int approved, int rejected) {
  std::vector<Proposal> all;
  for (int i = 0; i < approved + rejected; ++i) {
    Proposal proposal;
    proposal.state = i < approved ? Proposal::State::approved : Proposal::State::rejected;
    proposal.decided_by = "user:alice";
    proposal.decided = kNow;
    all.push_back(proposal);
  }
  return all;
}

TEST(Trust, APromotionNeedsFiftyDecisionsNineTenthsRightAndSoundReverts) {
  EXPECT_TRUE(evidence(decisions(50, 0), {}, kNow).enough);
  EXPECT_FALSE(evidence(decisions(49, 0), {}, kNow).enough);
  EXPECT_FALSE(evidence(decisions(49, 1), {}, kNow).enough);
  EXPECT_TRUE(evidence(decisions(58, 1), {}, kNow).enough);
  const auto failed = [](Duration ago) { return TrustRecord{.last_failed_revert = kNow - ago}; };
  EXPECT_FALSE(evidence(decisions(50, 0), failed(24h * 7 - 1ms), kNow).enough);
  EXPECT_TRUE(evidence(decisions(50, 0), failed(24h * 7), kNow).enough);
  EXPECT_NE(evidence(decisions(30, 2), {}, kNow).words.find("30 of 32"), std::string::npos);
}

TEST(Trust, LostTrustIsAskedBackUntilAPersonGivesIt) {
  TrustTerms terms;
  terms.execute = true;
  terms.options.mode = TrustMode::autonomous;
  const Time now{std::chrono::hours{24 * 20000}};
  EXPECT_FALSE(promotion_to_propose(terms, {}, {}, now));
  const TrustRecord lost = demoted({}, TrustMode::autonomous, Breach::revert_failed, now);
  const auto asked = promotion_to_propose(terms, lost, {}, now);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->kind, Action::Kind::promotion);
  EXPECT_NE(asked->reason.find("trust was taken away"), std::string::npos) << asked->reason;
  Proposal proposal;
  proposal.action = *asked;
  for (const auto state : {Proposal::State::open, Proposal::State::rejected, Proposal::State::expired}) {
    proposal.state = state;
    EXPECT_TRUE(restored(lost, std::vector{proposal}).demoted_to);
  }
  proposal.state = Proposal::State::approved;
  const TrustRecord back = restored(lost, std::vector{proposal});
  EXPECT_FALSE(back.demoted_to);
  EXPECT_EQ(back.last_failed_revert, lost.last_failed_revert);
  EXPECT_EQ(mode_in_force(terms, back), TrustMode::autonomous);
  // That approval is for that loss, not for the next one.
  const TrustRecord again =
      demoted(back, TrustMode::autonomous, Breach::revert_failed, now + std::chrono::hours{1});
  EXPECT_TRUE(restored(again, std::vector{proposal}).demoted_to);
}

TEST(Trust, OnlyDecisionsOfPeopleAboutActionsAreEvidence) {
  auto all = decisions(50, 0);
  all[0].action.kind = Action::Kind::promotion;
  all[1].decided_by = "daemon";
  all[2].state = Proposal::State::superseded;
  const Evidence found = evidence(all, {}, kNow);
  EXPECT_EQ(found.approved, 47);
  EXPECT_EQ(found.rejected, 0);
  EXPECT_FALSE(found.enough);
}

// ---- permission ---------------------------------------------------------------------------

class TrustPermission : public testing::Test {
 protected:
  TrustPermission() { runner.key = kRunner; }

  Permission ask(JobClass job_class = JobClass::critical, const JobKey& job = kDeploy,
                 std::string_view tag = "runneriq:critical", Action::Kind kind = Action::Kind::cut) const {
    return permission({.runner = runner, .tag = tag, .job = job, .job_class = job_class}, kind, terms, mode,
                      proposals, now, leases);
  }
  Proposal approved(std::int64_t id) const {
    Proposal proposal;
    proposal.id = id;
    proposal.action = {.tag = "runneriq:critical", .job = kDeploy, .runners = {kRunner}};
    proposal.state = Proposal::State::approved;
    proposal.expires = kNow + 30min;
    return proposal;
  }
  static Lease lease_for(const JobKey& cause) {
    return {.id = 1, .runner = kRunner, .tag = "runneriq:long", .cause = cause};
  }

  FleetRunner runner;
  TrustTerms terms;
  TrustMode mode = kSupervised;
  std::vector<Proposal> proposals;
  Time now = kNow;
  LiveLeases leases;
};

TEST_F(TrustPermission, AdviceNeverActsAndAutonomyAlways) {
  mode = kAdvisory;
  proposals = {approved(1)};
  EXPECT_FALSE(ask(JobClass::low).granted);
  EXPECT_FALSE(ask().granted);
  mode = kAutonomous;
  proposals.clear();
  EXPECT_TRUE(ask().granted);
  EXPECT_FALSE(ask(JobClass::low, kDeploy, "", Action::Kind::promotion).granted) << "a person's only";
}

TEST_F(TrustPermission, FromTheThresholdOnAPersonDecides) {
  for (const JobClass threshold : kJobClasses) {
    terms.options.supervised_threshold = threshold;
    for (const JobClass job_class : kJobClasses) {
      EXPECT_EQ(ask(job_class).granted, job_class > threshold);
    }
  }
}

TEST_F(TrustPermission, AnApprovalCoversItsKindLaneJobAndRunnersUntilItExpires) {
  proposals = {approved(9)};
  EXPECT_TRUE(ask().granted);
  EXPECT_EQ(ask().approval, 9);
  EXPECT_FALSE(ask(JobClass::critical, kHotfix).granted);
  EXPECT_FALSE(ask(JobClass::critical, kDeploy, "runneriq:high").granted);
  EXPECT_FALSE(ask(JobClass::critical, kDeploy, "runneriq:critical", Action::Kind::grant).granted);
  now = kNow + 30min - 1ms;
  EXPECT_TRUE(ask().granted);
  now = kNow + 30min;
  EXPECT_FALSE(ask().granted);
  now = kNow;
  runner.key.runner = RunnerId{8};
  EXPECT_FALSE(ask().granted);
}

TEST_F(TrustPermission, WhatIsNotApprovedCoversNothing) {
  using State = Proposal::State;
  for (const State state : {State::open, State::rejected, State::expired, State::superseded}) {
    proposals = {approved(1)};
    proposals[0].state = state;
    EXPECT_FALSE(ask().granted);
  }
}

TEST_F(TrustPermission, AOneTimeApprovalServesEachRunnerOnceForAsLongAsTheCutGoesOn) {
  proposals = {approved(1)};
  proposals[0].used = {kRunner};
  EXPECT_TRUE(ask().granted) << "nothing is known of the leases";
  const std::vector<Lease> going_on{lease_for(kDeploy)};
  leases = going_on;
  EXPECT_TRUE(ask().granted);
  const std::vector<Lease> another{lease_for(kHotfix)};
  leases = another;
  EXPECT_FALSE(ask().granted);
  leases = std::span<const Lease>{};
  EXPECT_FALSE(ask().granted) << "it has been used";
  proposals[0].used = {{kRunner.gitlab, RunnerId{8}}};
  EXPECT_TRUE(ask().granted) << "by another runner";
}

TEST_F(TrustPermission, AGrantGoesOnWithTheLeaseOfItsOwnTagOnly) {
  const std::string tag = "runneriq:preferred-fast";
  proposals = {approved(1)};
  proposals[0].action.kind = Action::Kind::grant;
  proposals[0].action.tag = tag;
  proposals[0].used = {kRunner};
  std::vector<Lease> live{lease_for(kDeploy)};
  leases = live;
  EXPECT_FALSE(ask(JobClass::critical, kDeploy, tag, Action::Kind::grant).granted);
  live[0].kind = LeaseKind::grant;
  EXPECT_FALSE(ask(JobClass::critical, kDeploy, tag, Action::Kind::grant).granted);
  live[0].tag = tag;
  EXPECT_TRUE(ask(JobClass::critical, kDeploy, tag, Action::Kind::grant).granted);
}

TEST_F(TrustPermission, AStandingApprovalServesEveryJobAndGoesFirst) {
  proposals = {approved(1), approved(2)};
  proposals[1].standing = true;
  EXPECT_EQ(ask().approval, 2);
  EXPECT_EQ(ask(JobClass::high, kHotfix).approval, 2);
  EXPECT_FALSE(ask(JobClass::high, kHotfix, "runneriq:high").granted);
  now = kNow + 30min;
  EXPECT_FALSE(ask(JobClass::high, kHotfix).granted);
}

}  // namespace
}  // namespace runneriq::scheduler
