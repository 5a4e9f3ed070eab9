#include "diagnosis/inquiry.hpp"

#include "core/passing_error.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace runneriq::diagnosis {
namespace {

using gitlab::PipelineJob;

constexpr std::size_t kMostErrors = 5;  // of GitLab's lint, that are told

bool has_failed(const PipelineJob& job) {
  return job.status == "failed" && !job.retried;
}

std::vector<PipelineJob> failed_of(const std::vector<PipelineJob>& jobs) {
  std::vector<PipelineJob> failed;
  std::ranges::copy_if(jobs, std::back_inserter(failed), has_failed);
  std::ranges::stable_sort(failed, {}, [](const PipelineJob& job) { return job.allow_failure; });
  return failed;
}

// Of merged results and merge trains: its commit holds the target branch, too.
bool is_of_made_commit(const gitlab::Pipeline& pipeline) {
  const std::string_view ref = pipeline.ref;
  return ref.starts_with("refs/merge-requests/") && !ref.ends_with("/head");
}

std::string cannot(std::string_view what, const Error& error) {
  return std::string(what) + " cannot be read: " + printable(error.message);
}

}  // namespace

// What is known of one pipeline while it is looked at.
struct Inquiry::Case {
  PipelineDiagnosis found;
  std::vector<PipelineJob> jobs;
  std::optional<gitlab::Pipeline> green;
  std::optional<std::vector<PipelineJob>> green_jobs;
  std::map<std::string, LogHistory, std::less<>> histories;  // by name of the job
  std::vector<ChangedFile> changes;
  std::optional<KnownSecrets> secrets;
  std::optional<gitlab::CiCheck> check;

  [[nodiscard]] ProjectId project() const { return found.project.id; }
};

Result<PipelineDiagnosis> Inquiry::of_pipeline(std::string_view project, PipelineId pipeline) {
  auto page = ports_.pipelines.project(project);
  if (!page) return fail(std::move(page.error()));
  auto facts = ports_.pipelines.pipeline(page->id, pipeline);
  if (!facts) return fail(std::move(facts.error()));
  auto one = begin(*page, *std::move(facts));
  if (!one) return fail(std::move(one.error()));
  diagnose_jobs(*one, failed_of(one->jobs));
  return std::move(one->found);
}

Result<PipelineDiagnosis> Inquiry::of_job(std::string_view project, JobId job) {
  auto page = ports_.pipelines.project(project);
  if (!page) return fail(std::move(page.error()));
  const auto facts = ports_.pipelines.job(page->id, job);
  if (!facts) return fail(facts.error());
  auto pipeline = ports_.pipelines.pipeline(page->id, facts->pipeline);
  if (!pipeline) return fail(std::move(pipeline.error()));
  auto one = begin(*page, *std::move(pipeline));
  if (!one) return fail(std::move(one.error()));
  if (facts->status == "failed") diagnose_jobs(*one, {*facts});
  return std::move(one->found);
}

Result<PipelineDiagnosis> Inquiry::of_merge_request(std::string_view project, MergeRequestIid iid) {
  auto page = ports_.pipelines.project(project);
  if (!page) return fail(std::move(page.error()));
  const auto merge_request = ports_.pipelines.merge_request(page->id, iid);
  if (!merge_request) return fail(merge_request.error());
  if (merge_request->head_pipeline == PipelineId{})
    return fail(Errc::not_found, "merge request !" + std::to_string(iid.value()) + " has no pipeline yet");
  return of_pipeline(project, merge_request->head_pipeline);
}

Result<Inquiry::Case> Inquiry::begin(const gitlab::ProjectPage& project, gitlab::Pipeline pipeline) {
  Case one;
  one.found.project = project;
  one.found.pipeline = std::move(pipeline);
  auto jobs = ports_.pipelines.jobs(project.id, one.found.pipeline.id);
  if (!jobs) return fail(std::move(jobs.error()));
  one.jobs = *std::move(jobs);
  auto merge_request = ports_.pipelines.merge_request_of(project.id, one.found.pipeline);
  if (!merge_request && may_pass(merge_request.error())) return fail(std::move(merge_request.error()));
  if (!merge_request) {
    one.found.troubles.push_back(cannot("its merge request", merge_request.error()));
  } else {
    one.found.merge_request = *std::move(merge_request);
  }
  return one;
}

void Inquiry::read_surroundings(Case& one) {
  const gitlab::Pipeline& pipeline = one.found.pipeline;
  read_secrets(one);
  auto green = ports_.pipelines.last_green(one.project(), pipeline.ref, pipeline.id);
  if (green) {
    one.green = *std::move(green);
  } else {
    one.found.troubles.push_back(cannot("the last pipeline that passed", green.error()));
  }
  read_changes(one);
}

// Since the last pipeline of the ref that passed; of a merge request without one, since its target branch.
void Inquiry::read_changes(Case& one) {
  const auto& merge_request = one.found.merge_request;
  std::string from = one.green ? one.green->sha : "";
  if (from.empty() && merge_request) from = merge_request->target_branch;
  const std::string to = is_of_made_commit(one.found.pipeline) && merge_request && !merge_request->sha.empty()
                             ? merge_request->sha
                             : one.found.pipeline.sha;
  if (from.empty() || to.empty() || from == to) return;
  const auto compared = ports_.pipelines.compare(one.project(), from, to);
  if (!compared) {
    one.found.troubles.push_back(cannot("what changed since " + printable(from, 12), compared.error()));
    return;
  }
  one.found.compared_from = from;
  for (const gitlab::FileDiff& file : compared->files) {
    ChangedFile& changed = one.changes.emplace_back(changed_file(file.new_path, file.old_path, file.hunks));
    if (compared->commits.size() == 1) changed.commit = compared->commits.front();
  }
}

