// A host's state file in a folder of its own, with owners that die when a test says so.
#pragma once

#include "scheduler/sqlite/host_state.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace runneriq::scheduler {

// Everybody lives but those named here.
struct FakeHost {
  std::set<std::int64_t> dead_processes;
  std::set<std::string> dead_attempts;
  std::string boot = "boot-1";

  [[nodiscard]] LifeProbe probe() const {
    return {[this](const ProcessIdentity& process) {
              return process.boot_id == boot && !dead_processes.contains(process.pid);
            },
            [this](const AttemptId& attempt) { return !dead_attempts.contains(attempt.value()); }};
  }
};

inline constexpr std::int64_t kRunnerPid = 100;

class HostStateTest : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder.path() + "/state/host.db"; }

  // The state as a prepare process with `prepare_pid` sees it.
  HostState desk(int slots, std::int64_t prepare_pid = 1000, std::int64_t runner_pid = kRunnerPid) {
    auto opened = HostState::open({.path = path(),
                                   .slots = slots,
                                   .runner = {host.boot, runner_pid, 1},
                                   .prepare = {host.boot, prepare_pid, 2},
                                   .life = host.probe(),
                                   .patience = std::chrono::seconds{1}});
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
  }

  static AdmissionRequest request(std::int64_t job, JobClass job_class = JobClass::low, double score = 10) {
    AdmissionRequest made;
    made.key = {GitLabUrl{"https://gitlab.example.com"}, JobId{job}};
    made.attempt = AttemptId{"/tmp/attempt-" + std::to_string(job)};
    made.history = {made.key.gitlab, ProjectId{7}, "job-" + std::to_string(job), "test"};
    made.job_class = job_class;
    made.score = score;
    made.max_hold = std::chrono::minutes{10};
    return made;
  }

  // That job among the held ones.
  HeldJob held_job(std::int64_t job, Time at) {
    const HostSnapshot seen = *desk(1).snapshot(at);
    for (const HeldJob& held : seen.queue.held) {
      if (held.key == request(job).key) return held;
    }
    ADD_FAILURE() << "job " << job << " is not held";
    return {};
  }

  // "granted", "held" or "bypassed", or the error's message.
  static std::string standing(const Result<Admission>& answer) {
    if (!answer) return answer.error().message;
    if (std::holds_alternative<Granted>(*answer)) return "granted";
    return std::holds_alternative<Held>(*answer) ? "held" : "bypassed";
  }

  TemporaryFolder folder;
  FakeHost host;
  const Time now{std::chrono::milliseconds{1'700'000'000'000}};
};

}  // namespace runneriq::scheduler
