#include "cli/watch.hpp"

#include "core/joined.hpp"
#include "core/tag_names.hpp"
#include "scheduler/monitor.hpp"
#include "scheduler/newcomers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <utility>

namespace runneriq::cli {
namespace {

using scheduler::Tick;

// While GitLab fails it is asked less and less often, down to this.
constexpr Duration kLongestPoll = std::chrono::minutes{5};
constexpr int kMostDoublings = 8;

Duration poll_interval(const config::Configuration* configuration) {
  const Duration otherwise = scheduler::MonitorOptions{}.poll_interval;
  if (configuration == nullptr) return otherwise;
  const Options& options = configuration->options();
  const auto found = std::ranges::find(options, "monitor.poll_interval", &Option::key);
  if (found == options.end() || !found->show) return otherwise;
  return std::max<Duration>(parse_duration(found->show()).value_or(otherwise), std::chrono::seconds{1});
}

std::vector<LogField> summary_of(const Tick& tick, Duration took) {
  std::array<std::int64_t, 4> by_class{};
  for (const auto& job : tick.decisions.jobs) ++by_class.at(static_cast<std::size_t>(job.job_class));
  const scheduler::Split& split = tick.decisions.split;
  const auto number = [](auto value) { return static_cast<std::int64_t>(value); };
  return {{"runners", number(tick.snapshot.runners.size())},
          {"pending", number(tick.snapshot.jobs.size())},
          {"critical", by_class[0]},
          {"high", by_class[1]},
          {"medium", by_class[2]},
          {"low", by_class[3]},
          {"direct", number(split.direct)},
          {"rules", number(split.rules)},
          {"tie_break", number(split.advisor)},
          {"queued", number(split.queued)},
          {"stuck", number(tick.monitor.stuck_jobs.size())},
          {"degraded", number(tick.degraded.size())},
          {"calls", number(tick.calls.calls)},
          {"mutating", number(tick.calls.mutating)},
          {"took_ms", number(took.count())}};
}

// A log is read: what is wrong with a hundred projects for one reason fills no screen.
constexpr std::size_t kMostTold = 5;

// What the sentence is about; how old it is changes with every tick.
std::string subject_of(const std::string& sentence) {
  return sentence.substr(0, std::min(sentence.find(" are "), sentence.find(" is ")));
}

// Between two looks, however many hints there are.
constexpr Duration kShortestPause = std::chrono::seconds{1};

// What steering does to tags is told where it is done.
void leave_out_our_own(std::vector<scheduler::RunnerChange>& changes) {
  for (scheduler::RunnerChange& change : changes) {
    std::erase_if(change.tags_added, is_ours);
    std::erase_if(change.tags_removed, is_ours);
  }
  std::erase_if(changes, [](const scheduler::RunnerChange& change) {
    return change.kind == scheduler::ChangeKind::tags_changed && change.tags_added.empty() &&
           change.tags_removed.empty();
  });
}

std::string_view to_text(scheduler::SteeringStep::Kind kind) {
  constexpr std::array<std::string_view, 4> kTexts{"steering_planned", "steered", "reverted",
                                                   "steering_refused"};
  return kTexts.at(static_cast<std::size_t>(kind));
}

bool is_end(Waiter::Woken woken) {
  return woken == Waiter::Woken::by_stop || woken == Waiter::Woken::by_orphaning;
}

}  // namespace

Watch::Watch(Session& session, WatchRequest request)
    : session_(session), request_(std::move(request)), record_(session) {}

Exit Watch::run() {
  if (const auto error = open()) return tell(session_, *error, request_.look.source.kind);
  session_.log.write(LogLevel::info, "started",
                     {{"config", session_.config_absent ? "none" : session_.config_file}});
  if (leaves_records()) record_.started();
  while (true) {
    Waiter::Woken woken = look();
    if (is_end(woken)) break;
    if (woken != Waiter::Woken::by_reload) woken = wait();
    if (is_end(woken)) break;
    if (woken == Waiter::Woken::by_reload) reload();
  }
  end();
  return Exit::fine;
}

std::optional<Error> Watch::open() {
  if (request_.steer == Steer::yes) request_.look.source.writes = SourceRequest::Writes::tags;
  auto source = session_.open_source(request_.look.source);
  if (!source) return source.error();
  if (auto connected = connect(*std::move(source)); !connected) return connected.error();
  if (request_.listen.empty()) return std::nullopt;
  auto face = session_.open_face(request_.listen);
  if (!face) return face.error();
  face_ = *std::move(face);
  session_.log.write(LogLevel::info, "listening", {{"address", face_->address()}});
  return std::nullopt;
}

// What was steered over the source before goes on over this one.
Result<void> Watch::connect(std::unique_ptr<TickSource> source) {
  std::unique_ptr<scheduler::Steering> steering;
  if (request_.steer == Steer::yes) {
    auto opened = session_.open_steering(*source);
    if (!opened) return fail(std::move(opened.error()));
    steering = *std::move(opened);
  }
  steering_.reset();
  open_plays();
  source_ = std::move(source);
  steering_ = std::move(steering);
  source_->adjust_snapshots([this](scheduler::FleetSnapshot& fleet) {
    if (face_) face_->complete(fleet);
    if (steering_) steering_->put_at_rest(fleet);
  });
  return {};
}

// One look, at everything when that is due, else at what hints point to; and what follows from it.
Waiter::Woken Watch::look() {
  begun_ = session_.waiter.now();
  const bool everything = hints_.empty() || begun_ >= next_poll();
  if (everything) polled_ = begun_;
  auto ticked = everything ? source_->tick(begun_) : source_->tick_hinted(begun_, hints_);
  hints_.clear();
  const Time ended = session_.waiter.now();
  const Waiter::Woken woken = session_.waiter.sleep_until(ended);
  if (is_end(woken)) return woken;  // what a stop broke off is half a look
  if (ticked) {
    tick_done(*std::move(ticked), std::max(ended - begun_, Duration::zero()));
  } else {
    tick_failed(ticked.error());
  }
  announce(Session::Announcement::ready);
  return woken;
}

// Until the next poll, or until there are hints to follow.
Waiter::Woken Watch::wait() {
  const Waiter::Woken woken = session_.waiter.sleep_until(next_poll());
  return woken == Waiter::Woken::by_change ? gather_hints() : woken;
}

// Hints come in bursts: those of a second are one.
Waiter::Woken Watch::gather_hints() {
  Waiter::Woken woken = Waiter::Woken::by_change;
  while (woken == Waiter::Woken::by_change) {
    if (face_) {
      for (auto& [gitlab, projects] : face_->take_hints()) hints_[gitlab].merge(projects);
    }
    woken = session_.waiter.sleep_until(begun_ + kShortestPause);
  }
  return woken;
}

void Watch::tick_done(Tick tick, Duration took) {
  failures_ = 0;
  if (steering_) leave_out_our_own(tick.monitor.changes);
  session_.log.write(LogLevel::info, "tick", summary_of(tick, took));
  log_changes(tick);
  log_degraded(tick.degraded);
  act(tick, took);
  if (leaves_records()) record_.add(tick);
}

void Watch::act(const Tick& tick, Duration took) {
  std::optional<scheduler::SteeringReport> report;
  if (steering_) report = steering_->step(tick);
  if (report) log_steering(*report);
  const scheduler::SteeringReport* const done = report ? &*report : nullptr;
  play(tick, report ? report->mode : scheduler::TrustMode::advisory);
  if (session_.ticked) session_.ticked(tick, done);
  if (face_) face_->publish(tick, done, took);
  request_.print(tick, done);
}

void Watch::tick_failed(const Error& error) {
  failures_ = std::min(failures_ + 1, kMostDoublings);
  session_.log.write(LogLevel::warning, "tick_failed", {{"why", error.message}});
  act_without_tick(error);
}

void Watch::act_without_tick(const Error& error) {
  if (steering_) log_steering(steering_->step_without_tick());
  if (face_) face_->publish_failure(error, session_.waiter.now());
}

void Watch::log_steering(const scheduler::SteeringReport& report) {
  record_.trusted_as(report.mode);
  for (const scheduler::SteeringStep& step : report.steps) {
    session_.log.write(
        step.kind == scheduler::SteeringStep::Kind::refused ? LogLevel::warning : LogLevel::info,
        to_text(step.kind),
        {{"gitlab", step.runner.gitlab.value()},
         {"runner", step.runner.runner.value()},
         {"description", step.description},
         {"removed", joined(step.removed, ",")},
         {"added", joined(step.added, ",")},
         {"job", step.job ? step.job->job.value() : std::int64_t{0}},
         {"why", step.reason}});
  }
  for (const std::string& sentence : report.sentences) {
    session_.log.write(LogLevel::warning, "steering", {{"what", sentence}});
  }
}

// Without them everything else goes on.
void Watch::open_plays() {
  plays_.reset();
  if (!session_.open_plays || request_.look.source.kind != SourceRequest::Kind::gitlab) return;
  auto opened = session_.open_plays(request_.steer == Steer::yes);
  if (opened) {
    plays_ = *std::move(opened);
  } else {
    session_.log.write(LogLevel::warning, "plays_unavailable", {{"why", opened.error().message}});
  }
}

void Watch::play(const Tick& tick, scheduler::TrustMode mode) {
  if (!plays_) return;
  const scheduler::PlayReport report = plays_->step(tick.snapshot, mode);
  std::set<scheduler::JobKey> open;
  for (const scheduler::PlayStep& step : report.steps) open.insert(step.job.key);
  for (const carbon::Deferral& plan : report.deferrals) open.insert({plan.gitlab, plan.job});
  std::erase_if(played_, [&](const auto& entry) { return !open.contains(entry.first); });
  for (const scheduler::PlayStep& step : report.steps) {
    const std::pair told{step.kind, step.reason};
    const auto last = played_.find(step.job.key);
    if (last != played_.end() && last->second == told) continue;
    played_.insert_or_assign(step.job.key, told);
    const bool trouble =
        step.kind == scheduler::PlayStep::Kind::refused || step.kind == scheduler::PlayStep::Kind::unknown;
    session_.log.write(trouble ? LogLevel::warning : LogLevel::info, "job_play",
                       {{"kind", std::string(scheduler::to_text(step.kind))},
                        {"gitlab", step.job.key.gitlab.value()},
                        {"job", step.job.key.job.value()},
                        {"name", step.job.name},
                        {"start", runneriq::to_text(step.plan.start)},
                        {"why", step.reason}});
  }
  for (const std::string& sentence : report.sentences) {
    session_.log.write(LogLevel::warning, "job_plays", {{"what", sentence}});
  }
}

// Nothing of ours stays behind, as far as GitLab can be reached.
void Watch::end() {
  announce(Session::Announcement::stopping);
  if (steering_) log_steering(steering_->revert_all("the loop ends"));
  if (leaves_records()) record_.stopped();
  session_.log.write(LogLevel::info, "stopped", {});
}

void Watch::announce(Session::Announcement what) const {
  if (session_.announce) session_.announce(what);
}

void Watch::log_changes(const Tick& tick) {
  for (const scheduler::RunnerChange& change : tick.monitor.changes) {
    std::vector<LogField> fields{{"gitlab", change.runner.gitlab.value()},
                                 {"runner", change.runner.runner.value()},
                                 {"description", change.description},
                                 {"kind", std::string(scheduler::to_text(change.kind))}};
    if (change.kind == scheduler::ChangeKind::tags_changed) {
      fields.push_back({"tags_added", joined(change.tags_added, ",")});
      fields.push_back({"tags_removed", joined(change.tags_removed, ",")});
    }
    session_.log.write(LogLevel::info, "runner_change", std::move(fields));
  }
  for (const scheduler::Newcomer& runner : scheduler::newcomers(tick)) {
    session_.log.write(LogLevel::warning, "unmanaged_runner",
                       {{"gitlab", runner.runner.gitlab.value()},
                        {"runner", runner.runner.runner.value()},
                        {"description", runner.description},
                        {"what", "it has the tags of managed runners, and is not steered itself"},
                        {"remedy", runner.remedy}});
  }
}

void Watch::log_degraded(const std::vector<std::string>& degraded) {
  std::vector<std::string> subjects;
  std::size_t untold = 0;
  for (const std::string& what : degraded) {
    subjects.push_back(subject_of(what));
    const bool told = std::ranges::find(degraded_, subjects.back()) != degraded_.end();
    if (!told && ++untold <= kMostTold) session_.log.write(LogLevel::warning, "degraded", {{"what", what}});
  }
  if (untold > kMostTold) {
    const auto more = static_cast<std::int64_t>(untold - kMostTold);
    session_.log.write(LogLevel::warning, "degraded_further", {{"count", more}});
  }
  if (degraded.empty() && !degraded_.empty()) session_.log.write(LogLevel::info, "recovered", {});
  degraded_ = std::move(subjects);
}

void Watch::reload() {
  announce(Session::Announcement::reloading);
  const std::vector<config::Problem> problems = session_.reload();
  for (const config::Problem& problem : problems) {
    session_.log.write(LogLevel::warning, "configuration_refused",
                       {{"where", problem.where}, {"why", problem.message}});
  }
  if (!problems.empty()) return;
  // What people have changed meanwhile only this memory can tell from a write that never arrived.
  if (steering_) log_steering(steering_->step_without_tick());
  auto source = session_.open_source(request_.look.source);
  if (!source) {
    session_.log.write(LogLevel::warning, "configuration_refused", {{"why", source.error().message}});
    return;
  }
  if (auto connected = connect(*std::move(source)); !connected) {
    session_.log.write(LogLevel::warning, "configuration_refused", {{"why", connected.error().message}});
    return;
  }
  session_.log.write(LogLevel::info, "configuration_read",
                     {{"config", session_.config_absent ? "none" : session_.config_file}});
}

Time Watch::next_poll() const {
  const Duration poll = poll_interval(session_.configuration);
  if (failures_ <= 1) return polled_ + poll;
  return polled_ + std::max(poll, std::min<Duration>(poll * (1 << (failures_ - 1)), kLongestPoll));
}

// Of what is watched in earnest: a simulated fleet's or a document's decisions are nobody's history.
bool Watch::leaves_records() const {
  return request_.look.source.kind == SourceRequest::Kind::gitlab;
}

}  // namespace runneriq::cli
