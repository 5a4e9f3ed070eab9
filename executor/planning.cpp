#include "executor/planning.hpp"

#include "core/path.hpp"
#include "executor/job_environment.hpp"
#include "executor/sandbox.hpp"

#include <charconv>
#include <cstdint>
#include <system_error>

namespace runneriq::executor {
namespace {

std::string or_beside(const std::string& configured, const std::string& folder, const char* name) {
  return configured.empty() ? folder + "/" + name : configured;
}

std::string project_folder(ProjectId project) {
  return project.value() > 0 ? std::to_string(project.value()) : "unknown";
}

// Jobs of two GitLabs may run at once in projects of the same number.
std::string gitlab_folder(const std::string& digest) {
  constexpr std::size_t kDigits = 12;
  return digest.substr(0, kDigits);
}

// A job of a merge request must not be able to poison the cache that a protected branch uses:
// GitLab keeps the two apart by key only, and a job may write to its whole cache folder.
std::string cache_folder(const PlanInput& input, const std::string& private_dir) {
  if (!leaves_for_others(input.job)) return private_dir + "/cache";
  return input.roots.cache + "/" + gitlab_folder(input.gitlab_digest) + "/" +
         project_folder(input.job.project) +
         (input.job.ref_protected.value_or(false) ? "/protected" : "/open");
}

std::string builds_folder(const PlanInput& input) {
  const std::string number =
      input.builds_number ? std::to_string(*input.builds_number) : std::string(last_part(input.attempt_dir));
  return input.roots.builds + "/" + project_folder(input.job.project) + "/" + number;
}

JobHome home_of(const JobPlan& plan) {
  if (plan.driver == DriverKind::bubblewrap) return {kSandboxHome, kSandboxTmp};
  if (plan.driver == DriverKind::podman) return {"/root", "/tmp"};
  const bool own_home =
      plan.account.home.empty() || plan.account.home == "/nonexistent" || plan.account.home == "/";
  return {own_home ? plan.private_dir + "/home" : plan.account.home, plan.private_dir + "/tmp"};
}

}  // namespace

HostRoots host_roots(const ExecutorOptions& options, const std::string& state_folder) {
  return {or_beside(options.builds_dir, state_folder, "builds"),
          or_beside(options.cache_dir, state_folder, "cache"),
          or_beside(options.jobs_dir, state_folder, "jobs")};
}

GitLabUrl gitlab_of(const gitlab::JobResponse& job) {
  return GitLabUrl{std::string(gitlab::gitlab_variable(job, "CI_SERVER_URL"))};
}

bool leaves_for_others(const gitlab::JobResponse& job) {
  return job.project.value() > 0 && !gitlab_of(job).value().empty();
}

scheduler::JobKey key_of(const gitlab::JobResponse& job, const AttemptId& attempt) {
  if (job.id.value() > 0) return {gitlab_of(job), job.id};
  return {GitLabUrl{gitlab_of(job).value() + "#" + std::string(last_part(attempt.value()))}, job.id};
}

RunnerId runner_of(const gitlab::JobResponse& job) {
  const std::string_view digits = gitlab::gitlab_variable(job, "CI_RUNNER_ID");
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_id = error == std::errc{} && end == digits.data() + digits.size() && number > 0;
  return RunnerId{is_id ? number : 0};
}

JobPlan plan_job(const PlanInput& input) {
  const gitlab::JobResponse& job = input.job;
  JobPlan plan;
  plan.driver = input.driver;
  plan.attempt = AttemptId{input.attempt_dir};
  plan.key = key_of(job, plan.attempt);
  plan.history = {gitlab_of(job), job.project, job.name, job.stage};
  plan.builds_dir = builds_folder(input);
  plan.private_dir = input.roots.jobs + "/" + std::string(last_part(input.attempt_dir));
  plan.cache_dir = cache_folder(input, plan.private_dir);
  plan.account = input.account;
  plan.drop_privileges = input.drop_privileges;
  plan.environment =
      job_environment(input.environment, input.options, plan.account, home_of(plan), plan.attempt);
  plan.kill_grace = input.options.kill_grace;
  plan.energy = input.options.energy;
  plan.image = job.image;
  plan.image_entrypoint = job.image_entrypoint;
  plan.services = job.services;
  plan.service_socket = input.options.socket;
  plan.slots = input.options.slots;
  plan.runner = runner_of(job);
  plan.queued_in_gitlab = job.queued.value_or(Duration::zero());
  return plan;
}

}  // namespace runneriq::executor
