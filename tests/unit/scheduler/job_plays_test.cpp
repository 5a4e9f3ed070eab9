// Playing manual jobs on a small GitLab in memory with faults and crashes.
#include "scheduler/action_bridge/job_plays.hpp"

#include "tests/support/fleet_maker.hpp"
#include "tests/support/steering_fakes.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <stdexcept>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using gitlab::JobStatus;
using gitlab::ManualJob;
using gitlab::PlayOutcome;
using Kind = PlayStep::Kind;

struct Crash : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class FakeManualJobs final : public gitlab::ManualJobs {
 public:
  enum class Fault { refuse, ask_to_wait, lose_reply, lose_call, come_late, crash_before, crash_after };

  FakeManualJobs(SteeringJournal& journal, const SteeringClock& clock) : journal_(journal), clock_(clock) {}

  void add(std::int64_t id, std::string deadline, std::string ref = "topic") {
    ManualJob manual;
    manual.job = {.id = JobId{id},
                  .project = ProjectId{7},
                  .pipeline = PipelineId{50},
                  .name = "bench",
                  .stage = "test",
                  .status = JobStatus::manual,
                  .ref = std::move(ref),
                  .allow_failure = true};
    manual.project = {.id = ProjectId{7}, .path = "acme/shop", .default_branch = "main"};
    manual.pipeline_created = clock_.moment.wall;
    if (!deadline.empty()) manual.variables = {{"RUNNERIQ_DEADLINE", std::move(deadline)}};
    jobs.emplace(JobId{id}, std::move(manual));
  }

  Result<gitlab::ManualReading> read(Time) override {
    if (unreadable) return fail(*unreadable);
    gitlab::ManualReading reading;
    for (const auto& [id, manual] : jobs) {
      if (unlisted.contains(id)) continue;
      if (manual.job.status == JobStatus::manual || stale_list) reading.jobs.push_back(manual);
    }
    return reading;
  }
  Result<JobStatus> status(ProjectId, JobId job, Time) override {
    journal_.push_back("status " + std::to_string(job.value()));
    if (unreadable) return fail(*unreadable);
    if (hidden) return fail(*hidden);
    const auto found = jobs.find(job);
    if (found == jobs.end()) return fail(Errc::not_found, "404");
    return found->second.job.status;
  }
  PlayOutcome play(ProjectId, JobId job, Time) override {
    journal_.push_back("post " + std::to_string(job.value()));
    ++posts[job];
    std::optional<Fault> fault;
    if (!faults.empty()) {
      fault = faults.front();
      faults.pop_front();
    }
    const PlayOutcome unknown{.kind = PlayOutcome::Kind::unknown, .error = {Errc::timed_out, "no answer"}};
    if (fault == Fault::crash_before) throw Crash("before");
    if (fault == Fault::lose_call) return unknown;
    if (fault == Fault::ask_to_wait)
      return {.kind = PlayOutcome::Kind::not_now, .error = {Errc::unavailable, "429 Too Many Requests"}};
    if (fault == Fault::come_late) {
      late.push_back(job);
      return unknown;
    }
    JobStatus& status = jobs.at(job).job.status;
    if (fault == Fault::refuse || status != JobStatus::manual)
      return {.kind = PlayOutcome::Kind::refused, .error = {Errc::invalid_argument, "403 Forbidden"}};
    status = JobStatus::pending;
    ++started[job];
    if (fault == Fault::crash_after) throw Crash("after");
    if (fault == Fault::lose_reply) return unknown;
    return {.kind = PlayOutcome::Kind::applied, .status = status};
  }
  void deliver_late() {
    for (const JobId job : std::exchange(late, {})) {
      if (jobs.at(job).job.status != JobStatus::manual) continue;
      jobs.at(job).job.status = JobStatus::pending;
      ++started[job];
    }
  }

  std::map<JobId, ManualJob> jobs;
  std::map<JobId, int> posts, started;
  std::deque<Fault> faults;
  std::vector<JobId> late;
  std::optional<Error> unreadable, hidden;  // everything; jobs' states
  std::set<JobId> unlisted;
  bool stale_list = false;

