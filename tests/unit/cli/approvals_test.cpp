// `approvals`, `approve`, `reject`.
#include "cli/json_text.hpp"
#include "tests/support/fake_tags.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/sample_tick.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::cli {
namespace {

using scheduler::Proposal;

struct Approvals : testing::Test {
  FakeSession fake{kSampleNow};
  MemorySteering store;
  Approvals() {
    fake.session.actor = "user:alice";
    fake.session.steering_store = [this]() -> Result<scheduler::SteeringStore*> { return &store; };
    Proposal proposal;
    proposal.id = 12;
    proposal.action = {.kind = scheduler::Action::Kind::cut,
                       .gitlab = kSampleGitLab,
                       .tag = "runneriq:critical",
                       .job = {kSampleGitLab, JobId{4711}},
                       .job_class = scheduler::JobClass::critical,
                       .runners = {{kSampleGitLab, RunnerId{7}}, {kSampleGitLab, RunnerId{8}}},
                       .reason = "CRITICAL deploy (job 4711) waits in lane critical"};
    proposal.digest = "abc";
    proposal.created = kSampleNow;
    proposal.expires = kSampleNow + std::chrono::minutes{30};
    store.memory.proposals.push_back(proposal);
  }
  const Proposal& known() const { return store.memory.proposals.front(); }
};

TEST_F(Approvals, AreListedWithWhatTheyWouldDoAndWhy) {
  EXPECT_EQ(run_words(fake, {"approvals"}), Exit::fine);
  EXPECT_EQ(fake.out.results,
            "12  withhold the lanes after runneriq:critical from runners 7, 8\n"
            "    CRITICAL deploy (job 4711) waits in lane critical\n"
            "    open, for 30 min more\n");
}

TEST_F(Approvals, SaySoWhenNothingWaits) {
  store.memory.proposals.front().state = Proposal::State::rejected;
  EXPECT_EQ(run_words(fake, {"approvals"}), Exit::fine);
  EXPECT_EQ(fake.out.results, "nothing waits for approval\n");
  EXPECT_EQ(run_words(fake, {"approvals", "--all", "--output", "json"}), Exit::fine);
  EXPECT_NE(fake.out.results.find("\"state\": \"rejected\""), std::string::npos);
}

TEST_F(Approvals, AreNoneWhereNothingWasEverRecorded) {
  fake.session.steering_store = []() -> Result<scheduler::SteeringStore*> {
    return fail(Errc::not_found, "nothing has been recorded");
  };
  EXPECT_EQ(run_words(fake, {"approvals"}), Exit::fine);
  EXPECT_EQ(fake.out.results, "nothing waits for approval\n");
}

TEST_F(Approvals, AnApprovalIsRecordedWithWhoMadeIt) {
  EXPECT_EQ(run_words(fake, {"approve", "12"}), Exit::fine);
  EXPECT_EQ(known().state, Proposal::State::approved);
  EXPECT_EQ(known().decided_by, "user:alice");
  EXPECT_FALSE(known().standing);
  ASSERT_EQ(fake.trail.records.size(), 1U);
  EXPECT_EQ(fake.trail.records[0].entry.event, "approved");
  EXPECT_EQ(fake.trail.records[0].entry.actor, "user:alice");
}

TEST_F(Approvals, AStandingOneLastsAsLongAsAskedFor) {
  EXPECT_EQ(run_words(fake, {"approve", "12", "--standing", "8h"}), Exit::fine);
  EXPECT_TRUE(known().standing);
  EXPECT_EQ(known().expires, kSampleNow + std::chrono::hours{8});
}

TEST_F(Approvals, ARejectionIsNoApproval) {
  EXPECT_EQ(run_words(fake, {"reject", "12"}), Exit::fine);
  EXPECT_EQ(known().state, Proposal::State::rejected);
}

TEST_F(Approvals, WhatCannotBeRecordedIsNotDecided) {
  fake.trail.outage = Error{Errc::unavailable, "disk full"};
  EXPECT_NE(run_words(fake, {"approve", "12"}), Exit::fine);
  EXPECT_EQ(known().state, Proposal::State::open);
}

TEST_F(Approvals, RefuseWhatIsNotOpenOrNotThereOrTooLong) {
  EXPECT_EQ(run_words(fake, {"approve", "13"}), Exit::no);
  EXPECT_EQ(run_words(fake, {"approve", "twelve"}), Exit::usage);
  EXPECT_EQ(run_words(fake, {"approve", "12", "--standing", "400d"}), Exit::usage);
  EXPECT_EQ(run_words(fake, {"approve", "12", "--standing", "soon"}), Exit::usage);
  EXPECT_EQ(known().state, Proposal::State::open);
  EXPECT_EQ(run_words(fake, {"reject", "12"}), Exit::fine);
  EXPECT_EQ(run_words(fake, {"approve", "12"}), Exit::no);
  EXPECT_EQ(known().state, Proposal::State::rejected);
}

}  // namespace
}  // namespace runneriq::cli
