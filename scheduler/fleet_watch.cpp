#include "scheduler/fleet_watch.hpp"

#include "core/printable.hpp"
#include "gitlab/call_count.hpp"
#include "scheduler/read_history.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace runneriq::scheduler {
namespace {

using gitlab::FleetReading;
using gitlab::Stale;

constexpr std::size_t kLongestSentence = 400;

// What is not as it should be in this tick, in the order in which people should read it.
class Degraded {
 public:
  void add(std::string sentence) {
    sentence = printable_path(sentence, kLongestSentence);
    if (std::ranges::find(sentences_, sentence) == sentences_.end())
      sentences_.push_back(std::move(sentence));
  }
  [[nodiscard]] const std::vector<std::string>& all() const { return sentences_; }

 private:
  std::vector<std::string> sentences_;
};

// "jobs of project acme/shop are 2 min 10 s old: 503 Service Unavailable".
std::string sentence_of(const Stale& stale) {
  const std::string verb = stale.what.starts_with("the list ") ? " is " : " are ";
  return stale.what + verb + (stale.age ? to_reading(*stale.age) + " old" : "not known") + ": " + stale.why;
}

struct Readings {
  std::vector<FleetReading> good;
  std::vector<Error> errors;
};

// A hint does not say which of the readers of one GitLab it concerns: all take it.
std::vector<ProjectId> hinted_projects(const Hints& hints) {
  std::set<ProjectId> projects;
  for (const auto& [gitlab, changed] : hints) projects.insert(changed.begin(), changed.end());
  return {projects.begin(), projects.end()};
}

Readings read_all(const FleetPorts& ports, Time now, const Hints& hints) {
  Readings readings;
  const std::vector<ProjectId> changed = hinted_projects(hints);
  for (gitlab::FleetReader* const fleet : ports.fleets) {
    auto reading = changed.empty() ? fleet->read(now) : fleet->read_hinted(now, changed);
    if (reading) {
      if (ports.heard) ports.heard(*reading);
      readings.good.push_back(std::move(*reading));
    } else {
      readings.errors.push_back(std::move(reading.error()));
    }
  }
  return readings;
}

enum class Weight { may_mislead, less_exact };

void add_stale(const Readings& readings, Weight weight, Degraded& degraded) {
  const bool several = readings.good.size() + readings.errors.size() > 1;
  for (const FleetReading& reading : readings.good) {
    const std::string where = several ? reading.gitlab.value() + ": " : "";
    for (const Stale& stale : reading.stale) {
      if (stale.essential == (weight == Weight::may_mislead)) degraded.add(where + sentence_of(stale));
    }
  }
}

// A decision may be wrong for what comes first; what comes last makes it only less exact.
Degraded trouble_of(const Readings& readings) {
  Degraded degraded;
  for (const Error& error : readings.errors) degraded.add("a GitLab is left out: " + error.message);
  add_stale(readings, Weight::may_mislead, degraded);
  add_stale(readings, Weight::less_exact, degraded);
  return degraded;
}

// ---- the memory ---------------------------------------------------------------------------

// A memory that does not answer is not asked again in this tick: `memory` is null then.
Recollection recall(FleetMemory*& memory, Time now, Degraded& degraded) {
  if (memory == nullptr) return {};
  auto recollection = memory->recall(now);
  if (recollection) return std::move(*recollection);
  degraded.add("nothing is known of earlier ticks and nothing is kept of this one: " +
               recollection.error().message);
  memory = nullptr;
  return {};
}

JobHistory nothing_known() {
  return {.estimate = estimate({}), .fleet_average = std::nullopt, .by_runner = {}};
}

std::vector<JobHistory> remembered(FleetMemory* memory, std::span<const HistoryKey> keys,
                                   Degraded& degraded) {
  const std::vector<JobHistory> none(keys.size(), nothing_known());
  if (memory == nullptr || keys.empty()) return none;
  auto found = memory->histories(keys);
  if (!found) {
    degraded.add("durations of earlier jobs are not known: " + found.error().message);
    return none;
  }
  found->resize(keys.size(), nothing_known());
  return std::move(*found);
}

// What has just been read gets into the memory at the end of the tick only.
std::vector<JobHistory> histories(FleetMemory* memory, std::span<const HistoryKey> keys,
                                  std::span<const FleetReading> readings, Degraded& degraded) {
  std::vector<JobHistory> known = remembered(memory, keys, degraded);
  const ReadHistory read{readings};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (known[i].estimate.basis == EstimateBasis::job) continue;
    known[i] = better_founded(std::move(known[i]), read.of(keys[i]));
  }
  return known;
}

// The class by the score alone: a wish or a wait does not count.
std::vector<ScoredJob> scored_jobs(const FleetSnapshot& fleet, const Decisions& decisions) {
  std::vector<ScoredJob> scored;
  scored.reserve(decisions.jobs.size());
  for (const JobDecision& decision : decisions.jobs) {
    const PendingJob& job = fleet.jobs[decision.job];
    const double score = decision.priority.score;
    scored.push_back({job.key, job.project, score, class_of_score(score) == JobClass::critical});
  }
  return scored;
}

void remember(FleetMemory* memory, Observation observation, const Tick& tick, Degraded& degraded) {
  if (memory == nullptr) return;
  observation.scored = scored_jobs(tick.snapshot, tick.decisions);
  auto kept = memory->remember(observation, tick.now);
  if (!kept) degraded.add("this tick is not remembered: " + kept.error().message);
}

}  // namespace

FleetWatch::FleetWatch(FleetPorts ports, MonitorOptions monitor, TickRules rules, Depth depth)
    : ports_(std::move(ports)), monitor_(std::move(monitor)), rules_(std::move(rules)), depth_(depth) {}

Result<Tick> FleetWatch::tick(Time now, const Hints& hints) {
  Readings readings = read_all(ports_, now, hints);
  if (readings.good.empty() && !readings.errors.empty()) return fail(std::move(readings.errors.front()));
  if (readings.good.empty()) return fail(Errc::invalid_argument, "no GitLab is configured to be watched");
  Degraded degraded = trouble_of(readings);
  const std::vector<std::string> of_reading = degraded.all();
  FleetMemory* memory = ports_.memory;
  const Recollection before = recall(memory, now, degraded);
  const std::vector<HistoryKey> keys = history_keys(readings.good);
  const std::vector<JobHistory> known = histories(memory, keys, readings.good, degraded);
  Observed observed = observe(readings.good, before, keys, known, monitor_, now);
  observed.snapshot.degraded = of_reading;
  if (ports_.adjust) ports_.adjust(observed.snapshot);
  Tick tick = tick_on(std::move(observed.snapshot), rules_, depth_, *ports_.advisor);
  tick.now = now;
  tick.monitor = std::move(observed.report);
  for (const FleetReading& reading : readings.good) add(tick.calls, reading.calls);
  if (ports_.memory_use == MemoryUse::recall_and_remember) {
    remember(memory, std::move(observed.observation), tick, degraded);
  }
  tick.degraded = degraded.all();
  return tick;
}

Tick tick_on(FleetSnapshot snapshot, const TickRules& rules, Depth depth, Advisor& advisor) {
  Tick tick;
  tick.now = snapshot.now;
  tick.decisions = decide(snapshot, rules, depth, advisor);
  tick.degraded = snapshot.degraded;
  tick.snapshot = std::move(snapshot);
  return tick;
}

}  // namespace runneriq::scheduler