 private:
  SteeringJournal& journal_;
  const SteeringClock& clock_;
};

class MemoryPlans final : public carbon::DeferralStore {
 public:
  Result<std::vector<carbon::Deferral>> deferrals() override { return kept; }
  Result<void> keep(std::span<const carbon::Deferral> deferrals) override {
    kept.assign(deferrals.begin(), deferrals.end());
    ++times;
    return {};
  }
  int times = 0;
  std::vector<carbon::Deferral> kept;
};

// 400 g/kWh, and 100 from three hours after the start on.
carbon::GridOutlook grid(Time start, Time now, double later = 100) {
  carbon::GridOutlook all;
  all.now = now;
  carbon::Outlook zone;
  zone.zone = carbon::ZoneKey{"DE"};
  zone.begin = carbon::slot_start(now);
  zone.sources = {"forecast"};
  for (Time at = zone.begin; at < now + 24h; at += carbon::kSlot) {
    const double g = at < start + 3h ? 400 : later;
    zone.slots.push_back({.intensity = carbon::Intensity::of(g), .rung = carbon::Rung::forecast});
  }
  all.zones.emplace(zone.zone, std::move(zone));
  return all;
}

class JobPlaysTest : public testing::Test {
 protected:
  JobPlaysTest() {
    settings.trust = {.options = {.mode = TrustMode::supervised}, .execute = true};
    settings.digest = [](std::string_view text) { return std::string(text); };
    restart();
  }
  void restart() {
    plays.emplace(settings, PlayPorts{.gitlabs = {{kGitLab, &jobs}},
                                      .plans = &plans,
                                      .store = &store,
                                      .audit = &audit,
                                      .now = [this] { return clock.moment; },
                                      .stopped_by_kill_switch = [this] { return stopped; }});
  }
  PlayReport step() {
    FleetSnapshot fleet = fleet_of({runner_with(1, {})}, {});
    fleet.runners[0].zone = carbon::ZoneKey{"DE"};
    fleet.carbon = grid(start, clock.moment.wall, later);
    return plays->step(fleet, mode);
  }
  // A step each minute; all their steps.
  std::vector<PlayStep> run(Duration span) {
    std::vector<PlayStep> all;
    for (Duration passed{}; passed < span; passed += 1min) {
      PlayReport report = step();
      all.insert(all.end(), report.steps.begin(), report.steps.end());
      sentences.insert(sentences.end(), report.sentences.begin(), report.sentences.end());
      clock.pass(1min);
    }
    return all;
  }
  [[nodiscard]] bool was_said(std::string_view part) const {
    return std::ranges::count_if(
               sentences, [&](const std::string& one) { return one.find(part) != std::string::npos; }) == 1;
  }
  [[nodiscard]] int posts(std::int64_t job = 5) { return jobs.posts[JobId{job}]; }

  SteeringJournal journal;
  SteeringClock clock;
  const Time start = clock.moment.wall;
  FakeManualJobs jobs{journal, clock};
  MemoryPlans plans;
  MemoryStore store{journal};
  MemoryAudit audit{journal};
  PlaySettings settings;
  TrustMode mode = TrustMode::supervised;
  bool stopped = false;
  double later = 100;
  std::vector<std::string> sentences;
  std::set<JobId> unlisted_later;
  std::optional<JobPlays> plays;
};

TEST_F(JobPlaysTest, StartsAJobOnceInItsGreenHour) {
  jobs.add(5, "20h");
  const PlayReport first = step();
  ASSERT_EQ(first.deferrals.size(), 1U);
  EXPECT_GE(first.deferrals[0].start, start + 3h);
  EXPECT_TRUE(first.steps.empty());
  EXPECT_EQ(plans.kept.size(), 1U);
  EXPECT_TRUE(run(3h).empty());
  const auto steps = run(2h);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].kind, Kind::applied);
  EXPECT_EQ(posts(), 1);
  EXPECT_EQ(journal, (SteeringJournal{"status 5", "audit play", "post 5", "audit play_applied"}));
  EXPECT_TRUE(plans.kept.empty());
}

