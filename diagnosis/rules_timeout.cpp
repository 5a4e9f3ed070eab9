#include "diagnosis/rule_families.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kRules = std::to_array<Rule>({
    {.id = "job-execution-timeout",
     .pattern = "execution took longer than .* seconds|Job execution timeout|ERROR: Job failed: .*timeout",
     .failure_class = FailureClass::timeout,
     .precedence = 97,
     .confidence = 0.98,
     .weight = 0.95,
     .why = "the job took longer than allowed",
     .suggestion = "Raise the job's timeout, or split the job.",
     .examples = {"ERROR: Job failed: execution took longer than 1h0m0s seconds"}},
    {.id = "job-time-limit",
     .pattern =
         R"(The job exceeded the maximum time limit|maximum execution time of .+ (minutes|seconds|hours)|has exceeded the (time|timeout)|The (operation was canceled|runner has received a shutdown)|Build (was )?timed ?out|CANCELLED\S* due to (time|timeout)|reached the job (timeout|time limit)|Your build exceeded|time limit (exceeded|for the))",
     .failure_class = FailureClass::timeout,
     .precedence = 97,
     .confidence = 0.97,
     .weight = 0.95,
     .why = "the job took longer than allowed",
     .suggestion = "Raise the job's timeout, or split the job.",
     .examples = {"The job exceeded the maximum time limit for jobs, and has been terminated."}},
    {.id = "no-output",
     .pattern =
         R"(No output has been received in the last|no output for \d+|Too long with no output|no activity for (more than )?\d+)",
     .failure_class = FailureClass::timeout,
     .precedence = 97,
     .confidence = 0.97,
     .weight = 0.95,
     .why = "the job was silent for too long",
     .suggestion = "Find what hangs before the silence; let a long step print its progress.",
     .examples =
         {"No output has been received in the last 10m0s, this potentially indicates a stalled build"}},
    {.id = "command-timed-out",
     .pattern =
         R"((?i)\bcommand (timed out|exceeded)|timed? ?out after \d+ ?(s|sec|min|h|ms)|(process|script|build|step|task|execution|job|deadline) (has )?(timed out|exceeded (its )?(deadline|timeout))|timeout: (sending signal|the monitored command)|Timeout expired|exit(ed with)?( code| status)? 124\b|Killing (stalled|hung)|SIGALRM|subprocess\.TimeoutExpired|DeadlineExceeded|deadline exceeded|wall[- ]clock time)",
     .failure_class = FailureClass::timeout,
     .precedence = 72,
     .confidence = 0.85,
     .weight = 0.88,
     .why = "a command took too long",
     .suggestion = "Find what it waits for; raise its limit only if the work has grown.",
     .examples = {"The command timed out after 600 seconds",
                  "subprocess.TimeoutExpired: Command '['cart']' timed out after 60 seconds"}},
    {.id = "waiting-timed-out",
     .pattern =
         "(?i)timed out waiting for|timeout waiting for|gave up waiting|timeout exceeded (while "
         ")?waiting|did not (become|get) (ready|available|healthy) (in|within)|error: timed out waiting for "
         "the condition|Error: (UPGRADE FAILED: |INSTALLATION FAILED: )?(timed out (waiting|after)|context "
         "deadline)",
     .failure_class = FailureClass::timeout,
     .precedence = 60,
     .confidence = 0.6,
     .weight = 0.78,
     .why = "what was waited for did not come",
     .suggestion = "Look at the log of what was waited for: it did not start, or needs longer.",
     .examples = {"error: timed out waiting for the condition on deployments/cart"}},
    {.id = "lock-timeout",
     .pattern = "Timeout waiting to lock|Lock wait timeout|Could not get lock /var/lib/|Unable to acquire "
                "the dpkg frontend lock|Waiting for (cache|process) lock|Timed out waiting for exclusive "
                "access|resource temporarily unavailable",
     .failure_class = FailureClass::timeout,
     .precedence = 55,
     .confidence = 0.55,
     .weight = 0.7,
     .why = "a lock was not free in time",
     .suggestion = "Let no two jobs use the same folder or cache at once.",
     .examples = {"E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 41 (apt-get)"}},
    {.id = "pod-wait-timeout",
     .pattern =
         R"(timed out waiting for pod to start|waiting for pod running|prepare environment: waiting for pod|pod "?\S+"? status is "?(Failed|Pending)|poll(ing)? pod .*time(d )?out)",
     .failure_class = FailureClass::infrastructure,
     .precedence = 89,
     .confidence = 0.92,
     .weight = 0.94,
     .why = "Kubernetes did not start the job's pod in time",
     .suggestion = "Look why the pod waits (resources, image, nodes), or raise poll_timeout of the runner.",
     .examples = {"ERROR: Job failed (system failure): prepare environment: waiting for pod running: timed "
                  "out waiting for pod to start"}},
});

}  // namespace

std::span<const Rule> rules_timeout() {
  return kRules;
}

}  // namespace runneriq::diagnosis
