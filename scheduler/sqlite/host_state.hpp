// The host's state on SQLite: slots, held jobs, builds directories, outcomes.
#pragma once

#include "core/process_identity.hpp"
#include "platform/state_file.hpp"
#include "scheduler/host_state.hpp"
#include "scheduler/sqlite/life.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace runneriq::scheduler {

struct HostStateSettings {
  std::string path;         // of host.db, absolute
  int slots = 0;            // 0 = no limit
  ProcessIdentity runner;   // on whose behalf this process asks
  ProcessIdentity prepare;  // this process
  LifeProbe life = LifeProbe::of_this_host();
  Duration patience = std::chrono::seconds{1};  // longest wait of a call for other processes
};

// What people see of a host.
struct HostSnapshot {
  HostQueue queue;
  std::int64_t outcomes = 0;
  std::int64_t outcomes_undelivered = 0;
  std::int64_t builds_directories = 0;  // reserved
};

// For one thread of one process; made after fork(), never carried across it.
// Every error means: go on without the state file. See StateFile for what they say.
class HostState final : public OrderedDesk, public BuildsDirectories, public OutcomeStore {
 public:
  static Result<HostState> open(HostStateSettings settings);

  // A round that changes nothing writes nothing and takes no lock.
  [[nodiscard]] Result<Admission> ask(const AdmissionRequest& request, Time now) override;
  [[nodiscard]] Result<AnswerInTurn> ask_in_turn(const AdmissionRequest& request, Turn turn,
                                                 Time now) override;
  [[nodiscard]] Result<void> leave(const JobKey& key, const AttemptId& attempt, Time now) override;
  [[nodiscard]] Result<int> reserve(const GitLabUrl& gitlab, ProjectId project,
                                    const AttemptId& attempt) override;
  [[nodiscard]] Result<void> record(const JobOutcome& outcome) override;
  [[nodiscard]] Result<std::vector<JobOutcome>> undelivered(std::size_t most) override;
  [[nodiscard]] Result<void> mark_delivered(std::span<const JobOutcome> outcomes) override;

  [[nodiscard]] Result<HostSnapshot> snapshot(Time now);

  // What was done to the file so that it can be used, as sentences for the job's log.
  [[nodiscard]] const std::vector<std::string>& notices() const { return file_.notices(); }

 private:
  HostState(HostStateSettings settings, platform::StateFile file)
      : settings_(std::move(settings)), file_(std::move(file)) {}

  HostStateSettings settings_;
  platform::StateFile file_;
};

}  // namespace runneriq::scheduler