TEST_F(JobPlaysTest, DoesNotAskAgainWhereTheListIsOld) {
  jobs.add(5, "20h");
  jobs.stale_list = true;
  run(6h);
  EXPECT_EQ(posts(), 1);
}

TEST_F(JobPlaysTest, StartsAtOnceWhereItNeverGetsGreener) {
  later = 500;
  jobs.add(5, "20h");
  ASSERT_EQ(step().steps.size(), 1U);
  EXPECT_EQ(posts(), 1);
}

TEST_F(JobPlaysTest, StartsBeforeTheLatestStartWhateverTheOutlook) {
  jobs.add(5, "2h");
  const auto steps = run(2h);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_LE(steps[0].plan.start, steps[0].plan.latest_start);
}

TEST_F(JobPlaysTest, LeavesABlockingJobAloneAndSaysSoOnce) {
  jobs.add(5, "20h");
  jobs.jobs.at(JobId{5}).job.allow_failure = false;
  EXPECT_TRUE(run(6h).empty());
  EXPECT_EQ(posts(), 0);
  EXPECT_TRUE(was_said("pipeline waits"));
}

struct StillCase {
  std::string name;
  void (*change)(PlaySettings&, TrustMode&, bool& stopped, MemoryAudit&, MemoryStore&);
};
class WithoutTrust : public JobPlaysTest, public testing::WithParamInterface<StillCase> {};

TEST_P(WithoutTrust, NothingIsStarted) {
  GetParam().change(settings, mode, stopped, audit, store);
  restart();
  jobs.add(5, "20h");
  const auto steps = run(5h);
  EXPECT_EQ(posts(), 0);
  ASSERT_FALSE(steps.empty());
  for (const PlayStep& step : steps) EXPECT_EQ(step.kind, Kind::planned) << step.reason;
}

INSTANTIATE_TEST_SUITE_P(Of, WithoutTrust,
                         testing::Values(StillCase{"Advisory", [](auto&, TrustMode& mode, bool&, auto&,
                                                                  auto&) { mode = TrustMode::advisory; }},
                                         StillCase{"NoExecute", [](PlaySettings& s, TrustMode&, bool&, auto&,
                                                                   auto&) { s.trust.execute = false; }},
                                         StillCase{"KillSwitch", [](auto&, TrustMode&, bool& stopped, auto&,
                                                                    auto&) { stopped = true; }},
                                         StillCase{"NoAudit",
                                                   [](auto&, TrustMode&, bool&, MemoryAudit& audit, auto&) {
                                                     audit.outage = Error{Errc::unavailable, "disk full"};
                                                   }},
                                         StillCase{"NoState",
                                                   [](auto&, TrustMode&, bool&, auto&, MemoryStore& store) {
                                                     store.unreadable = Error{Errc::unavailable, "disk full"};
                                                   }}),
                         [](const auto& given) { return given.param.name; });

// ---- outcomes -----------------------------------------------------------------------------

TEST_F(JobPlaysTest, AsksAfterACallWithoutAnswerInsteadOfRepeatingIt) {
  jobs.add(5, "20h");
  jobs.faults = {FakeManualJobs::Fault::lose_reply};
  const auto steps = run(6h);
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].kind, Kind::unknown);
  EXPECT_EQ(steps[1].kind, Kind::applied);
  EXPECT_EQ(posts(), 1);
  EXPECT_EQ(audit.count("play_unknown"), 1);
  EXPECT_EQ(audit.count("play_applied"), 1);
}

TEST_F(JobPlaysTest, TakesALateArrivalForWhatItIs) {
  jobs.add(5, "20h");
  jobs.faults = {FakeManualJobs::Fault::come_late};
  while (posts() == 0) run(1min);
  run(1min);
  jobs.deliver_late();
  run(3h);
  EXPECT_EQ(posts(), 1);
  EXPECT_EQ(jobs.started[JobId{5}], 1);
  EXPECT_EQ(audit.count("play_applied"), 1);
}

