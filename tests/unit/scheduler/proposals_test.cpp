#include "platform/digest.hpp"
#include "scheduler/trust.hpp"
#include "tests/support/leased_runner.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using State = Proposal::State;

const Time kNow{std::chrono::hours{480'000}};

RunnerKey runner(std::int64_t id) {
  return {kRunner.gitlab, RunnerId{id}};
}

Action action_on(const std::vector<std::int64_t>& runners, const JobKey& job = kDeploy) {
  Action action{
      .gitlab = kRunner.gitlab, .tag = "runneriq:critical", .job = job, .job_class = JobClass::critical};
  for (const std::int64_t id : runners) action.runners.push_back(runner(id));
  action.reason = "CRITICAL deploy waits";
  return action;
}

class Proposals : public testing::Test {
 protected:
  // One tick: what is proposed, and how all stand afterwards.
  ProposalChanges tick(std::vector<Action> wanted, Duration later = 0s) {
    now += later;
    ProposalChanges changes = propose(std::move(wanted), known, terms, platform::sha256_hex, now);
    for (const Proposal& changed : changes.changed) at(changed.id) = changed;
    for (Proposal& made : changes.made) {
      made.id = ++last_id;
      known.push_back(made);
    }
    return changes;
  }
  Proposal& at(std::int64_t id) { return *std::ranges::find(known, id, &Proposal::id); }
  void decide(std::int64_t id, const Verdict& verdict) {
    auto result = decided(at(id), verdict, terms, now);
    ASSERT_TRUE(result) << result.error().message;
    at(id) = *result;
  }

  std::vector<Proposal> known;
  TrustTerms terms;
  Time now = kNow;
  std::int64_t last_id = 0;
};

const Verdict kApprove{.approve = true, .standing = {}, .by = "user:alice"};
const Verdict kReject{.approve = false, .standing = {}, .by = "user:alice"};

TEST_F(Proposals, OneIsMadeAndNotAgainFromTickToTick) {
  const auto first = tick({action_on({1, 2})});
  ASSERT_EQ(first.made.size(), 1U);
  EXPECT_EQ(first.made[0].expires, kNow + 30min);
  EXPECT_EQ(first.made[0].digest, digest_of(action_on({1, 2}), platform::sha256_hex));
  EXPECT_TRUE(tick({action_on({1, 2})}, 30s).made.empty());
  const auto fewer = tick({action_on({2})}, 30s);
  EXPECT_TRUE(fewer.made.empty() && fewer.changed.empty());
}

TEST_F(Proposals, MoreRunnersSupersedeAndNoneIsLost) {
  tick({action_on({1, 2})});
  const auto more = tick({action_on({2, 3})});
  ASSERT_EQ(more.made.size(), 1U);
  EXPECT_EQ(more.made[0].action.runners, (std::vector{runner(1), runner(2), runner(3)}));
  ASSERT_EQ(more.changed.size(), 1U);
  EXPECT_EQ(more.changed[0].state, State::superseded);
  EXPECT_EQ(more.changed[0].id, 1);
  EXPECT_TRUE(tick({action_on({1, 3})}).made.empty());
}

TEST_F(Proposals, EachJobLaneAndKindHasItsOwn) {
  Action grant = action_on({1});
  grant.kind = Action::Kind::grant;
  Action other_lane = action_on({1});
  other_lane.tag = "runneriq:high";
  EXPECT_EQ(tick({action_on({1}), action_on({1}, kHotfix), grant, other_lane}).made.size(), 4U);
}

TEST_F(Proposals, TheSameSubjectTwiceInOneTickIsOneProposal) {
  const auto both = tick({action_on({2}), action_on({1, 2})});
  ASSERT_EQ(both.made.size(), 1U);
  EXPECT_EQ(both.made[0].action.runners, (std::vector{runner(1), runner(2)}));
}

TEST_F(Proposals, AnOpenOneExpiresAndIsThenMadeAnew) {
  tick({action_on({1})});
  EXPECT_TRUE(tick({}, 30min - 1ms).changed.empty());
  const auto late = tick({action_on({1})}, 1ms);
  ASSERT_EQ(late.changed.size(), 1U);
  EXPECT_EQ(late.changed[0].state, State::expired);
  ASSERT_EQ(late.made.size(), 1U);
}

TEST_F(Proposals, ARejectedOneIsNotProposedAgainForTheSameJob) {
  tick({action_on({1})});
  decide(1, kReject);
  EXPECT_TRUE(tick({action_on({1})}, 24h).made.empty());
  EXPECT_TRUE(tick({action_on({1, 2})}).made.empty());
  EXPECT_EQ(tick({action_on({1}, kHotfix)}).made.size(), 1U);
}

TEST_F(Proposals, AnApprovalIsEnoughForItsUnusedRunnersWhileItIsInForce) {
  tick({action_on({1, 2})});
  decide(1, kApprove);
  EXPECT_TRUE(tick({action_on({1})}).made.empty());
  EXPECT_EQ(tick({action_on({3})}).made.size(), 1U);
  at(1).used = {runner(1)};
  EXPECT_EQ(tick({action_on({1})}).made.size(), 1U) << "once, and no more";
  now += 1h;
  EXPECT_EQ(tick({action_on({2})}).made.size(), 1U) << "it has expired";
}

TEST_F(Proposals, ADecisionSaysWhoWhenAndForHowLong) {
  tick({action_on({1})});
  now += 1min;
  decide(1, kApprove);
  EXPECT_EQ(at(1).state, State::approved);
  EXPECT_EQ(at(1).decided_by, "user:alice");
  EXPECT_EQ(at(1).decided, now);
  EXPECT_EQ(at(1).expires, now + 30min);
  EXPECT_FALSE(at(1).standing);
  tick({action_on({1}, kHotfix)});
  decide(2, {.approve = true, .standing = 7 * 24h, .by = "user:bob"});
  EXPECT_TRUE(at(2).standing);
  EXPECT_EQ(at(2).expires, now + 7 * 24h);
}

TEST_F(Proposals, WhatCannotBeDecidedIsRefusedWithTheReason) {
  Action promotion;
  promotion.kind = Action::Kind::promotion;
  tick({action_on({1}), promotion});
  const auto refused = [&](std::int64_t id, const Verdict& verdict) {
    const auto result = decided(at(id), verdict, terms, now);
    EXPECT_FALSE(result);
    return result ? "" : result.error().message;
  };
  const auto standing = [](Duration duration) {
    return Verdict{.approve = true, .standing = duration, .by = "user:alice"};
  };
  EXPECT_NE(refused(1, standing(24h * 30 + 1ms)).find("30d"), std::string::npos);
  EXPECT_NE(refused(1, standing(0s)).find("at most"), std::string::npos);
  EXPECT_TRUE(decided(at(1), standing(24h * 30), terms, now));
  EXPECT_NE(refused(2, standing(1h)).find("promotion"), std::string::npos);
  EXPECT_TRUE(decided(at(2), kApprove, terms, now));
  EXPECT_NE(refused(1, {.approve = false, .standing = 1h, .by = "user:alice"}).find("rejection"),
            std::string::npos);
  EXPECT_NE(refused(1, {.approve = true, .standing = {}, .by = ""}).find("who"), std::string::npos);
  now += 30min;
  EXPECT_NE(refused(1, kApprove).find("expired"), std::string::npos);
  now -= 30min;
  decide(1, kReject);
  EXPECT_NE(refused(1, kApprove).find("rejected (user:alice)"), std::string::npos);
}

TEST(ActionDigest, HoldsForAllThatAPersonSeesButTheReason) {
  const auto digest = [](const Action& action) { return digest_of(action, platform::sha256_hex); };
  const Action action = action_on({1, 2});
  Action reworded = action;
  reworded.reason = "another sentence";
  EXPECT_EQ(digest(action), digest(reworded));
  EXPECT_EQ(digest(action).size(), 64U);
  std::vector<Action> others(6, action);
  others[0].kind = Action::Kind::grant;
  others[1].gitlab = GitLabUrl{"https://other"};
  others[2].tag = "runneriq:high";
  others[3].job = kHotfix;
  others[4].job_class = JobClass::high;
  others[5].runners = {runner(1)};
  for (const Action& other : others) EXPECT_NE(digest(action), digest(other));
}

TEST(ActionsToPropose, AreOnePerLaneAndJobOrGrant) {
  FleetSnapshot fleet;
  for (const std::int64_t id : {1, 2, 3}) {
    FleetRunner one;
    one.key = runner(id);
    fleet.runners.push_back(one);
  }
  const auto cut = [](std::size_t index, std::size_t lane, const JobKey& job) {
    return Cut{
        .runner = index, .lane = lane, .cause = job, .cause_class = JobClass::high, .reason = "because"};
  };
  GatePlan plan;
  plan.cuts = {cut(0, 0, kDeploy)};
  plan.unapproved = {cut(2, 0, kDeploy), cut(0, 0, kDeploy), cut(1, 1, kDeploy), cut(1, 0, kHotfix)};
  plan.unapproved_grants = {
      {.runner = 1, .tag = "runneriq:preferred-fast", .job = kDeploy, .reason = "fast"}};
  const auto actions = actions_to_propose(plan, fleet, Lanes{});
  ASSERT_EQ(actions.size(), 4U);
  EXPECT_EQ(actions[0].runners, (std::vector{runner(1), runner(3)}));
  EXPECT_EQ(actions[0].tag, "runneriq:critical");
  EXPECT_EQ(actions[0].job_class, JobClass::high);
  EXPECT_EQ(actions[0].gitlab, kRunner.gitlab);
  EXPECT_EQ(actions[0].reason, "because");
  EXPECT_EQ(actions[1].tag, "runneriq:high");
  EXPECT_EQ(actions[2].job, kHotfix);
  EXPECT_EQ(actions[3].kind, Action::Kind::grant);
  EXPECT_EQ(actions[3].tag, "runneriq:preferred-fast");
}

}  // namespace
}  // namespace runneriq::scheduler
