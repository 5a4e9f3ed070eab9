#include "apps/runneriq/diagnoses.hpp"

#include "core/passing_error.hpp"
#include "core/printable.hpp"
#include "platform/system_waiter.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::app {
namespace {

using diagnosis::DiagnosedJob;
using diagnosis::DiagnosisOptions;
using diagnosis::InquiryRequest;
using diagnosis::PipelineDiagnosis;
using diagnosis::Posted;
using service::DiagnosisCounts;

diagnosis::PostingTerms terms_of(const DiagnosisOptions& options, const std::string& bot) {
  return {.words = {.bot = bot, .opt_out_label = options.opt_out_label},
          .issue_labels = options.issue_labels};
}

}  // namespace

Result<std::unique_ptr<Diagnoses>> Diagnoses::start(const DiagnosesParts& parts) {
  std::unique_ptr<Diagnoses> diagnoses{new Diagnoses};
  if (auto opened = diagnoses->open(parts); !opened) return fail(std::move(opened.error()));
  diagnoses->thread_ = std::thread{[raw = diagnoses.get()] { raw->run(); }};
  return diagnoses;
}

Result<void> Diagnoses::open(const DiagnosesParts& parts) {
  const Settings& settings = *parts.advice.settings;
  options_ = settings.diagnosis;
  log_ = parts.advice.log;
  auto stop = platform::WakeUp::make();
  if (!stop) return fail(std::move(stop.error()));
  stop_.emplace(*std::move(stop));
  for (const Watched& watched : parts.fleets) {
    auto gitlab = open_diagnosis_gitlab(watched, settings, stop_->fd(), MayWrite::yes);
    if (!gitlab) return fail(std::move(gitlab.error()));
    gitlabs_.push_back(*std::move(gitlab));
  }
  if (options_.model) open_advice(parts.advice);
  return {};
}

// Without a model rules decide alone.
void Diagnoses::open_advice(AdviceParts parts) {
  parts.stop_fd = stop_->fd();
  auto advice = Advice::open(parts);
  if (advice) {
    advice_ = *std::move(advice);
  } else {
    log_->write(LogLevel::warning, "advisor_unavailable", {{"why", advice.error().message}});
  }
}

Diagnoses::~Diagnoses() {
  {
    const std::lock_guard lock{guard_};
    stopped_ = true;
  }
  changed_.notify_all();
  if (stop_) stop_->signal();
  if (thread_.joinable()) thread_.join();
}

void Diagnoses::hear(const gitlab::Webhook& hook) {
  auto request = diagnosis::request_of(hook);
  if (!request) return;
  {
    const std::lock_guard lock{guard_};
    queue_.add(*std::move(request));
  }
  changed_.notify_all();
}

DiagnosisCounts Diagnoses::counts() const {
  const std::lock_guard lock{guard_};
  return counts_;
}

std::optional<advisor::ConsultationCounts> Diagnoses::asked() const {
  if (!advice_) return std::nullopt;
  return advice_->consultation().counts();
}

void Diagnoses::count(std::int64_t DiagnosisCounts::*what) {
  const std::lock_guard lock{guard_};
  ++(counts_.*what);
}

void Diagnoses::run() {
  while (auto request = next()) work_on(*std::move(request));
}

// The next that is due; none: it is over.
std::optional<InquiryRequest> Diagnoses::next() {
  std::unique_lock lock{guard_};
  while (!stopped_) {
    if (auto request = queue_.take(platform::wall_clock())) return request;
    if (const auto due = queue_.next_due()) {
      changed_.wait_until(lock, *due);
    } else {
      changed_.wait(lock);
    }
  }
  return std::nullopt;
}

DiagnosisGitLab* Diagnoses::gitlab_of(const InquiryRequest& request) {
  const auto same = std::ranges::find(gitlabs_, request.gitlab, &DiagnosisGitLab::url);
  if (same != gitlabs_.end()) return &*same;
  log_->write(LogLevel::warning, "diagnosis_failed",
              {{"project", std::to_string(request.project.value())},
               {"pipeline", std::to_string(request.pipeline.value())},
               {"why", "its webhook is of a GitLab that is not watched: " +
                           (request.gitlab.empty() ? "it names none" : request.gitlab) +
                           "; set gitlab.url to the address that GitLab has for itself"}});
  return nullptr;
}

