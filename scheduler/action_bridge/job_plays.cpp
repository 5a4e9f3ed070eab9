#include "scheduler/action_bridge/job_plays.hpp"

#include "carbon/starts.hpp"
#include "core/printable.hpp"
#include "scheduler/action_bridge/job_plays_records.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace runneriq::scheduler {
namespace {

constexpr std::size_t kMostSaid = 1000;
constexpr Duration kSaidLasts = std::chrono::hours{1};
constexpr std::size_t kMostLeftOutSaid = 20;
constexpr std::size_t kMostReadSingly = 20;
constexpr int kGivenUpAfter = 5;  // times arrives_within

JobKey key_of(const carbon::Deferral& plan) {
  return {plan.gitlab, plan.job};
}

std::string title(const DeferredJob& job) {
  return "job " + std::to_string(job.key.job.value()) + " (" + printable(job.name, 60) + ")";
}

bool is_same(const carbon::Deferral& a, const carbon::Deferral& b) {
  const auto facts = [](const carbon::Deferral& plan) {
    return std::tie(plan.gitlab, plan.job, plan.planned, plan.start, plan.latest_start, plan.zone,
                    plan.expected, plan.at_once, plan.why);
  };
  return facts(a) == facts(b);
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
  busy_.clear();
  urgent_ = 0;
  load_plans();
  read_proposals();
  read_jobs(fleet);
  follow_unlisted();
  miss_unseen();
  forget_said();
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
  kept_ = plans_;
  for (const carbon::Deferral& plan : plans_) unseen_.insert(key_of(plan));
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
  restore_given_back();
}

// The record says that they are used up: a crash between the two leaves them so.
void JobPlays::restore_given_back() {
  std::erase_if(given_back_, [this](const auto& entry) { return entry.second.expires <= now().wall; });
  for (Proposal& proposal : proposals_) {
    const auto given = given_back_.find(proposal.id);
    if (given != given_back_.end() && proposal.state == Proposal::State::approved) proposal = given->second;
  }
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
  say_left_out(std::move(deferred.left_out));
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

// ---- planned jobs that are not listed -----------------------------------------------------

// Those whose turn it is are read; of the others it is believed that they still wait.
void JobPlays::follow_unlisted() {
  std::size_t read = 0;
  for (const JobKey& key : unlisted()) {
    DeferredJob& job = held_.at(key);
    if (!asked_.contains(key) && read < kMostReadSingly) {
      ++read;
      read_last_ = key;
      if (is_lost(job)) {
        held_.erase(key);
        continue;
      }
    }
    job.terms.ready = now().wall;
    jobs_.emplace(key, job);
  }
  std::erase_if(held_, [this](const auto& entry) {
    return !jobs_.contains(entry.first) && !unread_.contains(entry.first.gitlab);
  });
  for (const auto& [key, job] : jobs_) {
    if (!over_.contains(key)) held_.insert_or_assign(key, job);
  }
}

// The one behind the last that was read comes first.
std::vector<JobKey> JobPlays::unlisted() const {
  std::vector<JobKey> keys;
  for (const auto& [key, job] : held_) {
    if (!waiting_.contains(key) && !unread_.contains(key.gitlab)) keys.push_back(key);
  }
  const auto next = std::ranges::upper_bound(keys, read_last_);
  std::ranges::rotate(keys, next);
  return keys;
}

// Whether it will not be started by this program any more. What cannot be read may still wait.
bool JobPlays::is_lost(const DeferredJob& job) {
  if (job.terms.deadline <= now().wall) {
    say(title(job) + " is not deferred any more: its deadline passed at " +
        runneriq::to_text(job.terms.deadline) + ": a person decides");
    return true;
  }
  const auto status = gitlab_of(job.key).status(job.project, job.key.job, deadline_);
  if (status) return *status != gitlab::JobStatus::manual;
  if (status.error().code != Errc::not_found) return false;
  say(title(job) + " is gone from GitLab and will not be started");
  return true;
}

// Nobody knows the project of those, so that they cannot be read: they have time until their latest start.
void JobPlays::miss_unseen() {
  for (const carbon::Deferral& plan : plans_) {
    const JobKey key = key_of(plan);
    if (!unseen_.contains(key) || unread_.contains(key.gitlab)) continue;
    const bool is_late = plan.latest_start <= now().wall;
    if (waiting_.contains(key) || is_late || !ports_.gitlabs.contains(key.gitlab)) unseen_.erase(key);
    if (!is_late || waiting_.contains(key)) continue;
    say("job " + std::to_string(key.job.value()) + " of " + key.gitlab.value() +
        " was to start by now and is not among the manual jobs that GitLab lists: unless somebody started it "
        "already, start it by hand");
  }
}

void JobPlays::end(const JobKey& job) {
  over_.insert(job);
  held_.erase(job);
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
  } else if (!status && give_up(asked, status.error())) {
    step.reason = "GitLab did not answer, and its state cannot be read: " + status.error().message;
    report_.steps.push_back(step);
    say_of(key, "whether " + title(step.job) + " was started is not known: " + status.error().message +
                    "; look at it in GitLab");
    (void)record(event_of(step.kind), step, asked.decision);
    end(key);
    return true;
  } else {
    step.reason = "GitLab did not answer; its state will tell";
  }
  report_.steps.push_back(step);
  if (step.kind == PlayStep::Kind::unknown) return false;
  (void)record(event_of(step.kind), step, asked.decision);
  if (step.kind == PlayStep::Kind::applied || is_lost) end(key);
  return true;
}

// Whoever is not let in now will not be later; what does not answer may do so again.
bool JobPlays::give_up(const Asked& asked, const Error& unreadable) const {
  return unreadable.code == Errc::permission &&
         now().steady - asked.since >= settings_.arrives_within * kGivenUpAfter;
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
    if (unread_.contains(before.gitlab) || unseen_.contains(key_of(before)))
      plans.push_back(std::move(before));
  }
  plans_ = std::move(plans);
}