TEST_F(JobPlaysTest, MakesANewPlanOnceALostCallCannotArriveAnyMore) {
  jobs.add(5, "20h");
  jobs.faults = {FakeManualJobs::Fault::lose_call};
  while (posts() == 0) run(1min);
  run(1min);
  EXPECT_EQ(posts(), 1);  // within two minutes
  run(1h);
  EXPECT_EQ(posts(), 2);
  EXPECT_EQ(jobs.started[JobId{5}], 1);
  EXPECT_EQ(audit.count("play_refused"), 1);
}

TEST_F(JobPlaysTest, StaysUndecidedWhileTheStateCannotBeRead) {
  jobs.add(5, "20h");
  jobs.faults = {FakeManualJobs::Fault::lose_reply};
  while (posts() == 0) run(1min);
  jobs.unreadable = Error{Errc::unavailable, "503"};
  run(30min);
  EXPECT_EQ(posts(), 1);
  EXPECT_EQ(audit.count("play_applied"), 0);
  jobs.unreadable.reset();
  run(1min);
  EXPECT_EQ(audit.count("play_applied"), 1);
}

TEST_F(JobPlaysTest, PausesAfterARefusal) {
  jobs.add(5, "20h");
  jobs.faults.assign(100, FakeManualJobs::Fault::refuse);
  while (posts() == 0) run(1min);
  run(14min);
  EXPECT_EQ(posts(), 1);
  run(2min);
  EXPECT_EQ(posts(), 2);
}

TEST_F(JobPlaysTest, LeavesAJobAloneThatSomebodyElseStarted) {
  jobs.add(5, "20h");
  run(2h);
  jobs.stale_list = true;
  jobs.jobs.at(JobId{5}).job.status = JobStatus::running;
  const auto steps = run(3h);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].kind, Kind::gone);
  EXPECT_EQ(posts(), 0);
}

TEST_F(JobPlaysTest, KeepsItsPlansWhileGitLabDoesNotAnswer) {
  jobs.add(5, "20h");
  run(1h);
  jobs.unreadable = Error{Errc::unavailable, "503"};
  run(1h);
  EXPECT_EQ(plans.kept.size(), 1U);
  run(4h);
  EXPECT_EQ(posts(), 0);
  jobs.unreadable.reset();
  run(1min);
  EXPECT_EQ(posts(), 1);
}

// ---- calls that nobody took ---------------------------------------------------------------

TEST_F(JobPlaysTest, AsksAgainAtTheNextStepWhereGitLabAsksToWait) {
  jobs.add(5, "20h");
  jobs.add(6, "20h");
  jobs.faults = {FakeManualJobs::Fault::ask_to_wait};
  run(1min);
  stopped = true;  // until both are due
  run(5h);
  stopped = false;
  run(1min);
  EXPECT_EQ(posts(5) + posts(6), 1);  // the other one does not ask
  run(1min);
  EXPECT_EQ(jobs.started.size(), 2U);
  EXPECT_EQ(audit.count("play_refused"), 1);
  EXPECT_EQ(audit.count("play_applied"), 2);
}

TEST_F(JobPlaysTest, GivesUpOnWhatItsTokenMayNotSee) {
  jobs.add(5, "20h");
  jobs.faults = {FakeManualJobs::Fault::lose_reply};
  while (posts() == 0) run(1min);
  jobs.hidden = Error{Errc::permission, "403 Forbidden"};
  EXPECT_EQ(run(9min).size(), 9U);
  EXPECT_EQ(audit.count("play_unknown"), 1);
  EXPECT_EQ(run(2h).size(), 1U);
  EXPECT_EQ(audit.count("play_unknown"), 2);
  EXPECT_TRUE(was_said("is not known"));
  EXPECT_EQ(posts(), 1);
}

// ---- jobs that the list leaves out --------------------------------------------------------

TEST_F(JobPlaysTest, StartsAPlannedJobThatIsNotListedAnyMore) {
  jobs.add(5, "20h");
  step();
  jobs.unlisted.insert(JobId{5});
  EXPECT_EQ(step().deferrals.size(), 1U);
  run(4h);
  EXPECT_EQ(jobs.started[JobId{5}], 1);
  EXPECT_TRUE(sentences.empty());
}

