#include "scheduler/action_bridge/job_plays.hpp"

#include "core/printable.hpp"
#include "scheduler/action_bridge/job_plays_records.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace runneriq::scheduler {
namespace {

constexpr std::size_t kMostSaid = 1000;

JobKey key_of(const carbon::Deferral& plan) {
  return {plan.gitlab, plan.job};
}

std::string title(const DeferredJob& job) {
  return "job " + std::to_string(job.key.job.value()) + " (" + printable(job.name, 60) + ")";
}

JobHistory nothing_known() {
  return {.estimate = estimate({}), .fleet_average = std::nullopt, .by_runner = {}};
}

}  // namespace

JobPlays::JobPlays(PlaySettings settings, PlayPorts ports)
    : settings_(std::move(settings)), ports_(std::move(ports)) {}

PlayReport JobPlays::step(const FleetSnapshot& fleet, TrustMode mode) {
  mode_ = settings_.trust.execute ? mode : TrustMode::advisory;
  sound_ = true;
  deadline_ = now().wall + settings_.round_limit;
  load_plans();
  read_proposals();
  read_jobs(fleet);
  settle_asked();
  plan(fleet);
  keep_plans();
  play_due();
  propose();
  report_.deferrals = plans_;
  return std::exchange(report_, {});
}

// ---- reading ------------------------------------------------------------------------------

void JobPlays::load_plans() {
  if (loaded_ || ports_.plans == nullptr) return;
  auto kept = ports_.plans->deferrals();
  if (!kept) return say("when manual jobs were to start cannot be read: " + kept.error().message);
  plans_ = std::move(*kept);
  loaded_ = true;
}

void JobPlays::read_proposals() {
  proposals_.clear();
  proposals_known_ = false;
  if (ports_.store == nullptr) return;
  auto proposals = ports_.store->proposals(now().wall);
  if (!proposals) return say("approvals cannot be read: " + proposals.error().message);
  proposals_known_ = true;
  // One whose digest does not fit was changed by somebody: it approves nothing.
  std::erase_if(*proposals, [this](const Proposal& proposal) {
    return proposal.digest != digest_of(proposal.action, settings_.digest);
  });
  proposals_ = std::move(*proposals);
}

void JobPlays::read_jobs(const FleetSnapshot& fleet) {
  jobs_.clear();
  waiting_.clear();
  unread_.clear();
  for (const auto& [gitlab, access] : ports_.gitlabs) {
    const auto reading = access->read(now().wall);
    if (!reading) {
      unread_.insert(gitlab);
      say("manual jobs of " + gitlab.value() + " cannot be read: " + reading.error().message);
      continue;
    }
    for (const std::string& note : reading->notes) say(note);
    forget_over(gitlab, *reading);
    judge(gitlab, *reading, fleet);
  }
}

void JobPlays::judge(const GitLabUrl& gitlab, const gitlab::ManualReading& reading,
                     const FleetSnapshot& fleet) {
  const auto& rules = settings_.deferral.rules;
  const std::vector<HistoryKey> keys = deferrable_keys(gitlab, reading.jobs, rules);
  DeferredJobs deferred = deferred_jobs(gitlab, reading.jobs, keys, histories_of(keys),
                                        {.fleet = fleet,
                                         .priority = settings_.priority,
                                         .rules = rules,
                                         .watts = settings_.watts,
                                         .now = now().wall});
  for (DeferredJob& job : deferred.jobs) {
    const JobKey key = job.key;
    jobs_.emplace(key, std::move(job));
  }
  for (LeftOut& left : deferred.left_out) {
    if (!over_.contains(left.key)) say(std::move(left.why));
  }
}

std::vector<JobHistory> JobPlays::histories_of(std::span<const HistoryKey> keys) {
  std::vector<JobHistory> known;
  if (ports_.memory != nullptr && !keys.empty()) {
    auto found = ports_.memory->histories(keys);
    if (found)
      known = std::move(*found);
    else
      say("durations of earlier jobs are not known: " + found.error().message);
  }
  known.resize(keys.size(), nothing_known());
  return known;
}

void JobPlays::forget_over(const GitLabUrl& gitlab, const gitlab::ManualReading& reading) {
  for (const gitlab::ManualJob& each : reading.jobs) waiting_.insert({gitlab, each.job.id});
  std::erase_if(over_, [&](const JobKey& key) { return key.gitlab == gitlab && !waiting_.contains(key); });
}

// ---- calls without an answer --------------------------------------------------------------

void JobPlays::settle_asked() {
  std::erase_if(asked_, [this](const auto& entry) { return settle(entry.second); });
}

