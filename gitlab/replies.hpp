// GitLab's replies as types: tolerant of unknown fields, nulls and new words, strict about what
// they are: a body that is no JSON of the expected kind is an error (corrupt), never half a list.
// Bytes that are no UTF-8 read as U+FFFD; dates in both of GitLab's forms; ids of 64 bits.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"
#include "gitlab/job.hpp"
#include "gitlab/project.hpp"
#include "gitlab/runner.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

// Elements without a positive id are left out.
Result<std::vector<Runner>> parse_runners(std::string_view json);  // GET /runners…: no traits
Result<Runner> parse_runner(std::string_view json);                // GET /runners/:id
// `project` is what a job without one in it belongs to.
Result<std::vector<Job>> parse_jobs(std::string_view json, ProjectId project);
Result<Job> parse_job(std::string_view json, ProjectId project);  // GET /projects/:id/jobs/:job_id
Result<std::vector<Project>> parse_projects(std::string_view json);
Result<Project> parse_project(std::string_view json);
Result<std::vector<std::string>> parse_ref_patterns(
    std::string_view json);  // protected_branches, protected_tags
Result<std::vector<Member>> parse_members(std::string_view json);
Result<std::vector<MergeRequest>> parse_merge_requests(std::string_view json);
Result<std::vector<std::string>> parse_resource_groups(std::string_view json);  // their keys
// GET /projects/:id/resource_groups/:key/current_job; none = nobody holds the resource.
Result<std::optional<JobId>> parse_current_job(std::string_view json);

// GET /personal_access_tokens/self.
struct TokenFacts {
  std::string name;
  std::vector<std::string> scopes;
  bool active = true;
  std::optional<Time> expires_at;  // the start of the day (UTC) on which it ends
};
Result<TokenFacts> parse_token(std::string_view json);
Result<std::string> parse_version(std::string_view json);  // GET /version: "17.10.1-ee"

// The words of an error body for people, one line: `message` as text, object or list, `error`
// and `error_description`, GraphQL's `errors[].message`, plain text; of HTML its title. At most
// 200 bytes, printable. "" when it says nothing.
std::string error_words(std::string_view body);

// The address of rel="next" in a Link header (RFC 8288); "" when there is none.
std::string next_page(std::string_view link_header);

}  // namespace runneriq::gitlab