void JobPlays::keep_plans() {
  if (ports_.plans == nullptr || !loaded_) return;
  if (kept_ && std::ranges::equal(*kept_, plans_, is_same)) return;
  kept_.reset();
  if (const auto kept = ports_.plans->keep(plans_); !kept)
    return say("when manual jobs are to start cannot be kept: " + kept.error().message);
  kept_ = plans_;
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
  started_.remove_before(carbon::step_of(now().wall, settings_.deferral.terms));
  for (const carbon::Deferral* const plan : due()) play(jobs_.at(key_of(*plan)), *plan);
  std::erase_if(plans_, [this](const carbon::Deferral& plan) { return is_out_of_play(key_of(plan)); });
}

// What was planned for earlier steps may be due all at once: it is started as slowly as it was planned.
bool JobPlays::has_room(const carbon::Deferral& plan) {
  const carbon::DeferralTerms& terms = settings_.deferral.terms;
  const Time step = carbon::step_of(now().wall, terms);
  if (terms.starts_per_step <= 0 || started_.at(plan.zone, step) < terms.starts_per_step) return true;
  const bool is_urgent = plan.latest_start < step + carbon::step_length(terms);
  return is_urgent && (terms.wave <= 0 || urgent_++ < terms.wave);
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
  } else if (busy_.contains(job.key.gitlab)) {
    step.reason = "it would be started now, but GitLab asks to wait";
  } else if (!has_room(plan)) {
    step.reason = "it starts soon: as many jobs as may start at once were started";
  } else if (still_waits(step) && use_up(given.approval, step)) {
    send(step, given.approval);
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
    say_of(key, title(step.job) + " is not started: " + status.error().message);
    return false;
  }
  step.kind = PlayStep::Kind::gone;
  step.reason = "it does not wait any more: somebody else started or cancelled it";
  end(key);
  return false;
}

bool JobPlays::use_up(std::int64_t approval, PlayStep& step) {
  if (approval == 0) return true;
  const Proposal used = used_up(*std::ranges::find(proposals_, approval, &Proposal::id), now().wall);
  ProposalChanges changes{.made = {}, .changed = {used}};
  const auto done = ports_.store->record(changes, now().wall);
  if (done) return true;
  step.reason = "it would be started now, but the use of its approval cannot be recorded";
  say("the use of an approval could not be recorded: " + done.error().message);
  return false;
}