bool JobPlays::settle(const Asked& asked) {
  PlayStep step = asked.step;
  const JobKey& key = step.job.key;
  const auto status = gitlab_of(key).status(step.job.project, key.job, deadline_);
  const bool is_lost = !status && status.error().code == Errc::not_found;
  const bool has_arrived = now().steady - asked.since >= settings_.arrives_within;
  if (status && *status != gitlab::JobStatus::manual) {
    step.kind = PlayStep::Kind::applied;
    step.reason = "GitLab did not answer, but it was started";
  } else if (is_lost || (status && has_arrived)) {
    step.kind = PlayStep::Kind::refused;
    step.reason = is_lost ? "the job is gone" : "GitLab did not answer, and it was not started";
  } else {
    step.reason = "GitLab did not answer; its state will tell";
  }
  report_.steps.push_back(step);
  if (step.kind == PlayStep::Kind::unknown) return false;
  (void)record(event_of(step.kind), step, asked.decision);
  if (step.kind == PlayStep::Kind::applied || is_lost) over_.insert(key);
  return true;
}

// ---- planning -----------------------------------------------------------------------------

bool JobPlays::is_out_of_play(const JobKey& job) const {
  const auto refused = refused_.find(job);
  return over_.contains(job) || asked_.contains(job) ||
         (refused != refused_.end() && now().steady < refused->second);
}

void JobPlays::plan(const FleetSnapshot& fleet) {
  std::erase_if(jobs_, [this](const auto& entry) { return is_out_of_play(entry.first); });
  std::vector<carbon::DeferrableJob> jobs;
  for (const auto& [key, job] : jobs_) jobs.push_back(job.terms);
  carbon::GridOutlook nothing;
  nothing.now = now().wall;
  const carbon::GridOutlook& grid = fleet.carbon ? *fleet.carbon : nothing;
  std::vector<carbon::Deferral> plans =
      carbon::plan_deferrals(jobs, plans_, grid, settings_.deferral.terms, now().wall);
  for (carbon::Deferral& before : plans_) {
    if (unread_.contains(before.gitlab)) plans.push_back(std::move(before));
  }
  plans_ = std::move(plans);
}

void JobPlays::keep_plans() {
  if (ports_.plans == nullptr || !loaded_) return;
  if (const auto kept = ports_.plans->keep(plans_); !kept)
    say("when manual jobs are to start cannot be kept: " + kept.error().message);
}

// ---- playing ------------------------------------------------------------------------------

std::vector<const carbon::Deferral*> JobPlays::due() const {
  std::vector<const carbon::Deferral*> all;
  for (const carbon::Deferral& plan : plans_) {
    if (plan.start <= now().wall && jobs_.contains(key_of(plan))) all.push_back(&plan);
  }
  std::ranges::sort(all, {}, [](const carbon::Deferral* plan) {
    return std::tie(plan->latest_start, plan->start, plan->gitlab, plan->job);
  });
  return all;
}

void JobPlays::play_due() {
  for (const carbon::Deferral* const plan : due()) play(jobs_.at(key_of(*plan)), *plan);
  std::erase_if(plans_, [this](const carbon::Deferral& plan) { return is_out_of_play(key_of(plan)); });
}

std::string JobPlays::hindrance() const {
  if (mode_ == TrustMode::advisory) return "RunnerIQ is only trusted to advise";
  if (ports_.store == nullptr || !proposals_known_) return "there is no state file to rely on";
  if (ports_.audit == nullptr) return "there is no audit trail";
  if (!sound_) return "the audit trail cannot be written";
  if (ports_.stopped_by_kill_switch && ports_.stopped_by_kill_switch())
    return "the kill-switch file is there";
  return "";
}

void JobPlays::play(const DeferredJob& job, const carbon::Deferral& plan) {
  PlayStep step{.kind = PlayStep::Kind::planned, .job = job, .plan = plan, .reason = plan.why};
  const Permission given = permission_for(job);
  if (std::string why = hindrance(); !why.empty()) {
    step.reason = "it would be started now, but " + why;
  } else if (!given.granted) {
    step.kind = PlayStep::Kind::awaiting;
    step.reason = is_rejected(job.key) ? "a person has rejected it" : "a person has to approve it";
  } else if (still_waits(step) && use_up(given.approval, step)) {
    send(step, given.approval == 0 ? "automatic" : "approval " + std::to_string(given.approval));
  }
  if (step.kind != PlayStep::Kind::gone) warn_if_late(step);
  report_.steps.push_back(std::move(step));
}

bool JobPlays::still_waits(PlayStep& step) {
  const JobKey& key = step.job.key;
  const auto status = gitlab_of(key).status(step.job.project, key.job, deadline_);
  if (status && *status == gitlab::JobStatus::manual) return true;
  if (!status && status.error().code != Errc::not_found) {
    step.reason = "it would be started now, but its state cannot be read: " + status.error().message;
    say(title(step.job) + " is not started: " + status.error().message);
    return false;
  }
  step.kind = PlayStep::Kind::gone;
  step.reason = "it does not wait any more: somebody else started or cancelled it";
  over_.insert(key);
  return false;
}