// Whose values could be seen, but were not, must not be shown to anybody.
void Inquiry::read_secrets(Case& one) {
  const auto values = ports_.pipelines.masked_values(one.project());
  if (values) {
    one.secrets.emplace(*values);
    return;
  }
  const std::string trouble = cannot("its masked variables", values.error());
  one.found.troubles.push_back(trouble + "; only what looks like a secret is taken out");
  if (values.error().code != Errc::permission) one.found.not_to_be_posted = trouble;
}

void Inquiry::diagnose_jobs(Case& one, const std::vector<PipelineJob>& failed) {
  if (failed.empty()) return;
  read_surroundings(one);
  for (const PipelineJob& job : failed) {
    if (one.found.jobs.size() == terms_.most_jobs) {
      one.found.not_read = failed.size() - terms_.most_jobs;
      return;
    }
    one.found.jobs.push_back(diagnosed(one, job));
  }
}

DiagnosedJob Inquiry::diagnosed(Case& one, const PipelineJob& job) {
  DiagnosedJob made;
  made.job = {.gitlab = terms_.gitlab,
              .project = one.found.project.path,
              .project_id = one.project().value(),
              .job_id = job.id.value(),
              .pipeline_id = job.pipeline.value(),
              .name = job.name,
              .stage = job.stage,
              .ref = job.ref,
              .failure_reason = job.failure_reason,
              .page = job.page};
  made.allow_failure = job.allow_failure;
  made.attempts = static_cast<int>(std::ranges::count(one.jobs, job.name, &PipelineJob::name));
  auto log = read(one.project(), job.id, terms_.most_log);
  if (!log) made.trouble = cannot("its log", log.error());
  const RedactionTerms redaction{.known = one.secrets ? &*one.secrets : nullptr, .personal = terms_.personal};
  const ReadLog nothing;
  const ReadLog& read_log = log ? *log : nothing;
  const DiagnosisInputs inputs{.job = made.job,
                               .history = log ? history_of(one, job) : nullptr,
                               .changes = one.changes,
                               .triage = one.found.not_to_be_posted.empty() ? ports_.triage : nullptr,
                               .ask_below = terms_.ask_below,
                               .redaction = redaction,
                               .on_question = terms_.on_question};
  made.diagnosis = diagnose(read_log, inputs);
  add_gaps(one, made);
  for (std::string* const text : {&made.job.name, &made.job.stage, &made.job.ref}) {
    *text = redaction_of(*text, redaction).text;
  }
  return made;
}

Result<ReadLog> Inquiry::read(ProjectId project, JobId job, std::size_t most) const {
  LogReader reader{ports_.rules};
  auto done = ports_.logs.read(project, job, most, [&reader](std::string_view bytes) { reader.feed(bytes); });
  if (!done) return fail(std::move(done.error()));
  ReadLog log = std::move(reader).finish();
  log.whole = log.whole && done->whole;
  return log;
}

// Of the job of the same name in the last pipeline that passed.
const LogHistory* Inquiry::history_of(Case& one, const PipelineJob& job) {
  if (!one.green) return nullptr;
  if (const auto known = one.histories.find(job.name); known != one.histories.end()) return &known->second;
  if (!one.green_jobs) {
    auto jobs = ports_.pipelines.jobs(one.project(), one.green->id);
    one.green_jobs = jobs ? *std::move(jobs) : std::vector<PipelineJob>{};
  }
  const auto same = std::ranges::find_if(*one.green_jobs, [&job](const PipelineJob& green) {
    return green.name == job.name && green.status == "success";
  });
  if (same == one.green_jobs->end()) return nullptr;
  const auto log = read(one.project(), same->id, terms_.most_green);
  if (!log) return nullptr;
  LogHistory& history = one.histories[job.name];
  history.green.add(*log);
  return &history;
}

// The configuration is asked for once, and only where it can help.
void Inquiry::add_gaps(Case& one, DiagnosedJob& job) {
  // Never of a model's: what it says must lead to nothing.
  const FailureClass failure_class = job.diagnosis.class_by_rules;
  const bool is_about_configuration = failure_class == FailureClass::configuration;
  const bool may_have_gaps = !gaps_of(failure_class, {.image = "latest"}).empty();
  if (!is_about_configuration && !may_have_gaps) return;
  if (!one.check) {
    auto check = ports_.pipelines.ci_check(one.project(), one.found.pipeline.sha);
    if (!check) one.found.troubles.push_back(cannot("its CI configuration", check.error()));
    one.check = check ? *std::move(check) : gitlab::CiCheck{};
  }
  if (is_about_configuration) {
    for (const std::string& error :
         std::span{one.check->errors}.first(std::min(one.check->errors.size(), kMostErrors))) {
      job.diagnosis.gaps.push_back("GitLab finds the configuration wrong: " + printable(error));
    }
  }
  if (!ports_.parse_ci || one.check->merged_yaml.empty()) return;
  const auto config = ports_.parse_ci(one.check->merged_yaml);
  const auto settings = config ? settings_of(*config, job.job.name) : std::nullopt;
  if (settings) std::ranges::move(gaps_of(failure_class, *settings), std::back_inserter(job.diagnosis.gaps));
}

}  // namespace runneriq::diagnosis