TEST_F(JobPlaysTest, ReadsAtMostTwentyOfThoseInTurn) {
  for (int id = 1; id <= 50; ++id) {
    jobs.add(id, "20h");
    jobs.unlisted.insert(JobId{id});
  }
  std::swap(jobs.unlisted, unlisted_later);
  step();
  std::swap(jobs.unlisted, unlisted_later);
  std::set<std::string> read;
  for (int steps = 1; steps <= 3; ++steps) {
    journal.clear();
    EXPECT_EQ(step().deferrals.size(), 50U);
    EXPECT_EQ(journal.size(), 20U);
    read.insert(journal.begin(), journal.end());
  }
  EXPECT_EQ(read.size(), 50U);
}

TEST_F(JobPlaysTest, SaysOnceThatAPlannedJobIsGone) {
  jobs.add(5, "20h");
  step();
  jobs.jobs.clear();
  run(1h);
  EXPECT_TRUE(was_said("is gone"));
  EXPECT_TRUE(plans.kept.empty());
}

TEST_F(JobPlaysTest, LetsAnUnlistedJobBeThatSomebodyElseStarted) {
  jobs.add(5, "20h");
  step();
  jobs.jobs.at(JobId{5}).job.status = JobStatus::running;
  EXPECT_TRUE(run(20h).empty());
  EXPECT_TRUE(sentences.empty());
}

TEST_F(JobPlaysTest, LeavesAnUnlistedJobBehindItsDeadlineToAPerson) {
  mode = TrustMode::advisory;
  jobs.add(5, "20h");
  step();
  jobs.unlisted.insert(JobId{5});
  run(21h);
  EXPECT_TRUE(was_said("a person decides"));
  EXPECT_TRUE(plans.kept.empty());
}

TEST_F(JobPlaysTest, KeepsPlansOfBeforeARestartUntilTheirJobsAreListedOrLost) {
  jobs.add(5, "20h");
  jobs.add(6, "20h");
  step();
  jobs.unlisted = {JobId{5}, JobId{6}};
  restart();
  run(1h);
  EXPECT_EQ(plans.kept.size(), 2U);
  jobs.unlisted = {JobId{6}};
  run(20h);
  EXPECT_EQ(jobs.started[JobId{5}], 1);
  EXPECT_TRUE(was_said("job 6"));
  EXPECT_TRUE(was_said("start it by hand"));
  EXPECT_TRUE(plans.kept.empty());
}

// ---- many at once -------------------------------------------------------------------------

TEST_F(JobPlaysTest, StartsNoMoreInAStepThanWerePlannedForOne) {
  for (int id = 1; id <= 12; ++id) jobs.add(id, "20h");
  run(1min);
  stopped = true;  // until all are due
  run(12h - 1min);
  stopped = false;
  run(15min);
  EXPECT_EQ(jobs.started.size(), 5U);
  run(15min);
  EXPECT_EQ(jobs.started.size(), 10U);
  run(15min);
  EXPECT_EQ(jobs.started.size(), 12U);
}

TEST_F(JobPlaysTest, StartsLateOnesInWaves) {
  for (int id = 1; id <= 22; ++id) jobs.add(id, "20h");
  run(1min);
  stopped = true;
  run(19h + 50min);
  stopped = false;
  run(1min);
  EXPECT_EQ(jobs.started.size(), 10U);  // five of the step, and a wave
  run(1min);
  EXPECT_EQ(jobs.started.size(), 15U);
  run(2min);
  EXPECT_EQ(jobs.started.size(), 22U);
}

// ---- what is said and kept ----------------------------------------------------------------

TEST_F(JobPlaysTest, SaysManyLeftOutJobsOnceAndBriefly) {
  for (int id = 1; id <= 1500; ++id) jobs.add(id, "nonsense");
  const auto first = step().sentences;
  ASSERT_EQ(first.size(), 21U);
  EXPECT_EQ(first.back(), "1480 further jobs with a deadline are not deferred");
  EXPECT_TRUE(step().sentences.empty());
  EXPECT_TRUE(step().sentences.empty());
}

