// Fakes of the executor's ports, written by hand: each answers as a test says, remembers what it
// was asked and notes it in the journal that the fakes of one test share.
#pragma once

#include "core/waiter.hpp"
#include "executor/attempt_files.hpp"
#include "executor/driver.hpp"
#include "scheduler/admission_service.hpp"
#include "scheduler/host_state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq {

// What happened, in order: "driver run", "ledger build_script started", …
using Journal = std::vector<std::string>;

// A clock that jumps instead of sleeping, and wakes for other causes when told to.
class FakeWaiter final : public Waiter {
 public:
  explicit FakeWaiter(Time start) : now_(start) {}

  [[nodiscard]] Time now() const override { return now_; }
  [[nodiscard]] Woken sleep_until(Time when) override {
    waits.push_back(when - now_);
    if (waits.size() > kMostWaits) {
      ADD_FAILURE() << "waits for ever";
      return Woken::by_stop;
    }
    const auto next = std::ranges::min_element(reports_, {}, &Report::at);
    if (next == reports_.end() || next->at > std::max(when, now_)) {
      now_ = std::max(now_, when) + std::exchange(set_by_, Duration::zero());
      return Woken::at_deadline;
    }
    const Report report = *next;
    now_ = std::max(now_, report.at);
    if (report.cause == Woken::by_change) reports_.erase(next);
    return report.cause;
  }

  // Wakes at that moment; a stop or an orphaning stays, a change is seen once.
  void report(Woken cause, Time at) { reports_.push_back({cause, at}); }
  // Somebody sets the clock: now, or during the next sleep that lasts to its end.
  void move(Duration by) { now_ += by; }
  void move_asleep(Duration by) { set_by_ = by; }

  std::vector<Duration> waits;  // how long each was to last at most

 private:
  struct Report {
    Woken cause;
    Time at;
  };
  static constexpr std::size_t kMostWaits = 100'000;
  Time now_;
  Duration set_by_{};
  std::vector<Report> reports_;
};

namespace scheduler {

class ScriptedDesk final : public OrderedDesk {
 public:
  explicit ScriptedDesk(Journal& journal) : journal_(journal) {}

  Result<Admission> ask(const AdmissionRequest& request, Time now) override {
    journal_.emplace_back("ask");
    requests.push_back(request);
    asked_at.push_back(now);
    return answer(now);
  }
  // A job whose turn is later leaves the slot that it would be given.
  Result<AnswerInTurn> ask_in_turn(const AdmissionRequest& request, Turn turn, Time now) override {
    turns.push_back(turn);
    auto given = ask(request, now);
    if (!given) return fail(given.error());
    if (turn == Turn::later && std::holds_alternative<Granted>(*given)) {
      Held held;
      held.reason = "others of this host go first";
      held.hold_until = now + kBound;
      return AnswerInTurn{std::move(held), true};
    }
    return AnswerInTurn{std::move(*given)};
  }
  Result<void> leave(const JobKey& key, const AttemptId& attempt, Time) override {
    journal_.emplace_back("leave");
    left.emplace_back(key, attempt);
    if (leave_fails) return fail(*leave_fails);
    return {};
  }

  // The standing from each moment on.
  void stands(std::map<Time, Admission> standings) {
    answer = [standings = std::move(standings)](Time now) -> Result<Admission> {
      return std::prev(standings.upper_bound(now))->second;
    };
  }

  std::function<Result<Admission>(Time now)> answer = [](Time) -> Result<Admission> {
    return Admission{Granted{"a slot is free"}};
  };
  std::optional<Error> leave_fails;

  static constexpr Duration kBound = std::chrono::minutes{10};
  std::vector<AdmissionRequest> requests;
  std::vector<Turn> turns;
  std::vector<Time> asked_at;
  std::vector<std::pair<JobKey, AttemptId>> left;

 private:
  Journal& journal_;
};

class NumberedBuilds final : public BuildsDirectories {
 public:
  Result<int> reserve(const GitLabUrl&, ProjectId, const AttemptId&) override { return 0; }
};

class RecordingOutcomes final : public OutcomeStore {
 public:
  explicit RecordingOutcomes(Journal& journal) : journal_(journal) {}

  Result<void> record(const JobOutcome& outcome) override {
    journal_.emplace_back("record");
    outcomes.push_back(outcome);
    if (outage) return fail(*outage);
    return {};
  }

  Result<std::vector<JobOutcome>> undelivered(std::size_t most) override {
    std::vector<JobOutcome> waiting(outcomes.begin() + static_cast<std::ptrdiff_t>(delivered),
                                    outcomes.end());
    waiting.resize(std::min(most, waiting.size()));
    return waiting;
  }
  Result<void> mark_delivered(std::span<const JobOutcome> those) override {
    journal_.push_back("delivered " + std::to_string(those.size()));
    delivered += those.size();
    return {};
  }

  std::optional<Error> outage;
  std::vector<JobOutcome> outcomes;
  std::size_t delivered = 0;  // of them, from the first

 private:
  Journal& journal_;
};

// The service's side of a queue in which the standing is what a test says.
class ScriptedService final : public AdmissionService {
 public:
  explicit ScriptedService(Journal& journal) : journal_(journal) {}

  Result<AdmissionStanding> submit(const AdmissionQuestion& question) override {
    journal_.emplace_back("submit");
    questions.push_back(question);
    return standing;
  }
  Result<std::optional<AdmissionStanding>> changed(const AdmissionKey&, std::int64_t version) override {
    journal_.emplace_back("changed?");
    if (broken) return fail(*std::exchange(broken, std::nullopt));
    if (!standing) return fail(standing.error());
    return standing->version == version ? std::nullopt : std::optional(*standing);
  }
  Result<void> leave(const AdmissionKey& key) override {
    journal_.emplace_back("leave service");
    left.push_back(key);
    if (leave_fails) return fail(*leave_fails);
    return {};
  }
  Result<std::size_t> deliver(const OutcomeReport& report) override {
    journal_.push_back("deliver " + std::to_string(report.outcomes.size()));
    reports.push_back(report);
    return accept(report);
  }

