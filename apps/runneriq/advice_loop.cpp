#include "apps/runneriq/advice_loop.hpp"

#include "core/json_text.hpp"
#include "core/lines.hpp"
#include "platform/system_waiter.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace runneriq::app {
namespace {

using scheduler::StuckJob;

constexpr std::int64_t kLong = 3;  // times the p90
constexpr std::size_t kMostAsked = 10'000, kMostWaiting = 20;

std::string_view to_text(advisor::Expectation expectation) {
  switch (expectation) {
    case advisor::Expectation::expected:
      return "expected";
    case advisor::Expectation::unexpected:
      return "unexpected";
    case advisor::Expectation::unsure:
      break;
  }
  return "unsure";
}

bool runs_long(const StuckJob& job) {
  return job.usual > Duration::zero() && job.running / kLong >= job.usual;
}

std::string document_of(const StuckJob& job, const advisor::DurationOpinion& opinion) {
  const nlohmann::json document{{"job", job.key.job.value()},
                                {"gitlab", job.key.gitlab.value()},
                                {"name", job.name},
                                {"model", opinion.model},
                                {"model_says", to_text(opinion.expectation)},
                                {"model_reason", opinion.reason},
                                {"running_seconds", job.running / std::chrono::seconds{1}},
                                {"usual_seconds", job.usual / std::chrono::seconds{1}}};
  return ascii_json_line(document);
}

}  // namespace

AdviceLoop::AdviceLoop() : tie_breaks_(platform::wall_clock) {}

Result<std::unique_ptr<AdviceLoop>> AdviceLoop::start(AdviceLoopParts parts) {
  std::unique_ptr<AdviceLoop> loop{new AdviceLoop};
  if (auto opened = loop->open(std::move(parts)); !opened) return fail(std::move(opened.error()));
  if (!loop->advice_) return std::unique_ptr<AdviceLoop>{};
  loop->thread_ = std::thread{[raw = loop.get()] { raw->run(); }};
  return loop;
}

Result<void> AdviceLoop::open(AdviceLoopParts parts) {
  log_ = parts.advice.log;
  auto stop = platform::WakeUp::make();
  if (!stop) return fail(std::move(stop.error()));
  stop_.emplace(*std::move(stop));
  parts.advice.stop_fd = stop_->fd();
  auto advice = Advice::open(parts.advice);
  if (!advice) return fail(std::move(advice.error()));
  advice_ = *std::move(advice);
  for (const Watched& watched : parts.fleets) {
    auto gitlab = open_diagnosis_gitlab(watched, *parts.advice.settings, stop_->fd(), MayWrite::no);
    if (!gitlab) return fail(std::move(gitlab.error()));
    gitlabs_.push_back(*std::move(gitlab));
  }
  return {};
}

AdviceLoop::~AdviceLoop() {
  {
    const std::lock_guard lock{guard_};
    stopped_ = true;
  }
  changed_.notify_all();
  if (stop_) stop_->signal();
  if (thread_.joinable()) thread_.join();
}

std::vector<scheduler::AuditEntry> AdviceLoop::hear(const scheduler::Tick& tick) {
  if (asked_.size() > kMostAsked) asked_.clear();
  std::vector<scheduler::AuditEntry> opinions;
  {
    const std::lock_guard lock{guard_};
    for (const StuckJob& job : tick.monitor.stuck_jobs) {
      if (!runs_long(job) || long_runs_.size() == kMostWaiting || !asked_.insert(job.key).second) continue;
      long_runs_.push_back(job);
    }
    opinions.swap(opinions_);
    woken_ = true;
  }
  changed_.notify_all();
  return opinions;
}

void AdviceLoop::run() {
  while (wait()) {
    while (!is_stopped() && tie_breaks_.answer_next(advice_->consultation())) {
    }
    if (const auto job = next_long_run()) ask_about(*job);
  }
}

// Until there may be something to ask; false: it is over.
bool AdviceLoop::wait() {
  std::unique_lock lock{guard_};
  changed_.wait(lock, [this] { return stopped_ || woken_ || !long_runs_.empty(); });
  woken_ = false;
  return !stopped_;
}

bool AdviceLoop::is_stopped() {
  const std::lock_guard lock{guard_};
  return stopped_;
}

std::optional<StuckJob> AdviceLoop::next_long_run() {
  const std::lock_guard lock{guard_};
  if (stopped_ || long_runs_.empty()) return std::nullopt;
  StuckJob job = std::move(long_runs_.front());
  long_runs_.pop_front();
  return job;
}

void AdviceLoop::ask_about(const StuckJob& job) {
  const auto opinion = advisor::opinion_of(advice_->consultation(), case_of(job));
  if (!opinion) return;  // the consultation has told why
  keep(job, *opinion);
}

advisor::DurationCase AdviceLoop::case_of(const StuckJob& job) {
  advisor::DurationCase duration;
  duration.project = job.key.gitlab.value() + "/" + std::to_string(job.project.value());
  duration.job_name = job.name;
  duration.stage = job.stage;
  duration.running = job.running;
  duration.usual = job.usual;
  add_changes(duration, job);
  return duration;
}

// Since the last pipeline of the ref that passed; without GitLab's answer the question goes without them.
void AdviceLoop::add_changes(advisor::DurationCase& duration, const StuckJob& job) {
  const auto gitlab = std::ranges::find(gitlabs_, job.key.gitlab.value(), &DiagnosisGitLab::url);
  if (gitlab == gitlabs_.end()) return;
  const auto pipeline = gitlab->pipelines->pipeline(job.project, job.pipeline);
  if (!pipeline) return;
  const auto green = gitlab->pipelines->last_green(job.project, pipeline->ref, job.pipeline);
  if (!green || !*green) return;
  const auto changes = gitlab->pipelines->compare(job.project, (*green)->sha, pipeline->sha);
  if (!changes) return;
  for (const gitlab::FileDiff& file : changes->files) {
    duration.changed_files.push_back(file.new_path.empty() ? file.old_path : file.new_path);
    for (const std::string_view line : lines_of(file.hunks)) {
      if (line.starts_with('+')) ++duration.added;
      if (line.starts_with('-')) ++duration.removed;
    }
  }
}

void AdviceLoop::keep(const StuckJob& job, const advisor::DurationOpinion& opinion) {
  log_->write(LogLevel::info, "long_run_opinion",
              {{"job", job.key.job.value()},
               {"model", opinion.model},
               {"model_says", std::string(to_text(opinion.expectation))},
               {"model_reason", opinion.reason}});
  const std::lock_guard lock{guard_};
  opinions_.push_back({.at = platform::wall_clock(),
                       .actor = "model:" + opinion.model,
                       .trust = "advisory",
                       .event = "long_run_opinion",
                       .document = document_of(job, opinion)});
}

}  // namespace runneriq::app
