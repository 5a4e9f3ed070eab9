#include "cli/tick_record.hpp"

#include "cli/job_document.hpp"
#include "cli/json_text.hpp"
#include "cli/tick_document.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace runneriq::cli {
namespace {

using nlohmann::json;
using scheduler::AuditEntry;
using scheduler::JobDecision;
using scheduler::Tick;

json recommendation_document(const Tick& tick, const JobDecision& decision) {
  json document = assignment_document(tick, decision);
  for (const char* detail :
       {"factors", "runner_up", "carbon", "candidates", "waits_for_slot", "expected_start"}) {
    document.erase(detail);
  }
  document["runner_score"] = std::exchange(document["score"], nullptr);
  const json job = job_document(tick, decision);
  for (const char* fact : {"name", "project_id", "project", "pipeline_id", "ref", "class", "score"}) {
    document[fact] = job[fact];
  }
  return document;
}

}  // namespace

void TickRecord::started() {
  write({entry(session_.waiter.now(), "started", {{"run", session_.run}, {"config", session_.config_file}})});
}

void TickRecord::stopped() {
  write({entry(session_.waiter.now(), "stopped", {{"run", session_.run}})});
}

void TickRecord::add(const Tick& tick) {
  const std::vector<std::size_t> changed = take_changed(tick);
  keep(tick, changed);
  std::vector<AuditEntry> entries;
  for (const scheduler::RunnerChange& change : tick.monitor.changes) {
    entries.push_back(entry(tick.now, "runner_change", change_document(change)));
  }
  for (const std::size_t decision : changed) {
    entries.push_back(
        entry(tick.now, "recommendation", recommendation_document(tick, tick.decisions.jobs[decision])));
  }
  write(entries);
}

TickRecord::Standing TickRecord::standing(const scheduler::Assignment& assignment) {
  if (!assignment.chosen) return Standing::no_runner;
  return assignment.waits_for_slot ? Standing::waits_for_slot : Standing::can_start;
}

TickRecord::Recommendation TickRecord::recommendation(const Tick& tick, const JobDecision& decision) {
  Recommendation made{.score = decision.priority.score,
                      .job_class = decision.job_class,
                      .standing = standing(decision.assignment),
                      .runner = std::nullopt};
  if (made.standing == Standing::can_start) {
    made.runner = tick.snapshot.runners[decision.assignment.chosen->runner].key;
  }
  return made;
}

// Places of the decisions that are new or others than before; jobs that wait no more are forgotten.
std::vector<std::size_t> TickRecord::take_changed(const Tick& tick) {
  std::map<scheduler::JobKey, Recommendation> now;
  std::vector<std::size_t> changed;
  for (std::size_t at = 0; at < tick.decisions.jobs.size(); ++at) {
    const JobDecision& decision = tick.decisions.jobs[at];
    const scheduler::JobKey& key = tick.snapshot.jobs[decision.job].key;
    Recommendation made = recommendation(tick, decision);
    const auto before = last_.find(key);
    if (before == last_.end() || before->second != made) changed.push_back(at);
    now.emplace(key, std::move(made));
  }
  last_ = std::move(now);
  return changed;
}

// Without alternatives: each would cost a tick's decisions anew.
void TickRecord::keep(const Tick& tick, const std::vector<std::size_t>& changed) {
  if (changed.empty()) return;
  auto store = session_.decisions();
  if (!store) return warn(told_of_decisions_, "decisions_not_kept", fail(store.error()));
  std::vector<scheduler::KeptDecision> kept;
  for (const std::size_t at : changed) {
    json document = explanation_document(tick, at, {});
    document.erase("alternatives");
    kept.push_back({tick.snapshot.jobs[tick.decisions.jobs[at].job].key, tick.now, one_line(document)});
  }
  warn(told_of_decisions_, "decisions_not_kept", (*store)->keep(kept));
}

void TickRecord::write(const std::vector<AuditEntry>& entries) {
  if (entries.empty()) return;
  const auto trail = session_.audit();
  warn(told_of_audit_, "audit_not_written", trail ? (*trail)->append_all(entries) : fail(trail.error()));
}

AuditEntry TickRecord::entry(Time at, std::string event, const json& document) const {
  return {.at = at,
          .actor = session_.actor,
          .trust = std::string(to_text(trust_)),
          .event = std::move(event),
          .document = one_line(document)};
}

void TickRecord::warn(std::string& told, std::string_view event, const Result<void>& result) {
  const std::string trouble = result ? "" : result.error().message;
  if (!trouble.empty() && told.empty()) session_.log.write(LogLevel::warning, event, {{"why", trouble}});
  told = trouble;
}

}  // namespace runneriq::cli
