#include "diagnosis/rule_families.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kRules = std::to_array<Rule>({
    {.id = "runner-system-failure",
     .pattern =
         R"(ERROR: (Job|Preparation) failed( \(system failure\))?: (prepare|Error cleaning|adding|couldn't|Cannot|error dialing|aborted|the runner|pods?|error during|exec|failed to (start|create)|unable)|ERROR: Job failed \(system failure\))",
     .failure_class = FailureClass::runner_system,
     .precedence = 87,
     .confidence = 0.9,
     .weight = 0.92,
     .why = "the runner itself failed",
     .suggestion = "Retry the job; if it stays, look at the runner's own log.",
     .examples =
         {"ERROR: Job failed (system failure): prepare environment: exit status 1. Check "
          "https://docs.gitlab.com/runner/shells/index.html#shell-profile-loading for more information"},
     .counterexamples = {"ERROR: Job failed: exit code 1"}},
    {.id = "runner-preparation",
     .pattern = R"(ERROR: Preparation failed: |Will be retried in \d+s \.\.\.)",
     .failure_class = FailureClass::runner_system,
     .precedence = 80,
     .confidence = 0.8,
     .weight = 0.85,
     .why = "the runner cannot prepare the job",
     .suggestion = "Look at the executor's configuration and the runner's own log.",
     .examples = {"ERROR: Preparation failed: Cannot connect to the Docker daemon"}},
    {.id = "runner-shell-profile",
     .pattern = "prepare environment: exit status",
     .failure_class = FailureClass::runner_system,
     .precedence = 88,
     .confidence = 0.92,
     .weight = 0.92,
     .why = "the shell's profile of the runner's user fails",
     .suggestion =
         "Take out of .bash_logout and .profile of the runner's user what fails without a terminal.",
     .examples = {"ERROR: Job failed: prepare environment: exit status 1. Check "
                  "https://docs.gitlab.com/runner/shells/index.html#shell-profile-loading for more "
                  "information"},
     // The runner puts that address behind whatever kept it from preparing the job.
     .counterexamples = {"ERROR: Job failed: prepare environment: waiting for pod running: pulling image "
                         "\"cart:9\": image pull failed. Check "
                         "https://docs.gitlab.com/runner/shells/index.html#shell-profile-loading for more "
                         "information"}},
    {.id = "runner-interrupted",
     .pattern =
         R"((aborted: terminated|Job failed \(system failure\): aborted|runner (process )?(was )?(interrupted|shut ?down|terminated)|The runner has received a shutdown signal|lost communication with the server|spot instance (interruption|termination)|node .*(preempt|shutting down)|Pod was (terminated|preempted)|PodPreempt|The hosted runner))",
     .failure_class = FailureClass::runner_system,
     .precedence = 90,
     .confidence = 0.93,
     .weight = 0.92,
     .why = "the runner was stopped while the job ran",
     .suggestion = "Retry the job.",
     .examples = {"ERROR: Job failed (system failure): aborted: terminated"}},
    {.id = "runner-artifact-transfer",
     .pattern =
         R"((ERROR|WARNING): (Downloading|Uploading) artifacts .*(FATAL|error|50\d |forbidden|denied|timeout|invalid)|FATAL: (invalid argument|permission denied|unexpected EOF)|WARNING: Retrying\.\.\. +context=artifacts|(couldn't execute (GET|POST|PUT)) against https?://\S+/api/v4/jobs)",
     .failure_class = FailureClass::runner_system,
     .precedence = 66,
     .confidence = 0.75,
     .weight = 0.8,
     .why = "artifacts cannot be moved",
     .suggestion = "Retry the job; look at the object storage and the size limits of GitLab if it stays.",
     .examples =
         {R"(ERROR: Uploading artifacts as "archive" to coordinator... error couldn't execute POST)"}},
    {.id = "artifacts-gone",
     .pattern = R"(Downloading artifacts .* not found|^FATAL: not found *$)",
     .failure_class = FailureClass::configuration,
     .precedence = 66,
     .confidence = 0.85,
     .weight = 0.9,
     .why = "the artifacts of an earlier job are gone",
     .suggestion =
         "Run the earlier job again: its artifacts expired or were erased; raise its artifacts:expire_in.",
     .examples =
         {"ERROR: Downloading artifacts from coordinator... not found  id=41 responseStatus=404 Not Found"},
     .counterexamples = {"FATAL: file does not exist"}},
    {.id = "job-canceled",
     .pattern = "ERROR: Job failed: canceled",
     .failure_class = FailureClass::runner_system,
     .precedence = 70,
     .confidence = 0.6,
     .weight = 0.9,
     .why = "the job was cancelled while it ran",
     .suggestion = "Look who cancelled it: a person, or a newer pipeline where the job is interruptible.",
     .examples = {"ERROR: Job failed: canceled"},
     .counterexamples = {"ERROR: Job failed: exit code 1"}},
    {.id = "get-sources-failed",
     .pattern = "fatal: (Authentication failed for|could not read (Username|Password)|repository '.*' not "
                "found|The remote end hung up upon initial contact)|remote: (The project you were looking "
                "for|HTTP Basic: Access denied|You are not allowed to)",
     .failure_class = FailureClass::runner_system,
     .precedence = 60,
     .confidence = 0.6,
     .weight = 0.75,
     .why = "the sources cannot be fetched",
     .suggestion = "Check that branch and project are there still, and that the job token may read them.",
     .examples = {"fatal: repository 'https://gitlab.example.com/cart.git/' not found"}},
    {.id = "travis-infrastructure",
     .pattern =
         R"(An error occurred while generating the build script|We're sorry, but an error|VM (error|stalled|terminated)|The build has been terminated unexpectedly|worker (has )?(lost|died|crashed)|Failed to start the (VM|instance)|Internal (CI|system) error|agent (was )?(lost|disconnected)|Cannot contact \S+: |channel is already closed|hudson\.remoting)",
     .failure_class = FailureClass::runner_system,
     .precedence = 90,
     .confidence = 0.92,
     .weight = 0.92,
     .why = "the CI system itself failed",
     .suggestion = "Retry the job.",
     .examples = {"An error occurred while generating the build script."}},
    {.id = "kubernetes-exec",
     .pattern =
         R"(error dialing backend|unable to upgrade connection|pods? "\S+" (is forbidden|not found|already exists)|error executing in Docker Container|command terminated with exit code 255|Error in container \S+|failed to exec in container|container not running \(|setting up (credentials|build pod|trapping)|the server (was unable|is currently unable|has asked)|etcdserver: (request timed out|leader changed))",
     .failure_class = FailureClass::runner_system,
     .precedence = 82,
     .confidence = 0.85,
     .weight = 0.88,
     .why = "Kubernetes failed under the runner",
     .suggestion = "Retry the job; if it stays, look at the cluster's events for the pod.",
     .examples = {"ERROR: Job failed (system failure): error dialing backend: dial tcp 192.0.2.1:10250: i/o "
                  "timeout"},
     .counterexamples = {"Unable to connect to the server: dial tcp 192.0.2.1:6443: i/o timeout"}},
});

}  // namespace

std::span<const Rule> rules_runner() {
  return kRules;
}

}  // namespace runneriq::diagnosis