bool JobPlays::use_up(std::int64_t approval, PlayStep& step) {
  if (approval == 0) return true;
  Proposal& used = *std::ranges::find(proposals_, approval, &Proposal::id);
  used = used_up(used, now().wall);
  ProposalChanges changes{.made = {}, .changed = {used}};
  const auto done = ports_.store->record(changes, now().wall);
  if (done) return true;
  step.reason = "it would be started now, but the use of its approval cannot be recorded";
  say("the use of an approval could not be recorded: " + done.error().message);
  return false;
}

void JobPlays::send(PlayStep& step, const std::string& decision) {
  if (!record("play", step, decision)) {
    step.reason = "it would be started now, but the audit trail cannot be written";
    return;
  }
  const JobKey& key = step.job.key;
  const gitlab::PlayOutcome outcome = gitlab_of(key).play(step.job.project, key.job, deadline_);
  take_outcome(step, decision, outcome);
  (void)record(event_of(step.kind), step, decision);
}

void JobPlays::take_outcome(PlayStep& step, const std::string& decision, const gitlab::PlayOutcome& outcome) {
  using Kind = gitlab::PlayOutcome::Kind;
  const JobKey& key = step.job.key;
  if (outcome.kind == Kind::applied) {
    step.kind = PlayStep::Kind::applied;
    over_.insert(key);
    return;
  }
  step.reason = outcome.error.message;
  if (outcome.kind == Kind::refused) {
    step.kind = PlayStep::Kind::refused;
    refused_[key] = now().steady + settings_.pause_after_refusal;
    return say(title(step.job) + " could not be started: " + outcome.error.message);
  }
  step.kind = PlayStep::Kind::unknown;
  asked_[key] = {.step = step, .decision = decision, .since = now().steady};
}

void JobPlays::warn_if_late(const PlayStep& step) {
  if (now().wall <= step.plan.latest_start) return;
  const bool started = step.kind == PlayStep::Kind::applied;
  say(title(step.job) +
      (started ? " was started after its latest start, " : " is not started yet after its latest start, ") +
      runneriq::to_text(step.plan.latest_start) + ": it may end after its deadline of " +
      runneriq::to_text(step.job.terms.deadline));
}

// ---- approvals ----------------------------------------------------------------------------

Permission JobPlays::permission_for(const DeferredJob& job) const {
  return permission_to_play(job.key, job.job_class, settings_.trust, mode_, proposals_, now().wall);
}

bool JobPlays::is_rejected(const JobKey& job) const {
  return std::ranges::any_of(proposals_, [&](const Proposal& proposal) {
    return proposal.action.kind == Action::Kind::play && proposal.action.job == job &&
           proposal.state == Proposal::State::rejected;
  });
}

// What may not be moved any more is asked for: the approval is then still in force at its start.
void JobPlays::propose() {
  if (mode_ != TrustMode::supervised || !proposals_known_) return;
  std::vector<Action> wanted;
  for (const carbon::Deferral& plan : plans_) {
    const auto job = jobs_.find(key_of(plan));
    if (job == jobs_.end() || plan.start > now().wall + settings_.deferral.terms.grid) continue;
    if (permission_for(job->second).granted) continue;
    wanted.push_back(
        {.kind = Action::Kind::play,
         .gitlab = plan.gitlab,
         .job = job->first,
         .job_class = job->second.job_class,
         .reason = "start " + title(job->second) + " at " + runneriq::to_text(plan.start) + ": " + plan.why});
  }
  if (wanted.empty()) return;
  ProposalChanges changes =
      scheduler::propose(std::move(wanted), proposals_, settings_.trust, settings_.digest, now().wall);
  if (changes.made.empty() && changes.changed.empty()) return;
  if (const auto done = ports_.store->record(changes, now().wall); !done)
    return say("what needs an approval could not be recorded: " + done.error().message);
  for (const Proposal& made : changes.made)
    say("approval " + std::to_string(made.id) + " is asked for: " + made.action.reason);
}

// ---- records ------------------------------------------------------------------------------

bool JobPlays::record(std::string_view event, const PlayStep& step, std::string_view decision) {
  if (ports_.audit == nullptr) return false;
  const AuditEntry entry = record_of_play(event, step, decision, mode_, now().wall);
  const auto done = ports_.audit->append_all({&entry, 1});
  if (done) return true;
  sound_ = false;
  say("the audit trail cannot be written: " + done.error().message);
  return false;
}

gitlab::ManualJobs& JobPlays::gitlab_of(const JobKey& job) const {
  return *ports_.gitlabs.at(job.gitlab);
}

void JobPlays::say(std::string sentence) {
  if (said_.size() >= kMostSaid) said_.clear();
  if (said_.insert(sentence).second) report_.sentences.push_back(std::move(sentence));
}

}  // namespace runneriq::scheduler
