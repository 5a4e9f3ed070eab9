#include "cli/watch.hpp"

#include "core/joined.hpp"
#include "scheduler/monitor.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
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
          {"advisor", number(split.advisor)},
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

bool is_end(Waiter::Woken woken) {
  return woken == Waiter::Woken::by_stop || woken == Waiter::Woken::by_orphaning;
}

}  // namespace

Watch::Watch(Session& session, WatchRequest request)
    : session_(session), request_(std::move(request)), record_(session) {}

Exit Watch::run() {
  auto source = session_.open_source(request_.look.source);
  if (!source) return tell(session_, source.error(), request_.look.source.kind);
  source_ = *std::move(source);
  session_.log.write(LogLevel::info, "started", {{"config", session_.config_file}});
  if (leaves_records()) record_.started();
  while (true) {
    const Time begun = session_.waiter.now();
    const auto ticked = source_->tick(begun);
    const Time ended = session_.waiter.now();
    Waiter::Woken woken = session_.waiter.sleep_until(ended);
    if (is_end(woken)) break;  // what a stop broke off is half a look
    if (ticked) {
      tick_done(*ticked, std::max(ended - begun, Duration::zero()));
    } else {
      tick_failed(ticked.error());
    }
    if (woken != Waiter::Woken::by_reload) woken = session_.waiter.sleep_until(next_poll(begun));
    if (is_end(woken)) break;
    if (woken == Waiter::Woken::by_reload) reload();
  }
  if (leaves_records()) record_.stopped();
  session_.log.write(LogLevel::info, "stopped", {});
  return Exit::fine;
}

void Watch::tick_done(const Tick& tick, Duration took) {
  failures_ = 0;
  session_.log.write(LogLevel::info, "tick", summary_of(tick, took));
  log_changes(tick);
  log_degraded(tick.degraded);
  if (leaves_records()) record_.add(tick);
  request_.print(tick);
}

void Watch::tick_failed(const Error& error) {
  failures_ = std::min(failures_ + 1, kMostDoublings);
  session_.log.write(LogLevel::warning, "tick_failed", {{"why", error.message}});
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
  const std::vector<config::Problem> problems = session_.reload();
  for (const config::Problem& problem : problems) {
    session_.log.write(LogLevel::warning, "configuration_refused",
                       {{"where", problem.where}, {"why", problem.message}});
  }
  if (!problems.empty()) return;
  auto source = session_.open_source(request_.look.source);
  if (!source) {
    session_.log.write(LogLevel::warning, "configuration_refused", {{"why", source.error().message}});
    return;
  }
  source_ = *std::move(source);
  session_.log.write(LogLevel::info, "configuration_read", {{"config", session_.config_file}});
}

Time Watch::next_poll(Time begun) const {
  const Duration poll = poll_interval(session_.configuration);
  if (failures_ <= 1) return begun + poll;
  return begun + std::max(poll, std::min<Duration>(poll * (1 << (failures_ - 1)), kLongestPoll));
}

// Of what is watched in earnest: a simulated fleet's or a document's decisions are nobody's history.
bool Watch::leaves_records() const {
  return request_.look.source.kind == SourceRequest::Kind::gitlab;
}

}  // namespace runneriq::cli
