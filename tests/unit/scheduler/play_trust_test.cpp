// Approvals for the start of a manual job.
#include "scheduler/trust.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

const Time kNow{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
const JobKey kJob{GitLabUrl{"https://h"}, JobId{5}};

Proposal approval(JobClass job_class = JobClass::low, Action::Kind kind = Action::Kind::play) {
  Proposal proposal{.id = 3,
                    .action = {.kind = kind, .gitlab = kJob.gitlab, .job = kJob, .job_class = job_class}};
  proposal.state = Proposal::State::approved;
  proposal.expires = kNow + 10min;
  return proposal;
}

TrustTerms terms(JobClass threshold) {
  return {.options = {.mode = TrustMode::supervised, .supervised_threshold = threshold}, .execute = true};
}

TEST(PlayTrust, NeedsAnApprovalFromTheThresholdOn) {
  struct Row {
    JobClass job_class, threshold;
    TrustMode mode;
    bool granted;
  };
  for (const Row& row : {Row{JobClass::low, JobClass::high, TrustMode::supervised, true},
                         Row{JobClass::low, JobClass::medium, TrustMode::supervised, true},
                         Row{JobClass::medium, JobClass::medium, TrustMode::supervised, false},
                         Row{JobClass::low, JobClass::low, TrustMode::supervised, false},
                         Row{JobClass::low, JobClass::low, TrustMode::autonomous, true},
                         Row{JobClass::low, JobClass::high, TrustMode::advisory, false}}) {
    EXPECT_EQ(permission_to_play(kJob, row.job_class, terms(row.threshold), row.mode, {}, kNow).granted,
              row.granted)
        << to_text(row.job_class) << " " << to_text(row.threshold) << " " << to_text(row.mode);
  }
}

TEST(PlayTrust, IsGivenForOneJobOnceAndForAWhile) {
  const auto granted = [](const Proposal& one, Time now = kNow, JobKey job = kJob) {
    return permission_to_play(job, JobClass::low, terms(JobClass::low), TrustMode::supervised, {&one, 1}, now)
               .approval == 3;
  };
  EXPECT_TRUE(granted(approval()));
  EXPECT_FALSE(granted(approval(), kNow, {kJob.gitlab, JobId{6}}));
  EXPECT_FALSE(granted(approval(), kNow + 10min));
  EXPECT_FALSE(granted(approval(JobClass::medium)));
  EXPECT_FALSE(granted(approval(JobClass::low, Action::Kind::cut)));
  EXPECT_FALSE(granted(used_up(approval(), kNow)));
  Proposal rejected = approval();
  rejected.state = Proposal::State::rejected;
  EXPECT_FALSE(granted(rejected));
}

TEST(PlayTrust, OfAPlayIsNoneForTags) {
  FleetRunner runner;
  const Proposal play = approval();
  EXPECT_FALSE(permission({runner, "", kJob, JobClass::low}, Action::Kind::play, terms(JobClass::low),
                          TrustMode::autonomous, {&play, 1}, kNow)
                   .granted);
}

TEST(PlayTrust, CannotBeStanding) {
  Proposal open = approval();
  open.state = Proposal::State::open;
  const auto refused =
      decided(open, {.approve = true, .standing = 1h, .by = "user:ann"}, terms(JobClass::low), kNow);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("started once"), std::string::npos);
  EXPECT_TRUE(decided(open, {.approve = true, .standing = {}, .by = "user:ann"}, terms(JobClass::low), kNow));
}

TEST(PlayTrust, HasAWordAndADigestOfItsOwn) {
  const Digest echo = [](std::string_view text) { return std::string(text); };
  EXPECT_EQ(to_text(Action::Kind::play), "play");
  EXPECT_NE(digest_of(approval().action, echo),
            digest_of(approval(JobClass::low, Action::Kind::grant).action, echo));
}

}  // namespace
}  // namespace runneriq::scheduler