void JobPlays::settle_approval(std::int64_t approval, bool acted_on) {
  const auto used = std::ranges::find(proposals_, approval, &Proposal::id);
  if (used == proposals_.end()) return;
  if (!acted_on) {
    given_back_.insert_or_assign(approval, *used);
    return;
  }
  given_back_.erase(approval);
  *used = used_up(*used, now().wall);
}

void JobPlays::send(PlayStep& step, std::int64_t approval) {
  const std::string decision = approval == 0 ? "automatic" : "approval " + std::to_string(approval);
  if (!record("play", step, decision)) {
    step.reason = "it would be started now, but the audit trail cannot be written";
    return settle_approval(approval, false);
  }
  const JobKey& key = step.job.key;
  const gitlab::PlayOutcome outcome = gitlab_of(key).play(step.job.project, key.job, deadline_);
  take_outcome(step, decision, outcome);
  (void)record(event_of(step.kind), step, decision);
  settle_approval(approval, outcome.kind != gitlab::PlayOutcome::Kind::not_now);
}

void JobPlays::take_outcome(PlayStep& step, const std::string& decision, const gitlab::PlayOutcome& outcome) {
  using Kind = gitlab::PlayOutcome::Kind;
  const JobKey& key = step.job.key;
  if (outcome.kind == Kind::not_now) {
    step.reason = "it would be started now, but it could not be asked for: " + outcome.error.message;
    busy_.insert(key.gitlab);
    return;
  }
  if (outcome.kind != Kind::refused)
    started_.add(step.plan.zone, carbon::step_of(now().wall, settings_.deferral.terms));
  if (outcome.kind == Kind::applied) {
    step.kind = PlayStep::Kind::applied;
    return end(key);
  }
  step.reason = outcome.error.message;
  if (outcome.kind == Kind::refused) {
    step.kind = PlayStep::Kind::refused;
    refused_[key] = now().steady + settings_.pause_after_refusal;
    return say_of(key, title(step.job) + " could not be started: " + outcome.error.message);
  }
  step.kind = PlayStep::Kind::unknown;
  asked_[key] = {.step = step, .decision = decision, .since = now().steady};
}

void JobPlays::warn_if_late(const PlayStep& step) {
  if (now().wall <= step.plan.latest_start) return;
  const bool started = step.kind == PlayStep::Kind::applied;
  say_of(step.job.key, title(step.job) +
                           (started ? " was started after its latest start, "
                                    : " is not started yet after its latest start, ") +
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

// ---- sentences ----------------------------------------------------------------------------

void JobPlays::say(std::string sentence) {
  if (said_.insert_or_assign(sentence, now().steady).second) report_.sentences.push_back(std::move(sentence));
}

void JobPlays::say_of(const JobKey& job, std::string sentence) {
  if (said_of_[job].insert(sentence).second) report_.sentences.push_back(std::move(sentence));
}

void JobPlays::say_left_out(std::vector<LeftOut> left_out) {
  std::erase_if(left_out, [this](const LeftOut& left) {
    return over_.contains(left.key) || !said_of_[left.key].insert(left.why).second;
  });
  const std::size_t most = std::min(left_out.size(), kMostLeftOutSaid);
  for (std::size_t i = 0; i < most; ++i) report_.sentences.push_back(std::move(left_out[i].why));
  if (left_out.size() > most)
    report_.sentences.push_back(std::to_string(left_out.size() - most) +
                                " further jobs with a deadline are not deferred");
}

// What is said again and again stays said.
void JobPlays::forget_said() {
  std::erase_if(said_of_, [this](const auto& entry) {
    const JobKey& key = entry.first;
    return !waiting_.contains(key) && !held_.contains(key) && !asked_.contains(key) &&
           !unread_.contains(key.gitlab);
  });
  if (said_.size() < kMostSaid) return;
  std::erase_if(said_, [&](const auto& entry) { return now().steady - entry.second >= kSaidLasts; });
}

}  // namespace runneriq::scheduler