  Result<AdmissionStanding> standing = AdmissionStanding{};
  std::optional<Error> broken;  // what changed() says, once
  std::optional<Error> leave_fails;
  std::function<Result<std::size_t>(const OutcomeReport&)> accept = [](const OutcomeReport& report) {
    return report.outcomes.size();
  };
  std::vector<AdmissionQuestion> questions;
  std::vector<AdmissionKey> left;
  std::vector<OutcomeReport> reports;

 private:
  Journal& journal_;
};

}  // namespace scheduler

namespace executor {

// Remembers each line and, given a clock, when it was written.
class RecordingLog final : public JobLog {
 public:
  explicit RecordingLog(const Waiter* clock = nullptr) : clock_(clock) {}

  void line(std::string_view text) override {
    lines.emplace_back(text);
    if (clock_ != nullptr) times.push_back(clock_->now());
  }
  [[nodiscard]] std::size_t count(std::string_view part) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        lines, [&](const std::string& line) { return line.find(part) != std::string::npos; }));
  }

  std::vector<std::string> lines;
  std::vector<Time> times;

 private:
  const Waiter* clock_;
};

// TMPDIR of an attempt in memory; each of its operations can be made to fail.
class MemoryAttempt final : public AttemptFiles, public StageLedger {
 public:
  explicit MemoryAttempt(Journal& journal) : journal_(journal) {}

  Result<JobPlan> read_plan() override {
    if (plan_unreadable) return fail(*plan_unreadable);
    if (!plan) return fail(Errc::not_found, "no such file: runneriq-plan.json");
    return *plan;
  }
  Result<void> write_plan(const JobPlan& written) override {
    journal_.emplace_back("write plan");
    if (plan_unwritable) return fail(*plan_unwritable);
    plan = written;
    plan_unreadable.reset();
    return {};
  }
  Result<StageScript> open_script(const std::string& path, std::string sub_stage) override {
    journal_.emplace_back("open script");
    if (script_unreadable) return fail(*script_unreadable);
    return StageScript{path, std::move(sub_stage), 7, {"bash"}};
  }
  Result<void> report_exit_code(std::optional<int> code) override {
    journal_.push_back(code ? "exit code " + std::to_string(*code) : "clear exit code");
    if (exit_code_unwritable) return fail(*exit_code_unwritable);
    exit_code = code;
    return {};
  }
  Result<void> add(const StageRecord& record) override {
    journal_.push_back("ledger " + record.sub_stage + " " +
                       (record.exit_code ? std::to_string(*record.exit_code) : "started"));
    if (ledger_unwritable) return fail(*ledger_unwritable);
    records.push_back(record);
    return {};
  }
  std::vector<StageRecord> all() override { return records; }

  std::optional<JobPlan> plan;
  std::optional<int> exit_code;  // as in BUILD_EXIT_CODE_FILE
  std::vector<StageRecord> records;
  std::optional<Error> plan_unreadable, plan_unwritable, script_unreadable, exit_code_unwritable,
      ledger_unwritable;

 private:
  Journal& journal_;
};

class RecordingFolders final : public JobFolders {
 public:
  explicit RecordingFolders(Journal& journal) : journal_(journal) {}

  Result<void> make(JobPlan& plan) override {
    journal_.emplace_back("make folders");
    if (cannot_make) return fail(*cannot_make);
    plan.cgroups = {"/sys/fs/cgroup/job"};
    return {};
  }
  std::optional<Duration> cpu_time(const JobPlan&) override { return cpu; }
  Result<void> remove_private(const JobPlan& plan) override {
    journal_.emplace_back("remove private");
    removed.push_back(plan);
    if (cannot_remove) return fail(*cannot_remove);
    return {};
  }

  std::optional<Duration> cpu;
  std::optional<Error> cannot_make, cannot_remove;
  std::vector<JobPlan> removed;

 private:
  Journal& journal_;
};

// What the drivers of one test answer, and what they were asked: a stage makes a new one each time.
struct DriverScript {
  Result<ConfigAnswer> config = ConfigAnswer{};
  Result<void> prepare;
  Result<StageEnd> run = StageEnd{ScriptEnded{ExitStatus::exited(0)}};
  Result<void> cleanup;
  std::function<void()> meanwhile = [] {};  // called while any of the four is at work

  std::vector<StageScript> scripts;
  std::vector<JobPlan> plans;  // as each call got it
};

class ScriptedDriver final : public Driver {
 public:
  ScriptedDriver(DriverScript& script, Journal& journal) : script_(script), journal_(journal) {}

  Result<ConfigAnswer> config(const JobPlan& plan) override {
    note("config", plan);
    return script_.config;
  }
  Result<void> prepare(JobPlan& plan) override {
    note("prepare", plan);
    plan.driver_notes["made"] = {"pod"};
    return script_.prepare;
  }
  Result<StageEnd> run(const JobPlan& plan, const StageScript& script) override {
    script_.scripts.push_back(script);
    note("run", plan);
    return script_.run;
  }
  Result<void> cleanup(const JobPlan& plan) override {
    note("cleanup", plan);
    return script_.cleanup;
  }

 private:
  void note(std::string_view what, const JobPlan& plan) {
    journal_.push_back("driver " + std::string(what));
    script_.plans.push_back(plan);
    script_.meanwhile();
  }

  DriverScript& script_;
  Journal& journal_;
};

}  // namespace executor
}  // namespace runneriq
