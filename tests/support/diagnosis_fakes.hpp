// Ports of diagnosis for tests: a GitLab whose pipelines, logs, notes and issues are what a test says, and a
// model that answers as it is told. All remember what they were asked.
#pragma once

#include "diagnosis/inquiry.hpp"
#include "diagnosis/triage.hpp"
#include "gitlab/discussions.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::diagnosis {

class ScriptedPipelines final : public gitlab::Pipelines {
 public:
  ScriptedPipelines() {
    page = {.id = ProjectId{7},
            .path = "acme/shop",
            .default_branch = "main",
            .page = "https://gitlab.example/acme/shop"};
  }

  Result<gitlab::ProjectPage> project(std::string_view id_or_path) override {
    if (id_or_path != "7" && id_or_path != page.path) return fail(Errc::not_found, "no such project");
    return page;
  }
  Result<gitlab::Pipeline> pipeline(ProjectId, PipelineId id) override {
    const auto found = std::ranges::find(pipelines, id, &gitlab::Pipeline::id);
    if (found == pipelines.end()) return fail(Errc::not_found, "no such pipeline");
    return *found;
  }
  Result<std::vector<gitlab::PipelineJob>> jobs(ProjectId, PipelineId id) override {
    if (no_jobs) return fail(*no_jobs);
    std::vector<gitlab::PipelineJob> found;
    std::ranges::copy_if(all_jobs, std::back_inserter(found),
                         [id](const gitlab::PipelineJob& one) { return one.pipeline == id; });
    return found;
  }
  Result<gitlab::PipelineJob> job(ProjectId, JobId id) override {
    const auto found = std::ranges::find(all_jobs, id, &gitlab::PipelineJob::id);
    if (found == all_jobs.end()) return fail(Errc::not_found, "no such job");
    return *found;
  }
  Result<std::optional<gitlab::Pipeline>> last_green(ProjectId, std::string_view ref,
                                                     PipelineId before) override {
    if (no_green) return fail(*no_green);
    std::optional<gitlab::Pipeline> newest;
    for (const gitlab::Pipeline& one : pipelines) {
      if (one.ref == ref && one.status == "success" && one.id < before) newest = one;
    }
    return newest;
  }
  Result<gitlab::Comparison> compare(ProjectId, std::string_view from, std::string_view to) override {
    compared.emplace_back(from, to);
    return comparison;
  }
  Result<gitlab::MergeRequestPage> merge_request(ProjectId, MergeRequestIid iid) override {
    if (!merge_requests || (*merge_requests)->iid != iid)
      return fail(Errc::not_found, "no such merge request");
    return **merge_requests;
  }
  Result<std::optional<gitlab::MergeRequestPage>> merge_request_of(ProjectId,
                                                                   const gitlab::Pipeline&) override {
    return merge_requests;
  }
  Result<std::vector<std::string>> masked_values(ProjectId) override { return masked; }
  Result<gitlab::CiCheck> ci_check(ProjectId, std::string_view sha) override {
    checked.emplace_back(sha);
    return check;
  }

  gitlab::ProjectPage page;
  std::vector<gitlab::Pipeline> pipelines;  // oldest first
  std::vector<gitlab::PipelineJob> all_jobs;
  Result<gitlab::Comparison> comparison = gitlab::Comparison{};
  Result<std::optional<gitlab::MergeRequestPage>> merge_requests = std::optional<gitlab::MergeRequestPage>{};
  Result<std::vector<std::string>> masked = std::vector<std::string>{};
  Result<gitlab::CiCheck> check = gitlab::CiCheck{};
  std::optional<Error> no_jobs, no_green;
  std::vector<std::pair<std::string, std::string>> compared;
  std::vector<std::string> checked;
};

class MemoryLogs final : public gitlab::JobLogs {
 public:
  Result<std::string> tail(ProjectId, JobId job, std::size_t bytes) override {
    const std::string& all = logs[job.value()];
    return all.substr(all.size() - std::min(all.size(), bytes));
  }
  // In pieces that end anywhere.
  Result<gitlab::LogExtent> read(ProjectId, JobId job, std::size_t most_bytes,
                                 const std::function<void(std::string_view)>& take) override {
    reads.push_back(job.value());
    const auto refused = errors.find(job.value());
    if (refused != errors.end()) return fail(refused->second);
    const std::string_view all = logs[job.value()];
    const std::string_view given = all.substr(0, std::min(most_bytes, all.size()));
    for (std::size_t at = 0; at < given.size(); at += 7) take(given.substr(at, 7));
    return gitlab::LogExtent{.bytes = given.size(), .whole = given.size() == all.size()};
  }

