#include "apps/runneriq/job_evidence.hpp"

#include "core/version.hpp"
#include "gitlab/rest/address.hpp"
#include "gitlab/rest/rest_job_logs.hpp"
#include "gitlab/rest/rest_test_reports.hpp"
#include "platform/system_waiter.hpp"

#include <utility>

namespace runneriq::app {
namespace {

using alerting::Event;
using alerting::TestEnd;

// Of one question; an alert waits no longer.
constexpr Duration kCriticalLimit = std::chrono::seconds{1};
constexpr Duration kOrdinaryLimit = std::chrono::seconds{5};
constexpr int kMostFailures = 3;
constexpr Duration kSilence = std::chrono::minutes{1};
constexpr Duration kBetweenReports = std::chrono::minutes{1};
constexpr std::size_t kMostReported = 10'000;

Settings with_limit(const Settings& settings, Duration limit) {
  Settings limited = settings;
  limited.gitlab.call_limit = limit;
  limited.gitlab.tick_limit = limit;
  return limited;
}

// What the job itself is to blame for; all else is told by its reason.
bool is_of_script(const Event& event) {
  return event.failure_reason.empty() || event.failure_reason == "script_failure" ||
         event.failure_reason == "unknown_failure";
}

std::string name_of(const gitlab::TestCase& test) {
  return test.classname.empty() ? test.name : test.classname + "." + test.name;
}

bool has_failed(const gitlab::TestCase& test) {
  return test.status == gitlab::TestStatus::failed || test.status == gitlab::TestStatus::error;
}

}  // namespace

struct JobEvidence::GitLab {
  GitLab(const Watched& watched, const Settings& settings, std::unique_ptr<platform::HttpClient> made,
         int stop_fd)
      : url(gitlab::ApiBase{watched.fleet.url}.url()),
        client(std::move(made)),
        logs(rest_settings(watched, settings, stop_fd), *client),
        reports(rest_settings(watched, settings, stop_fd), *client) {}

  std::string url;
  std::unique_ptr<platform::HttpClient> client;
  gitlab::RestJobLogs logs;
  gitlab::RestTestReports reports;
};

JobEvidence::JobEvidence() = default;
JobEvidence::~JobEvidence() = default;

Result<std::unique_ptr<JobEvidence>> JobEvidence::open(const Parts& parts) {
  std::unique_ptr<JobEvidence> evidence{new JobEvidence};
  evidence->log_ = parts.log;
  evidence->logs_ = parts.settings->alerting.read_logs;
  evidence->reports_ = parts.settings->alerting.read_reports;
  const Settings settings =
      parts.urgency == Urgency::critical ? with_limit(*parts.settings, kCriticalLimit) : *parts.settings;
  for (const Watched& watched : parts.fleets) {
    auto client = platform::HttpClient::make({.ca_file = watched.fleet.ca_file,
                                              .user_agent = "runneriq/" RUNNERIQ_VERSION,
                                              .stop_fd = parts.stop_fd});
    if (!client) return fail(std::move(client.error()));
    evidence->gitlabs_.push_back(
        std::make_unique<GitLab>(watched, settings, *std::move(client), parts.stop_fd));
  }
  return evidence;
}

JobEvidence::GitLab* JobEvidence::gitlab_of(const Event& event) {
  for (const auto& gitlab : gitlabs_) {
    if (gitlab->url == event.gitlab) return gitlab.get();
  }
  return gitlabs_.size() == 1 && event.gitlab.empty() ? gitlabs_.front().get() : nullptr;
}

void JobEvidence::add_log(Event& event) {
  const bool wanted = logs_ && event.kind == alerting::EventKind::job && event.project_id > 0 &&
                      event.job_id > 0 && event.log_excerpt.empty() && is_of_script(event);
  GitLab* const gitlab = wanted && !is_silent(platform::wall_clock()) ? gitlab_of(event) : nullptr;
  if (gitlab == nullptr) return;
  auto tail = gitlab->logs.tail(ProjectId{event.project_id}, JobId{event.job_id}, alerting::kLongestExcerpt);
  note("log", tail ? nullptr : &tail.error());
  if (tail) event.log_excerpt = *std::move(tail);
}

std::vector<TestEnd> JobEvidence::tests_of(const Event& event, Time now) {
  const bool wanted = reports_ && event.kind == alerting::EventKind::job && event.project_id > 0 &&
                      event.pipeline_id > 0 && !is_silent(now) && is_due(event, now);
  GitLab* const gitlab = wanted ? gitlab_of(event) : nullptr;
  if (gitlab == nullptr) return {};
  const auto report = gitlab->reports.of_pipeline(ProjectId{event.project_id}, PipelineId{event.pipeline_id});
  note("test report", report ? nullptr : &report.error());
  if (!report) return {};
  std::vector<TestEnd> ends;
  std::size_t failing = 0;
  for (const gitlab::TestCase& test : report->cases) {
    if (test.suite != event.name || test.status == gitlab::TestStatus::skipped) continue;
    ends.push_back({name_of(test), has_failed(test)});
    if (has_failed(test) && ++failing > kMostFailing) return {};
  }
  return ends;
}

// Reports matter only where something failed.
bool JobEvidence::is_due(const Event& event, Time now) {
  const auto key = std::pair{event.gitlab, event.pipeline_id};
  const auto last = reported_.find(key);
  const bool failed = alerting::outcome_of(event) == alerting::Outcome::failed;
  if (last == reported_.end() ? !failed : now - last->second < kBetweenReports) return false;
  if (reported_.size() > kMostReported) reported_.clear();
  reported_[key] = now;
  return true;
}

// A job that is gone is no trouble of GitLab's.
void JobEvidence::note(const std::string& what, const Error* error) {
  if (error == nullptr || error->code == Errc::not_found) {
    failures_ = 0;
    return;
  }
  if (++failures_ >= kMostFailures) silent_until_ = platform::wall_clock() + kSilence;
  const std::string kind = what + std::to_string(static_cast<int>(error->code));
  if (std::exchange(complaint_, kind) == kind) return;
  log_->write(LogLevel::warning, "evidence_unavailable", {{"of", what}, {"why", error->message}});
}

}  // namespace runneriq::app