// One of the comments must ask for us by our name, and not be our own.
bool Diagnoses::is_wanted(DiagnosisGitLab& gitlab, const InquiryRequest& request) {
  if (request.comments.empty()) return true;
  const auto self = gitlab.discussions->own_user();
  if (!self) {
    log_->write(LogLevel::warning, "diagnosis_failed",
                {{"project", std::to_string(request.project.value())}, {"why", self.error().message}});
    return false;
  }
  return std::ranges::any_of(request.comments, [&self](const diagnosis::Asking& comment) {
    return self->id != comment.author && diagnosis::asks(comment.text, self->name);
  });
}

void Diagnoses::work_on(InquiryRequest request) {
  DiagnosisGitLab* const gitlab = gitlab_of(request);
  if (gitlab == nullptr) return;
  if (!is_wanted(*gitlab, request)) {
    const std::lock_guard lock{guard_};
    queue_.was_no_look(request);
    return;
  }
  const auto done = diagnose(*gitlab, request);
  if (done) return;
  log_->write(LogLevel::warning, "diagnosis_failed",
              {{"project", std::to_string(request.project.value())},
               {"pipeline", std::to_string(request.pipeline.value())},
               {"why", done.error().message}});
  count(&DiagnosisCounts::failed);
  if (!may_pass(done.error())) return;
  const std::lock_guard lock{guard_};
  (void)queue_.add_again(std::move(request), done.error(), platform::wall_clock());
}

Result<void> Diagnoses::diagnose(DiagnosisGitLab& gitlab, const InquiryRequest& request) {
  if (!rules_) rules_.emplace();
  diagnosis::Inquiry inquiry{{.pipelines = *gitlab.pipelines,
                              .logs = *gitlab.logs,
                              .rules = *rules_,
                              .parse_ci = parse_merged_ci,
                              .triage = advice_ ? &advice_->triage() : nullptr},
                             {.gitlab = gitlab.url,
                              .most_jobs = static_cast<std::size_t>(options_.jobs),
                              .ask_below = options_.ask_below}};
  const std::string project = std::to_string(request.project.value());
  const auto found = request.pipeline == PipelineId{}
                         ? inquiry.of_merge_request(project, request.merge_request)
                         : inquiry.of_pipeline(project, request.pipeline);
  if (!found) return fail(found.error());
  count(&DiagnosisCounts::pipelines);
  for (const DiagnosedJob& job : found->jobs) {
    log_->write(LogLevel::info, "diagnosed",
                {{"project", found->project.path},
                 {"job", std::to_string(job.job.job_id)},
                 {"class", std::string(to_text(job.diagnosis.failure_class))},
                 {"decided", decided_words(job.diagnosis)},
                 {"signature", job.diagnosis.signature}});
  }
  return post(gitlab, *found);
}

Result<void> Diagnoses::post(DiagnosisGitLab& gitlab, const PipelineDiagnosis& found) {
  if (options_.post == DiagnosisOptions::Post::notes) {
    const auto self = gitlab.discussions->own_user();
    const auto posted =
        post_note(*gitlab.discussions, found, terms_of(options_, self ? self->name : std::string{}));
    if (!posted) return fail(posted.error());
    tell(found, *posted, "note");
  }
  return post_issues(gitlab, found);
}

Result<void> Diagnoses::post_issues(DiagnosisGitLab& gitlab, const PipelineDiagnosis& found) {
  using Issues = DiagnosisOptions::Issues;
  const bool on_default = found.pipeline.ref == found.project.default_branch;
  if (options_.issues == Issues::off || !on_default || found.merge_request) return {};
  for (const DiagnosedJob& job : found.jobs) {
    if (job.allow_failure || (options_.issues == Issues::gaps && job.diagnosis.gaps.empty())) continue;
    const auto posted = post_issue(*gitlab.discussions, found, job, terms_of(options_, {}));
    if (!posted) return fail(posted.error());
    if (posted->what == Posted::What::added) count(&DiagnosisCounts::issues);
    tell(found, *posted, "issue");
  }
  return {};
}

void Diagnoses::tell(const PipelineDiagnosis& found, const Posted& posted, std::string_view what) {
  using What = Posted::What;
  if (what == "note" && posted.what == What::added) count(&DiagnosisCounts::added);
  if (posted.what == What::edited) count(&DiagnosisCounts::edited);
  if (posted.what == What::resolved) count(&DiagnosisCounts::resolved);
  const bool is_news = posted.what != What::left_out && posted.what != What::unchanged;
  log_->write(is_news ? LogLevel::info : LogLevel::debug, "diagnosis_posted",
              {{"what", std::string(what)},
               {"project", found.project.path},
               {"pipeline", std::to_string(found.pipeline.id.value())},
               {"outcome", std::string(to_text(posted.what))},
               {"why", posted.why},
               {"page", posted.page}});
}

}  // namespace runneriq::app