  std::map<std::int64_t, std::string> logs;
  std::map<std::int64_t, Error> errors;
  std::vector<std::int64_t> reads;
};

class MemoryDiscussions final : public gitlab::Discussions {
 public:
  Result<gitlab::OwnUser> own_user() override { return gitlab::OwnUser{UserId{99}, "runneriq"}; }
  Result<std::vector<gitlab::Note>> own_notes(ProjectId, MergeRequestIid, std::string_view marker) override {
    if (outage) return fail(*outage);
    std::vector<gitlab::Note> found;
    for (const gitlab::Note& note : notes) {
      if (note.body.find(marker) != std::string::npos) found.push_back(note);
    }
    return found;
  }
  Result<gitlab::Note> add_note(ProjectId, MergeRequestIid, const std::string& body) override {
    if (write_outage) return fail(*write_outage);
    ++writes;
    return notes.emplace_back(
        gitlab::Note{.id = static_cast<std::int64_t>(notes.size()) + 1, .author = UserId{99}, .body = body});
  }
  Result<gitlab::Note> edit_note(ProjectId, MergeRequestIid, std::int64_t note,
                                 const std::string& body) override {
    if (write_outage) return fail(*write_outage);
    ++writes;
    gitlab::Note& kept = *std::ranges::find(notes, note, &gitlab::Note::id);
    kept.body = body;
    return kept;
  }
  Result<std::optional<gitlab::IssuePage>> own_issue(ProjectId, std::string_view marker) override {
    if (outage) return fail(*outage);
    for (const gitlab::IssuePage& issue : issues) {
      if (issue.description.find(marker) != std::string::npos) return std::optional{issue};
    }
    return std::optional<gitlab::IssuePage>{};
  }
  Result<gitlab::IssuePage> create_issue(ProjectId, const std::string& title, const std::string& description,
                                         std::span<const std::string> labels) override {
    if (write_outage) return fail(*write_outage);
    ++writes;
    last_labels.assign(labels.begin(), labels.end());
    const auto iid = static_cast<std::int64_t>(issues.size()) + 1;
    return issues.emplace_back(
        gitlab::IssuePage{.iid = iid,
                          .state = "opened",
                          .title = title,
                          .description = description,
                          .page = "https://gitlab.example/acme/shop/-/issues/" + std::to_string(iid)});
  }

  std::vector<gitlab::Note> notes;  // oldest first
  std::vector<gitlab::IssuePage> issues;
  std::vector<std::string> last_labels;
  std::optional<Error> outage, write_outage;
  int writes = 0;
};

class ScriptedTriage final : public Triage {
 public:
  Result<TriageAnswer> ask(const TriageQuestion& question) override {
    questions.push_back(question);
    return answer;
  }
  Result<TriageAnswer> answer = TriageAnswer{.failure_class = FailureClass::infrastructure,
                                             .confidence = 0.8,
                                             .lines = {},
                                             .reason = "the service did not come up",
                                             .model = "claude-haiku-5-5",
                                             .tokens = 960};
  std::vector<TriageQuestion> questions;
};

// A log whose failure the rules are sure of: line 3 is what a compiler says.
inline const char* const kCompilerLog =
    "$ make\n"
    "g++ -c src/cart.cpp\n"
    "src/cart.cpp:41:7: error: 'total' was not declared in this scope\n"
    "   41 |       total += 1;\n"
    "      |       ^~~~~\n"
    "make: *** [Makefile:7: cart.o] Error 1\n"
    "ERROR: Job failed: exit code 2\n";
// One of which they are not.
inline const char* const kUnclearLog =
    "$ ./deploy\n"
    "working on it\n"
    "it went wrong somehow\n"
    "ERROR: Job failed: exit code 3\n";

}  // namespace runneriq::diagnosis
