// A session of the command line whose ports answer as a test says and remember what they were asked.
#pragma once

#include "cli/session.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::cli {

class RecordingOutput final : public Output {
 public:
  void result(std::string_view text) override { results += text; }
  void talk(std::string_view line) override {
    const std::lock_guard lock{mutex_};
    talked.emplace_back(line);
  }
  // Also while another thread talks.
  [[nodiscard]] bool has_talked() {
    const std::lock_guard lock{mutex_};
    return !talked.empty();
  }
  [[nodiscard]] bool colour() const override { return coloured; }
  [[nodiscard]] bool somebody_watches() const override { return watched; }

  std::string results;
  std::vector<std::string> talked;
  bool coloured = false;
  bool watched = false;

 private:
  std::mutex mutex_;
};

class RecordingEvents final : public EventLog {
 public:
  struct Event {
    LogLevel level;
    std::string name;
    std::vector<LogField> fields;
  };
  void write(LogLevel level, std::string_view event, std::vector<LogField> fields) override {
    events.push_back({level, std::string(event), std::move(fields)});
  }
  [[nodiscard]] std::size_t count(std::string_view name) const {
    std::size_t times = 0;
    for (const Event& event : events) times += event.name == name ? 1 : 0;
    return times;
  }

  std::vector<Event> events;
};

// Wakes for one cause after the other, then stops.
class ScriptedWaiter final : public Waiter {
 public:
  explicit ScriptedWaiter(Time start) : now_(start) {}
  [[nodiscard]] Time now() const override { return now_; }
  [[nodiscard]] Woken sleep_until(Time when) override {
    if (when <= now_) return std::exchange(meanwhile, Woken::at_deadline);
    waits.push_back(when - now_);
    const Woken cause = causes.empty() ? Woken::by_stop : causes.front();
    now_ = cause == Woken::by_change ? std::min(when, now_ + until_change) : when;
    if (!causes.empty()) causes.pop_front();
    return cause;
  }

  std::deque<Woken> causes;
  std::vector<Duration> waits;
  Duration until_change = std::chrono::hours{24};  // how long after the start of a wait a change comes
  Woken meanwhile = Woken::at_deadline;            // what the next look without a wait tells, once

 private:
  Time now_;
};

// What all sources that a test opens answer: one tick after the other, the last one for ever.
struct SourceScript {
  std::vector<Result<scheduler::Tick>> ticks;
  std::size_t ticked = 0;
  std::vector<scheduler::Hints> hints;  // of the ticks that followed any
  scheduler::TickRules rules;
  std::vector<SourceRequest> opened;
  std::optional<Error> cannot_open;
  std::function<void()> meanwhile = [] {};  // called during each tick
};

class ScriptedSource final : public TickSource {
 public:
  explicit ScriptedSource(SourceScript& script) : script_(script) {}
  Result<scheduler::Tick> tick(Time now) override {
    script_.meanwhile();
    auto tick = script_.ticks.at(std::min(script_.ticked++, script_.ticks.size() - 1));
    if (tick) tick->now = now;
    return tick;
  }
  Result<scheduler::Tick> tick_hinted(Time now, const scheduler::Hints& hints) override {
    script_.hints.push_back(hints);
    return tick(now);
  }
  [[nodiscard]] const scheduler::TickRules& rules() const override { return script_.rules; }
  [[nodiscard]] scheduler::Advisor& advisor() override { return advisor_; }

 private:
  SourceScript& script_;
  scheduler::RulesAdvisor advisor_;
};

class MemoryDecisions final : public scheduler::DecisionStore {
 public:
  Result<void> keep(std::span<const scheduler::KeptDecision> decisions) override {
    if (outage) return fail(*outage);
    kept.insert(kept.end(), decisions.begin(), decisions.end());
    return {};
  }
  Result<scheduler::KeptDecision> decision(const GitLabUrl&, JobId job) override {
    if (outage) return fail(*outage);
    for (auto at = kept.rbegin(); at != kept.rend(); ++at) {
      if (at->job.job == job) return *at;
    }
    return fail(Errc::not_found, "no such decision");
  }

  std::vector<scheduler::KeptDecision> kept;
  std::optional<Error> outage;
};

class MemoryTrail final : public AuditTrail {
 public:
  Result<void> append(const scheduler::AuditEntry& entry) override {
    if (outage) return fail(*outage);
    records.push_back({.seq = static_cast<std::int64_t>(records.size()) + 1,
                       .entry = entry,
                       .previous = std::string(64, '0'),
                       .digest = std::string(64, 'a')});
    return {};
  }
  Result<void> read(const std::function<bool(const scheduler::AuditRecord&)>& take) override {
    if (outage) return fail(*outage);
    for (const scheduler::AuditRecord& record : records) {
      if (!take(record)) break;
    }
    return {};
  }
  Result<scheduler::AuditVerdict> verify() override {
    if (outage) return fail(*outage);
    return verdict;
  }

  std::vector<scheduler::AuditRecord> records;
  scheduler::AuditVerdict verdict;
  std::optional<Error> outage;
};

struct FakeSession {
  RecordingOutput out;
  RecordingEvents log;
  ScriptedWaiter waiter;
  SourceScript source;
  MemoryDecisions decisions;
  MemoryTrail trail;
  Result<void> claim;
  int claims = 0;
  int reloads = 0;
  std::vector<config::Problem> problems_of_reload;
  std::optional<scheduler::HostQueue> host;
  std::vector<executor::Finding> findings;
  std::vector<std::pair<std::string, std::string>> written;
  Result<void> writing;
  Session session;

  explicit FakeSession(Time now)
      : waiter(now),
        session{.out = out,
                .log = log,
                .waiter = waiter,
                .actor = "daemon",
                .run = "run-1",
                .config_file = "/etc/runneriq/runneriq.yaml",
                .problems = {},
                .open_source = [this](const SourceRequest& request) { return open(request); },
                .reload = [this] { return ++reloads, problems_of_reload; },
                .decisions = [this]() -> Result<scheduler::DecisionStore*> { return &decisions; },
                .audit = [this]() -> Result<AuditTrail*> { return &trail; },
                .claim_loop = [this]() -> Result<void> { return ++claims, claim; },
                .host_queue = [this] { return host; },
                .examine = [this] { return findings; },
                .write_file = [this](const std::string& path, std::string_view content) -> Result<void> {
                  written.emplace_back(path, std::string(content));
                  return writing;
                }} {}
  FakeSession(const FakeSession&) = delete;
  FakeSession& operator=(const FakeSession&) = delete;

 private:
  Result<std::unique_ptr<TickSource>> open(const SourceRequest& request) {
    source.opened.push_back(request);
    if (source.cannot_open) return fail(*source.cannot_open);
    return std::unique_ptr<TickSource>(std::make_unique<ScriptedSource>(source));
  }
};

}  // namespace runneriq::cli