TEST_F(JobPlaysTest, SaysAgainWhatIsSaidOfAJobThatWasGone) {
  jobs.add(5, "nonsense");
  EXPECT_EQ(step().sentences.size(), 1U);
  jobs.unlisted.insert(JobId{5});
  step();
  jobs.unlisted.clear();
  EXPECT_EQ(step().sentences.size(), 1U);
}

TEST_F(JobPlaysTest, KeepsPlansOnlyWhenTheyChange) {
  jobs.add(5, "20h");
  run(2h);
  EXPECT_EQ(plans.times, 1);
  run(3h);
  EXPECT_EQ(plans.times, 2);
}

class Crashed : public JobPlaysTest, public testing::WithParamInterface<FakeManualJobs::Fault> {};

TEST_P(Crashed, AJobIsStillStartedOnce) {
  jobs.add(5, "20h");
  jobs.faults = {GetParam()};
  EXPECT_THROW(run(6h), Crash);
  EXPECT_EQ(audit.count("play"), 1);
  restart();
  run(6h);
  EXPECT_EQ(jobs.started[JobId{5}], 1);
  EXPECT_EQ(posts(), GetParam() == FakeManualJobs::Fault::crash_after ? 1 : 2);
}

INSTANTIATE_TEST_SUITE_P(At, Crashed,
                         testing::Values(FakeManualJobs::Fault::crash_before,
                                         FakeManualJobs::Fault::crash_after));

// ---- approvals ----------------------------------------------------------------------------

class Approved : public JobPlaysTest {
 protected:
  Approved() {
    settings.trust.options.supervised_threshold = JobClass::low;
    restart();
    jobs.add(5, "20h");
  }
  void approve() {
    Proposal& proposal = store.known.at(0);
    proposal.state = Proposal::State::approved;
    proposal.decided_by = "user:ann";
    proposal.decided = clock.moment.wall;
    proposal.expires = clock.moment.wall + 30min;
  }
};

TEST_F(Approved, AStartIsAskedForShortlyBeforeAndMadeOnce) {
  run(2h);
  EXPECT_TRUE(store.known.empty());
  run(1h);
  ASSERT_EQ(store.known.size(), 1U);
  EXPECT_EQ(store.known[0].action.kind, Action::Kind::play);
  EXPECT_EQ(posts(), 0);
  approve();
  run(30min);
  EXPECT_EQ(posts(), 1);
  EXPECT_LE(store.known[0].expires, clock.moment.wall);
}

TEST_F(Approved, WithoutItNothingIsStartedBeyondTheLatestStartEither) {
  run(20h);
  EXPECT_EQ(posts(), 0);
  EXPECT_TRUE(was_said("is not started yet after its latest start"));
}

TEST_F(Approved, ARejectionHolds) {
  run(3h);
  store.known.at(0).state = Proposal::State::rejected;
  run(6h);
  EXPECT_EQ(posts(), 0);
  EXPECT_EQ(store.known.size(), 1U);
}

TEST_F(Approved, AChangedProposalApprovesNothing) {
  run(3h);
  approve();
  store.known[0].digest = "other";
  run(1h);
  EXPECT_EQ(posts(), 0);
}

TEST_F(Approved, ItIsUsedUpByACallThatIsRefused) {
  run(3h);
  approve();
  jobs.faults = {FakeManualJobs::Fault::refuse};
  run(28min);
  EXPECT_EQ(posts(), 1);
}

TEST_F(Approved, ItIsNotUsedUpByACallThatNobodyTook) {
  run(3h);
  approve();
  jobs.faults = {FakeManualJobs::Fault::ask_to_wait};
  run(20min);
  EXPECT_EQ(posts(), 2);
  EXPECT_EQ(jobs.started[JobId{5}], 1);
  EXPECT_EQ(store.known.size(), 1U);
}

TEST_F(Approved, ItsUseIsRecordedFirst) {
  run(3h);
  approve();
  store.proposals_outage = true;
  run(20min);
  EXPECT_EQ(posts(), 0);
}

TEST_F(Approved, AutonomousModeNeedsNone) {
  mode = TrustMode::autonomous;
  run(5h);
  EXPECT_EQ(posts(), 1);
}

}  // namespace
}  // namespace runneriq::scheduler
